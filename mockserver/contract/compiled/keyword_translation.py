"""Values of keywords that openapi-core and jsonschema-rs understand alike; each function gives what to hand over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mockserver.contract.patterns.compiled_pattern import linear_pattern

__all__ = ["Schema", "Untranslatable", "constant", "divisor", "enum", "flag", "linear", "same"]

# Up to here both libraries compare an integer with a float alike.
EXACT = 1 << 53

Schema = Mapping[str, Any]


class Untranslatable(Exception):  # noqa: N818  # it is no error: the schema stays with openapi-core
    """The schema says something that cannot be translated with certainty."""


def same(value: Any, _: Schema) -> Any:
    """Any value means the same to both."""
    return value


def flag(value: Any, _: Schema) -> Any:
    """True or false."""
    if not isinstance(value, bool):
        raise Untranslatable(f"{value!r}, which is neither true nor false")
    return value


def enum(values: Any, _: Schema) -> Any:
    """The choices, if each compares alike in both."""
    if not isinstance(values, list) or any(map(_beyond_exact, values)):
        raise Untranslatable("an enum that is no list, or of numbers that both libraries compare differently")
    # Draft 4 wants each value once; of true, 1 and 1.0 Python would keep only one.
    return list(dict.fromkeys(values)) if all(isinstance(value, str) for value in values) else values


def constant(value: Any, _: Schema) -> Any:
    """The one value, if it compares alike in both."""
    if _beyond_exact(value):
        raise Untranslatable(f"const {value!r}")
    return value


def _beyond_exact(value: Any) -> bool:
    """Whether a number in a value is so large that integers and floats no longer compare alike."""
    match value:
        case int() | float():
            return abs(value) > EXACT
        case list():
            return any(map(_beyond_exact, value))
        case dict():
            return any(map(_beyond_exact, value.values()))
    return False


def linear(pattern: Any, _: Schema) -> Any:
    """The pattern as the linear engine reads it."""
    try:
        return linear_pattern(pattern)
    except (TypeError, ValueError) as error:
        raise Untranslatable(str(error)) from None


def divisor(value: Any, _: Schema) -> Any:
    """A positive number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise Untranslatable(f"multipleOf {value!r}")
    return value
