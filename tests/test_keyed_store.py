"""A shelf keeps values by name, each for a namespace, within its bounds."""

from __future__ import annotations

from mockserver.storage.keyed_store import KeyedStore


def test_by_name() -> None:
    """What was put last under a name is what is found there."""
    shelf: KeyedStore[int] = KeyedStore(cap=3, size=int)
    shelf.put("a", "x", 1)
    shelf.put("a", "x", 2)

    assert (2, None, 1) == (shelf.get("x"), shelf.get("y"), len(shelf))


def test_bounded() -> None:
    """The oldest go first; what takes another's place is as old as that was."""
    shelf: KeyedStore[int] = KeyedStore(cap=2, size=int)
    for name, value in (("x", 1), ("y", 2), ("x", 3), ("z", 4)):
        shelf.put("a", name, value)

    assert (None, 2, 4) == (shelf.get("x"), shelf.get("y"), shelf.get("z"))


def test_reset() -> None:
    """One namespace's values are forgotten, or all."""
    shelf: KeyedStore[int] = KeyedStore(cap=5, size=int)
    shelf.put("a", "x", 1)
    shelf.put("b", "y", 2)
    shelf.reset("a")
    one = (shelf.get("x"), shelf.get("y"))
    shelf.reset(None)

    assert ((None, 2), None) == (one, shelf.get("y"))


def test_promise_13_what_is_large_makes_room() -> None:
    """Of large values fewer are kept, also when one grows in its place; the newest is kept in any case."""
    shelf: KeyedStore[int] = KeyedStore(cap=10, size=int, capacity=10)
    for name, value in (("a", 4), ("b", 4), ("c", 2)):
        shelf.put("", name, value)
    assert [4, 4, 2] == [shelf.get(name) for name in "abc"]
    shelf.put("", "c", 3)
    assert [None, 4, 3] == [shelf.get(name) for name in "abc"]
    shelf.put("", "d", 50)
    assert [None, None, None, 50] == [shelf.get(name) for name in "abcd"]
    shelf.reset("")
    shelf.put("", "a", 10)
    assert (10, 1) == (shelf.get("a"), len(shelf))
