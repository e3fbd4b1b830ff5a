"""Keeping: values in the order in which they came, each owned by a namespace; bounded, the oldest go first."""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from threading import Lock
from typing import Generic, Protocol, TypeVar

__all__ = ["Kept", "Owned"]


class Owned(Protocol):
    """What can be kept: it knows the key of its namespace, and that key never changes."""

    @property
    def owner(self) -> str:
        """The key of the namespace that it belongs to."""


Value = TypeVar("Value", bound=Owned)


class Kept(Generic[Value]):
    """At most `cap` values, found by their number or by their owner; safe to use from many threads."""

    def __init__(self, *, cap: int) -> None:
        self._cap = cap
        self.last = 0
        """The highest number that was given so far."""
        self._values: dict[int, Value] = {}
        # A dict that loses its first item again and again has to search for it: none has a lower number than this.
        self._first = 1
        self._numbers: dict[str, deque[int]] = {}
        self._lock = Lock()

    def add(self, value: Value) -> tuple[int, Value | None]:
        """Keep one more; gives its number, higher than any before, and the value that had to go for it."""
        with self._lock:
            self.last += 1
            self._values[self.last] = value
            numbers = self._numbers.get(value.owner)
            if numbers is None:
                numbers = self._numbers[value.owner] = deque()
            numbers.append(self.last)
            return self.last, self._pop() if len(self._values) > self._cap else None

    def replace(self, number: int, value: Value) -> bool:
        """Put a value of the same owner in the place of another; false when that has gone."""
        with self._lock:
            if number not in self._values:
                return False
            self._values[number] = value
            return True

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
                return values
            return [self._values.pop(number) for number in self._numbers.pop(owner, ())]

    def drop_oldest(self) -> Value | None:
        """Forget the oldest value; gives it."""
        with self._lock:
            return self._pop() if self._values else None

    def __len__(self) -> int:
        return len(self._values)

    def _pop(self) -> Value:
        while self._first not in self._values:
            self._first += 1
        value = self._values.pop(self._first)
        numbers = self._numbers[value.owner]
        # Whoever is the oldest of all is the oldest of its owner.
        numbers.popleft()
        if not numbers:
            del self._numbers[value.owner]
        return value
