"""A store that keeps the newest values: bounded in number and in size, and indexed by namespace."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar

from mockserver.storage.numbered_values import NumberedValues
from mockserver.storage.owner_numbers import OwnerNumbers
from mockserver.storage.value_pages import Positions

CAPACITY = 64 * 1024 * 1024
"""The default limit of a store for what clients have sent, in bytes."""


class Owned(Protocol):
    """A value that belongs to a namespace, and always to the same one."""

    @property
    def owner(self) -> str:
        """The key of the namespace."""


Value = TypeVar("Value", bound=Owned)


class BoundedStore(Generic[Value]):
    """Keeps at most `cap` values of at most `capacity` bytes together; the oldest are dropped first. Thread-safe.

    `size` estimates the bytes of a value that come from the client. The newest value is kept even if it is too large.
    """

    def __init__(self, *, cap: int, size: Callable[[Value], int], capacity: int = CAPACITY) -> None:
        self._cap = cap
        self._size_of = size
        self._capacity = capacity
        self._size = 0
        self.last = 0
        """The number of the newest value."""
        self._values: NumberedValues[Value] = NumberedValues()
        self._numbers = OwnerNumbers()
        self._lock = Lock()

    def add(self, value: Value, *, number: int | None = None) -> tuple[int, list[Value]]:
        """Add a value. Returns its number, which is higher than all before, and the values that are dropped for it.

        A value that has a `number` already keeps it; then the number must be higher than all before.
        """
        with self._lock:
            self.last = self.last + 1 if number is None else number
            self._values.add(self.last, value)
            self._numbers.add(value.owner, self.last)
            self._size += self._size_of(value)
            is_full = self._values.count > self._cap or self._size > self._capacity
            return self.last, self._shrink() if is_full else []

    def replace(self, number: int, value: Value) -> list[Value]:
        """Replace a value, unless it was dropped, by one of the same owner. Returns the values dropped for it."""
        with self._lock:
            former = self._values.get(number)
            if former is None:
                return []
            self._values.replace(number, value)
            self._size += self._size_of(value) - self._size_of(former)
            return self._shrink()

    def get(self, number: int) -> Value | None:
        """Return the value of a number, or None if it has been dropped."""
        return self._values.get(number)

    def of(self, owner: str | None) -> list[Value]:
        """Return the values of one owner, or of all (None); the oldest first."""
        with self._lock:
            if owner is None:
                return self._values.values()
            found = map(self._values.get, self._numbers.of(owner))
            return [value for value in found if value is not None]

    def positions(self, owner: str | None) -> Positions:
        """The positions of the values of one owner, or of all (None); the oldest first."""
        with self._lock:
            if owner is None:
                numbers = self._values.numbers()
                return Positions(numbers, numbers)
            numbers = list(self._numbers.of(owner))
            first = self._numbers.dropped(owner) + 1
            return Positions(numbers, range(first, first + len(numbers)))

    def skip_to(self, number: int) -> None:
        """Give the next value a number that is higher than this one."""
        with self._lock:
            self.last = max(self.last, number)

    def note_dropped(self, owner: str, count: int) -> None:
        """Note that this many older values of an owner, who has others, are not here."""
        with self._lock:
            self._numbers.note_dropped(owner, count)

    def since(self, number: int) -> list[tuple[int, Value]]:
        """Return the values with a higher number, each with its number; the oldest first."""
        with self._lock:
            return self._values.since(number)

    def drop(self, owner: str | None) -> list[Value]:
        """Drop the values of one owner, or of all (None), and return them."""
        with self._lock:
            if owner is None:
                dropped = self._values.values()
                self._values.clear()
                self._numbers.clear()
                self._size = 0
                return dropped
            dropped = self._values.pop_all(self._numbers.remove(owner))
            self._size -= sum(map(self._size_of, dropped))
            return dropped

    def __len__(self) -> int:
        return self._values.count

    def _shrink(self) -> list[Value]:
        dropped = []
        while self._values.count > self._cap or (self._size > self._capacity and self._values.count > 1):
            value = self._values.pop_first()
            dropped.append(value)
            self._size -= self._size_of(value)
            # The oldest value of all is also the oldest of its owner.
            self._numbers.drop_first(value.owner)
        return dropped
