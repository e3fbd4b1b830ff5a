"""The keywords of a schema, read as what they should be; what is something else counts as absent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

__all__ = ["as_list", "as_mapping", "as_names", "as_number", "as_size", "is_null_only", "shown"]


def as_mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def as_names(value: Any) -> list[str]:
    """The strings of a list."""
    return [name for name in as_list(value) if isinstance(name, str)]


def as_number(value: Any) -> Fraction | None:
    """A finite number, exactly as its decimal digits say, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def as_size(value: Any) -> int | None:
    """A whole number that is not negative, or None."""
    number = as_number(value)
    return None if number is None or number < 0 else math.floor(number)


def is_null_only(schema: Any) -> bool:
    """Whether only null satisfies it, as far as can be seen."""
    schema = as_mapping(schema)
    return schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None]


def shown(value: Any) -> str:
    """Something of a document in a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
