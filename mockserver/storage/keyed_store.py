"""A store that finds values by a key, bounded in number and in size."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from mockserver.storage.bounded_store import CAPACITY

Value = TypeVar("Value")


class KeyedStore(Generic[Value]):
    """Keeps at most `cap` values of at most `capacity` bytes together; the oldest are dropped first. Thread-safe.

    `size` estimates the bytes of a value that come from the client. The newest value is kept even if it is too large.
    """

    def __init__(self, *, cap: int, size: Callable[[Value], int], capacity: int = CAPACITY) -> None:
        self._cap = cap
        self._size_of = size
        self._capacity = capacity
        self._size = 0
        self._items: OrderedDict[Hashable, tuple[str, Value]] = OrderedDict()
        self._lock = Lock()

    def put(self, owner: str, key: Hashable, value: Value) -> None:
        """Keep a value of a namespace. It replaces the value with the same key, and counts as old as that one."""
        with self._lock:
            if key in self._items:
                self._size -= self._size_of(self._items[key][1])
            self._items[key] = (owner, value)
            self._size += self._size_of(value)
            while len(self._items) > self._cap or (self._size > self._capacity and len(self._items) > 1):
                _, (_, dropped) = self._items.popitem(last=False)
                self._size -= self._size_of(dropped)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, if there is one."""
        item = self._items.get(key)
        return None if item is None else item[1]

    def reset(self, owner: str | None) -> None:
        """Drop the values of a namespace, or of all (None)."""
        with self._lock:
            for key in [key for key, item in self._items.items() if owner in (None, item[0])]:
                self._size -= self._size_of(self._items.pop(key)[1])

    def __len__(self) -> int:
        return len(self._items)
