"""What JSON values are to each other: equal, a multiple."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

__all__ = ["are_unique", "is_multiple"]


def are_unique(values: Iterable[Any]) -> bool:
    """Whether no two values are equal as JSON Schema has it: 1 equals 1.0, and neither equals true.

    It takes one look at each value: jsonschema compares objects pair by pair, which a long list makes endless.
    """
    seen: set[Any] = set()
    for value in values:
        key = _key(value)
        if key in seen:
            return False
        seen.add(key)
    return True


def is_multiple(value: float, divisor: float) -> bool:
    """Whether a number is a multiple of another as both are written: 19.99 is one of 0.01."""
    return (Fraction(repr(value)) / Fraction(repr(divisor))).denominator == 1


def _key(value: Any) -> Any:
    """Something hashable that equals the key of another value exactly when the values are equal."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, *map(_key, value))
    if isinstance(value, dict):
        return (dict, frozenset((name, _key(member)) for name, member in value.items()))
    return value
