"""A shelf: values that are kept under a name of their own, bounded like everything that is kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mockserver.storage.bounded_store import CAPACITY, BoundedStore

__all__ = ["KeyedStore"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _KeyedItem(Generic[Value]):
    owner: str
    name: Hashable
    value: Value


class KeyedStore(Generic[Value]):
    """At most `cap` values by name, each owned by a namespace; the oldest go first.

    `size` says about how many bytes a value holds on to that its caller chose: of these there are at most `capacity`.
    """

    def __init__(self, *, cap: int, size: Callable[[Value], int], capacity: int = CAPACITY) -> None:
        self._kept: BoundedStore[_KeyedItem[Value]] = BoundedStore(
            cap=cap, size=lambda each: size(each.value), capacity=capacity
        )
        self._numbers: dict[Hashable, int] = {}

    def put(self, owner: str, name: Hashable, value: Value) -> None:
        """Keep a value; it takes the place of the one of the same owner that has its name."""
        labelled = _KeyedItem(owner, name, value)
        number = self._numbers.get(name)
        gone = None if number is None else self._kept.replace(number, labelled)
        if gone is None:
            self._numbers[name], gone = self._kept.add(labelled)
        for each in gone:
            self._numbers.pop(each.name, None)

    def get(self, name: Hashable) -> Value | None:
        """The value of this name."""
        number = self._numbers.get(name)
        found = None if number is None else self._kept.get(number)
        return None if found is None else found.value

    def reset(self, owner: str | None) -> None:
        """Forget the values of a namespace, or all (None)."""
        for gone in self._kept.drop(owner):
            self._numbers.pop(gone.name, None)

    def __len__(self) -> int:
        return len(self._kept)
