"""Checks that openapi-core and jsonschema-rs agree on the value of a keyword, and returns it for jsonschema-rs."""

import math
from collections.abc import Mapping
from typing import Any

from mockserver.contract.patterns.compiled_pattern import linear_pattern

# Above this, a float no longer represents every integer. The libraries compare such numbers differently.
MAX_EXACT = 1 << 53

Schema = Mapping[str, Any]


class Untranslatable(Exception):  # noqa: N818  # it is not an error: openapi-core checks the schema instead
    """The meaning of a schema for jsonschema-rs is not certain to be the same as for openapi-core."""


def require(condition: object) -> None:
    """Raise Untranslatable unless the condition holds."""
    if not condition:
        raise Untranslatable


def same(value: Any, _: Schema) -> Any:
    """Any value."""
    return value


def flag(value: Any, _: Schema) -> Any:
    """True or false."""
    require(isinstance(value, bool))
    return value


def enum(values: Any, _: Schema) -> Any:
    """A list of values that both libraries compare alike."""
    require(isinstance(values, list) and not any(map(_has_inexact_number, values)))
    # Draft 4 does not allow repeated values. Python would treat true, 1 and 1.0 as repeated, so only strings are safe.
    return list(dict.fromkeys(values)) if all(isinstance(value, str) for value in values) else values


def constant(value: Any, _: Schema) -> Any:
    """A value that both libraries compare alike."""
    require(not _has_inexact_number(value))
    return value


def _has_inexact_number(value: Any) -> bool:
    match value:
        case int() | float():
            return abs(value) > MAX_EXACT
        case list():
            return any(map(_has_inexact_number, value))
        case dict():
            return any(map(_has_inexact_number, value.values()))
    return False


def pattern(text: Any, _: Schema) -> Any:
    """A pattern, written for the linear engine."""
    try:
        return linear_pattern(text)
    except (TypeError, ValueError):
        raise Untranslatable from None


def divisor(value: Any, _: Schema) -> Any:
    """A positive finite number."""
    require(isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf)
    return value
