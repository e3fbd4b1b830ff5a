"""The numbers of stored values by owner. An owner with a single value takes a tenth of the memory of a queue."""

from collections import deque
from collections.abc import Sequence


class OwnerNumbers:
    """For each owner the numbers of its values, which only ascend, and how many of its oldest values were dropped."""

    def __init__(self) -> None:
        # An owner is in the first table with one number, and in the second one with several.
        self._single: dict[str, int] = {}
        self._several: dict[str, deque[int]] = {}
        # Only for owners that have other values.
        self._dropped: dict[str, int] = {}

    def add(self, owner: str, number: int) -> None:
        """Add the number of the newest value of an owner."""
        numbers = self._several.get(owner)
        if numbers is not None:
            numbers.append(number)
            return
        first = self._single.setdefault(owner, number)
        if first != number:
            del self._single[owner]
            self._several[owner] = deque((first, number))

    def of(self, owner: str) -> Sequence[int]:
        """The numbers of an owner, in ascending order. The result changes when the numbers do."""
        if owner in self._single:
            return (self._single[owner],)
        return self._several.get(owner, ())

    def dropped(self, owner: str) -> int:
        """How many values of an owner were dropped. It is 0 for an owner that has no other values."""
        return self._dropped.get(owner, 0)

    def note_dropped(self, owner: str, count: int) -> None:
        """Note how many older values of an owner were dropped. An owner without other values is left out."""
        if count > 0 and (owner in self._single or owner in self._several):
            self._dropped[owner] = count

    def drop_first(self, owner: str) -> None:
        """Remove the lowest number of an owner, which must have one."""
        numbers = self._several.get(owner)
        if numbers is not None and len(numbers) > 1:
            numbers.popleft()
            self._dropped[owner] = self._dropped.get(owner, 0) + 1
        else:
            self.remove(owner)

    def remove(self, owner: str) -> Sequence[int]:
        """Remove an owner; returns its numbers."""
        numbers = self.of(owner)
        self._single.pop(owner, None)
        self._several.pop(owner, None)
        self._dropped.pop(owner, None)
        return numbers

    def clear(self) -> None:
        """Remove all owners."""
        self._single.clear()
        self._several.clear()
        self._dropped.clear()
