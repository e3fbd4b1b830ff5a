"""Stores in memory: what they find, and what they drop."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.storage.bounded_store import BoundedStore
from mockserver.storage.keyed_store import KeyedStore
from mockserver.storage.name_index import NameIndex


@dataclass(frozen=True)
class Item:
    owner: str
    size: int = 1


def items_of(store: BoundedStore[Item]) -> str:
    return "".join(item.owner for item in store.of(None))


def test_numbers_and_owners() -> None:
    """Values are found by number, by owner and since a number; they keep their order."""
    store: BoundedStore[Item] = BoundedStore(cap=3, size=lambda item: item.size)
    a, b, c = Item("a"), Item("b"), Item("a", 2)
    numbers = [store.add(item)[0] for item in (a, b, c)]

    assert ([1, 2, 3], 3, 3) == (numbers, store.last, len(store))
    assert ([a, b, c], [a, c], [], b) == (store.of(None), store.of("a"), store.of("x"), store.get(2))
    assert ([(2, b), (3, c)], []) == (store.since(1), store.since(3))


def test_the_oldest_are_dropped() -> None:
    """Beyond the cap the oldest values are dropped; the caller gets them, and their numbers are not used again."""
    store: BoundedStore[Item] = BoundedStore(cap=2, size=lambda item: item.size)
    dropped = [[item.owner for item in store.add(Item(owner))[1]] for owner in "aba"]

    assert ([[], [], ["a"]], "ba", [Item("a")], None) == (dropped, items_of(store), store.of("a"), store.get(1))
    assert (4, [Item("b")]) == store.add(Item("c"))


def test_large_values_leave_less_room() -> None:
    """Values are dropped beyond the capacity too, also if one is replaced by a larger one; the newest is kept."""
    store: BoundedStore[Item] = BoundedStore(cap=9, size=lambda item: item.size, capacity=10)
    for owner, size in (("a", 4), ("b", 4), ("c", 2)):
        store.add(Item(owner, size))
    dropped = store.replace(3, Item("c", 3))

    assert ([Item("a", 4)], "bc") == (dropped, items_of(store))
    assert [] == store.replace(1, Item("a", 9))
    assert (4, [Item("b", 4), Item("c", 3)]) == store.add(Item("d", 50))
    assert "d" == items_of(store)


@pytest.mark.parametrize(("owner", "dropped", "left"), [("a", "aa", "b"), (None, "aba", ""), ("x", "", "aba")])
def test_drop(owner: str | None, dropped: str, left: str) -> None:
    """The values of one owner or of all are dropped, and their size with them."""
    store: BoundedStore[Item] = BoundedStore(cap=9, size=lambda item: item.size, capacity=10)
    for name in "aba":
        store.add(Item(name, 3))

    assert (dropped, left) == ("".join(item.owner for item in store.drop(owner)), items_of(store))
    assert ([], f"{left}c") == (store.add(Item("c", 1))[1], items_of(store))


STEPS = st.lists(
    st.tuples(st.sampled_from(("add", "drop")), st.sampled_from(("a", "b"))) | st.tuples(st.just("drop"), st.none()),
    max_size=40,
)


@given(STEPS, st.integers(1, 5), st.integers(0, 200))
def test_same_as_a_list(steps: list[tuple[str, str | None]], cap: int, before: int) -> None:
    """After any steps, the store has the same values, numbers and places as a plain list with the same rules."""
    store: BoundedStore[Item] = BoundedStore(cap=cap, size=lambda item: item.size)
    expected: list[tuple[int, Item]] = []
    for number in range(1, before + 1):
        store.add(Item("a"))
        expected.append((number, Item("a")))
    del expected[:-cap]
    for step, owner in steps:
        if step == "add" and owner is not None:
            number, dropped = store.add(Item(owner))
            expected.append((number, Item(owner)))
            assert [item for _, item in expected[:-cap]] == dropped
            del expected[:-cap]
        else:
            dropped = store.drop(owner)
            assert [item for _, item in expected if owner in (None, item.owner)] == dropped
            expected = [(number, item) for number, item in expected if owner not in (None, item.owner)]
    assert ([item for _, item in expected], len(expected)) == (store.of(None), len(store))
    assert [number for number, _ in expected] == list(store.positions(None).numbers)
    assert [number for number, item in expected if item.owner == "a"] == list(store.positions("a").numbers)
    for number in range(store.last + 2):
        assert dict(expected).get(number) == store.get(number)
        assert [each for each in expected if each[0] > number] == store.since(number)


def test_promise_13_values_take_little_memory() -> None:
    """The store itself takes at most 40 bytes for a value, and not more after values were dropped for new ones."""
    item = Item("a")
    sizes = []
    for count in (20_000, 100_000):
        tracemalloc.start()
        store: BoundedStore[Item] = BoundedStore(cap=20_000, size=lambda item: item.size)
        for _ in range(count):
            store.add(item)
        sizes.append(tracemalloc.get_traced_memory()[0] / len(store))
        tracemalloc.stop()
    # 32 bytes are the number itself.
    assert max(sizes) < 32 + 40


def test_keys() -> None:
    """A key has the value that was put last."""
    store: KeyedStore[int] = KeyedStore(cap=3, size=int)
    store.put("a", "x", 1)
    store.put("a", "x", 2)

    assert (2, None, 1) == (store.get("x"), store.get("y"), len(store))


def test_keyed_values_are_dropped() -> None:
    """The oldest values are dropped first; a value counts as old as the one that it replaced."""
    store: KeyedStore[int] = KeyedStore(cap=2, size=int)
    for key, value in (("x", 1), ("y", 2), ("x", 3), ("z", 4)):
        store.put("a", key, value)

    assert (None, 2, 4) == (store.get("x"), store.get("y"), store.get("z"))


def test_keyed_values_are_reset() -> None:
    """The values of one namespace are dropped, or all."""
    store: KeyedStore[int] = KeyedStore(cap=5, size=int)
    store.put("a", "x", 1)
    store.put("b", "y", 2)
    store.reset("a")
    one = (store.get("x"), store.get("y"))
    store.reset(None)

    assert ((None, 2), None) == (one, store.get("y"))


def test_promise_13_large_keyed_values_leave_less_room() -> None:
    """Fewer large values are kept, also if one is replaced by a larger one; the newest is kept in any case."""
    store: KeyedStore[int] = KeyedStore(cap=10, size=int, capacity=10)
    for key, value in (("a", 4), ("b", 4), ("c", 2)):
        store.put("", key, value)
    assert [4, 4, 2] == [store.get(key) for key in "abc"]
    store.put("", "c", 3)
    assert [None, 4, 3] == [store.get(key) for key in "abc"]
    store.put("", "d", 50)
    assert [None, None, None, 50] == [store.get(key) for key in "abcd"]
    store.reset("")
    store.put("", "a", 10)
    assert (10, 1) == (store.get("a"), len(store))


def test_names() -> None:
    """A name leads to the value of an owner, or to the newest of all; a name that nobody has is forgotten."""
    store: BoundedStore[Item] = BoundedStore(cap=9, size=lambda item: item.size)
    index = NameIndex(store)
    for owner, name in (("a", "x"), ("b", "x"), ("a", "y")):
        index.put(name, owner, store.add(Item(owner))[0])

    assert (1, 2, 2, None) == tuple(index.number("x", owner) for owner in ("a", "b", None, "c"))
    assert (True, False, 2) == (index.is_shared("x"), index.is_shared("y"), len(index))
    assert (Item("a"), None) == (index.get("y", None), index.get("y", "b"))
    store.drop("b")
    index.forget("x", "b")
    assert (False, 1, None) == (index.is_shared("x"), index.number("x", None), index.get("x", "b"))
    store.drop("a")
    for name in "xy":
        index.forget(name, "a")
    assert 0 == len(index)
