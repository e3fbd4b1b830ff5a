"""Compares JSON values: equal, unique, a multiple."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any


def are_equal(left: Any, right: Any) -> bool:
    """Tell whether two values are equal in JSON: 1 equals 1.0 but not true; the order of members does not matter."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(are_equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(are_equal, left, right))
    return bool(left == right)


def are_unique(values: Iterable[Any]) -> bool:
    """Tell whether no two values are equal in JSON.

    The time is linear. jsonschema compares every pair, which never ends for a long list.
    """
    seen: set[Any] = set()
    for value in values:
        key = _key(value)
        if key in seen:
            return False
        seen.add(key)
    return True


def is_multiple(value: float, divisor: float) -> bool:
    """Tell whether a number is a multiple of another, as both are written in decimal: 19.99 is a multiple of 0.01."""
    return (Fraction(repr(value)) / Fraction(repr(divisor))).denominator == 1


def _key(value: Any) -> Any:
    """Return a hashable key; the keys of two values are equal exactly if the values are."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, *map(_key, value))
    if isinstance(value, dict):
        return (dict, frozenset((name, _key(member)) for name, member in value.items()))
    return value
