"""What is written to a store is read again as it was, whatever the values are."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.messages import ABSENT, Headers, UnreadableBody
from mockserver.payments.test_cards import CARDS
from mockserver.store import codec

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Surrogates, too: a body in JSON can have them.
TEXTS = st.text(st.characters(), max_size=12) | st.sampled_from(["@", "\n", "\ud800", "of", "\x00", "\u2028"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
SPECIAL = (
    st.binary(max_size=12)
    | st.sampled_from([ABSENT, *CARDS.values()])
    | st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(Headers)
    | st.builds(UnreadableBody, *(TEXTS for _ in UnreadableBody._fields))
)
VALUES = st.recursive(
    SCALARS | SPECIAL,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXTS | st.just("@"), inner, max_size=3)
    ),
    max_leaves=12,
)


def is_same(one: Any, other: Any) -> bool:
    """Whether values are equal and of the same types, also inside of them."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one.pairs == other.pairs if isinstance(one, Headers) else one == other)


@QUICK
@given(VALUES)
def test_values(value: Any) -> None:
    """JSON, bytes, tuples and header fields come back with their types, and objects with the order of their members."""
    assert is_same(value, codec.read(codec.write(value)))


@pytest.mark.parametrize("kind", codec._CLASSES, ids=lambda kind: kind.__name__)
@QUICK
@given(st.data())
def test_classes(kind: type[Any], data: st.DataObject) -> None:
    """Every class comes back with all of its fields, also with those that equal their default or another value."""
    value = object.__new__(kind)
    for field in fields(kind):
        default = [st.just(field.default)] if field.default is not MISSING else []
        object.__setattr__(value, field.name, data.draw(st.one_of(SCALARS | SPECIAL, *default), label=field.name))
    found = codec.read(codec.write(value))

    assert kind is type(found)
    for field in fields(kind):
        expected = getattr(value, field.name)
        # The memory of a class may be of another type, such as a tuple for a list of pairs.
        assert is_same(expected, getattr(found, field.name)), field.name


@pytest.mark.parametrize("text", ['{"@":"Popen","args":["id"]}', '{"@":"__class__"}', '{"@":7}', '{"@":[]}'])
def test_nothing_else_is_made(text: str) -> None:
    """Another class in a store is an error, not an object."""
    with pytest.raises((ValueError, TypeError)):
        codec.read(text)


def test_another_class_is_not_written() -> None:
    """An object of another class is an error when it is written, not when it is read."""
    with pytest.raises(TypeError, match="does not know"):
        codec.write(object())
