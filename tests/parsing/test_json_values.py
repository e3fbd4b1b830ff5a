"""JSON values: when two of them are equal, and what is a multiple."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.messages import ABSENT
from mockserver.parsing.json_values import are_equal, are_unique, is_multiple

EQUALITY = {
    "true and 1": (True, 1, False),
    "false and 0": (False, 0, False),
    "true and true": (True, True, True),
    "null and false": (None, False, False),
    "1 and 1.0": (1, 1.0, True),
    "1 and its text": (1, "1", False),
    "order of members": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    "one member more": ({"a": 1}, {"a": 1, "b": 2}, False),
    "true deep inside": ({"a": [True]}, {"a": [1]}, False),
    "order of items": ([1, 2], [2, 1], False),
    "one item more": ([1], [1, 1], False),
    "list and object": ([], {}, False),
    "null and absent": (None, ABSENT, False),
}


@pytest.mark.parametrize(("left", "right", "expected"), EQUALITY.values(), ids=EQUALITY.keys())
def test_are_equal(left: Any, right: Any, expected: bool) -> None:  # noqa: FBT001  # a table's column
    """Values are compared as JSON, not as Python."""
    assert expected is are_equal(left, right)
    assert expected is are_equal(right, left)
    assert expected is not are_unique([left, right])


@pytest.mark.parametrize(
    ("value", "divisor", "expected"),
    [(19.99, 0.01, True), (0.3, 0.1, True), (1e308, 1e-308, True), (7, 2, False), (7.5, 2.5, True), (0, 3, True)],
)
def test_is_multiple(value: float, divisor: float, expected: bool) -> None:  # noqa: FBT001  # a table's column
    """Numbers are compared as they are written in decimal, not as binary fractions."""
    assert expected is is_multiple(value, divisor)
