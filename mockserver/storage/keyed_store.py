"""A store that finds values by a key, bounded in number and in size."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, Protocol, TypeVar

from mockserver.storage.bounded_store import CAPACITY, BoundedStore

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _KeyedItem(Generic[Value]):
    owner: str
    key: Hashable
    value: Value


class KeyedValues(Protocol[Value]):
    """Values that are found by a key. A key belongs to one namespace."""

    def put(self, owner: str, key: Hashable, value: Value) -> None:
        """Keep a value of a namespace. It replaces the value with the same key."""

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, if there is one."""


class KeyedStore(Generic[Value]):
    """A BoundedStore whose values are found by a key. A key belongs to one namespace. Thread-safe."""

    def __init__(self, *, cap: int, size: Callable[[Value], int], capacity: int = CAPACITY) -> None:
        self._items: BoundedStore[_KeyedItem[Value]] = BoundedStore(
            cap=cap, size=lambda item: size(item.value), capacity=capacity
        )
        self._numbers: dict[Hashable, int] = {}
        self._lock = Lock()

    def put(self, owner: str, key: Hashable, value: Value) -> None:
        """Keep a value of a namespace. It replaces the value with the same key, and counts as old as that one."""
        item = _KeyedItem(owner, key, value)
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                self._numbers[key], dropped = self._items.add(item)
            else:
                dropped = self._items.replace(number, item)
            for each in dropped:
                del self._numbers[each.key]

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, if there is one."""
        number = self._numbers.get(key)
        item = None if number is None else self._items.get(number)
        return None if item is None else item.value

    def reset(self, owner: str | None) -> None:
        """Drop the values of a namespace, or of all (None)."""
        with self._lock:
            for item in self._items.drop(owner):
                del self._numbers[item.key]

    def __len__(self) -> int:
        return len(self._items)
