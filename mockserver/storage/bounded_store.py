"""Keeping: values in the order in which they came, each owned by a namespace; bounded, the oldest go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import takewhile
from threading import Lock
from typing import Generic, Protocol, TypeVar

__all__ = ["CAPACITY", "BoundedStore", "Owned"]

CAPACITY = 64 * 1024 * 1024
"""So many bytes of what its callers chose are kept of one kind, by default."""


class Owned(Protocol):
    """What can be kept: it knows the key of its namespace, and that key never changes."""

    @property
    def owner(self) -> str:
        """The key of the namespace that it belongs to."""


Value = TypeVar("Value", bound=Owned)


class BoundedStore(Generic[Value]):
    """At most `cap` values, found by their number or by their owner; safe to use from many threads.

    With `size`, which says about how many bytes a value holds on to that its caller chose, they have at most `capacity`
    bytes together; the newest is kept in any case.
    """

    def __init__(self, *, cap: int, size: Callable[[Value], int] | None = None, capacity: int = CAPACITY) -> None:
        self._cap = cap
        self._size_of = size
        self._capacity = capacity
        self._size = 0
        self.last = 0
        """The highest number that was given so far."""
        self._values: dict[int, Value] = {}
        # A dict that loses its first item again and again has to search for it: none has a lower number than this.
        self._first = 1
        self._numbers: dict[str, deque[int]] = {}
        self._lock = Lock()

    def add(self, value: Value) -> tuple[int, list[Value]]:
        """Keep one more; gives its number, higher than any before, and the values that had to go for it."""
        with self._lock:
            self.last += 1
            self._values[self.last] = value
            numbers = self._numbers.get(value.owner)
            if numbers is None:
                numbers = self._numbers[value.owner] = deque()
            numbers.append(self.last)
            if self._size_of is not None:
                self._size += self._size_of(value)
            return self.last, self._shrunk()

    def replace(self, number: int, value: Value) -> list[Value] | None:
        """Put a value of the same owner in the place of another; gives the values that had to go for it.

        None when that other one has gone itself.
        """
        with self._lock:
            former = self._values.get(number)
            if former is None:
                return None
            self._values[number] = value
            if self._size_of is not None:
                self._size += self._size_of(value) - self._size_of(former)
            return self._shrunk()

    def get(self, number: int) -> Value | None:
        """The value that has this number, unless it has gone."""
        return self._values.get(number)

    def of(self, owner: str | None) -> list[Value]:
        """The values of one owner, or all (None); the oldest first."""
        with self._lock:
            if owner is None:
                return list(self._values.values())
            return [self._values[number] for number in self._numbers.get(owner, ())]

    def since(self, number: int) -> list[tuple[int, Value]]:
        """The values with a higher number, each with its own; the oldest first."""
        with self._lock:
            newest_first = takewhile(lambda each: each[0] > number, reversed(self._values.items()))
            return list(newest_first)[::-1]

    def drop(self, owner: str | None) -> list[Value]:
        """Forget the values of one owner, or all (None); gives them."""
        with self._lock:
            if owner is None:
                values = list(self._values.values())
                self._values.clear()
                self._numbers.clear()
                self._size = 0
                return values
            dropped = [self._values.pop(number) for number in self._numbers.pop(owner, ())]
            if self._size_of is not None:
                self._size -= sum(map(self._size_of, dropped))
            return dropped

    def __len__(self) -> int:
        return len(self._values)

    def _shrunk(self) -> list[Value]:
        """The oldest values, which are dropped as far as there are too many, or too large ones."""
        gone = []
        while len(self._values) > self._cap or (self._size > self._capacity and len(self._values) > 1):
            gone.append(self._pop())
        return gone

    def _pop(self) -> Value:
        while self._first not in self._values:
            self._first += 1
        value = self._values.pop(self._first)
        if self._size_of is not None:
            self._size -= self._size_of(value)
        numbers = self._numbers[value.owner]
        # Whoever is the oldest of all is the oldest of its owner.
        numbers.popleft()
        if not numbers:
            del self._numbers[value.owner]
        return value
