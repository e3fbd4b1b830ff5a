"""Reads the values of schema keywords defensively: a value of the wrong type counts as absent."""

import math
from fractions import Fraction
from typing import Any

from mockserver.contract.document.subschemas import as_list, as_mapping


def as_names(value: Any) -> list[str]:
    """The strings of a list."""
    return [name for name in as_list(value) if isinstance(name, str)]


def as_number(value: Any) -> Fraction | None:
    """A finite number, exactly as its decimal digits say, else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def as_size(value: Any) -> int | None:
    """A number that is not negative, rounded down, else None."""
    number = as_number(value)
    return None if number is None or number < 0 else math.floor(number)


def is_null_only(schema: Any) -> bool:
    """Whether the schema obviously accepts nothing but null."""
    schema = as_mapping(schema)
    return schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None]


def shown(value: Any) -> str:
    """A part of a document as a message shows it: shortened to 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
