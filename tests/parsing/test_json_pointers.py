"""JSON pointers: the examples of RFC 6901, and what leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.parsing.json_pointers import escape, join, resolve, split, unescape

# RFC 6901, section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}
POINTERS: dict[str, Any] = {
    "": DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}


@pytest.mark.parametrize(("pointer", "expected"), POINTERS.items(), ids=POINTERS)
def test_rfc_examples(pointer: str, expected: Any) -> None:
    """The examples of the RFC lead to the values that it names."""
    assert (expected, pointer) == (resolve(DOCUMENT, split(pointer)), join(split(pointer)))


@pytest.mark.parametrize(
    ("pointer", "missing"),
    [
        ("/bar", "bar"),
        ("/foo/2", "2"),
        ("/foo/-", "-"),
        ("/foo/-1", "-1"),
        ("/foo/01", "01"),
        ("/foo/ 1", " 1"),
        ("/foo/1e0", "1e0"),
        ("/foo/\u0660", "\u0660"),
        ("/foo/" + "9" * 5000, "9" * 5000),
        ("/foo/0/bar", "bar"),
        ("/foo/0/0", "0"),
    ],
)
def test_a_pointer_that_leads_nowhere(pointer: str, missing: str) -> None:
    """A missing member raises KeyError; an index has no sign and no leading zero, and a text has no items."""
    with pytest.raises(KeyError) as raised:
        resolve(DOCUMENT, split(pointer))

    assert (missing,) == raised.value.args


@given(st.lists(st.text(alphabet="~/01a")))
def test_steps_survive(steps: list[str]) -> None:
    """Steps that are joined and split are the same, in whatever order their escapes meet."""
    assert (steps, steps) == (split(join(steps)), [unescape(escape(step)) for step in steps])
