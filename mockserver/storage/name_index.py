"""An index that finds stored values by a name: a token, a setup intent's id, a publishable key."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from mockserver.storage.bounded_store import BoundedStore, Owned

Value = TypeVar("Value", bound=Owned)


class NameIndex(Generic[Value]):
    """Finds the value of a store that has a name: that of one owner, or the newest of all owners.

    Most names are generated and have one owner. A scenario may give several owners the same name; each has its
    own value.
    """

    def __init__(self, store: BoundedStore[Value]) -> None:
        self._store = store
        # The number of the value; for a name with several owners, the number of each owner's value, the newest last.
        self._numbers: dict[str, int | dict[str, int]] = {}

    def put(self, name: str, owner: str, number: int) -> None:
        """Give the value of this number a name. Another value of the same owner loses it."""
        numbers = self._numbers.get(name)
        if numbers is None:
            self._numbers[name] = number
            return
        if not isinstance(numbers, dict):
            former = self._value(numbers)
            if former is None or former.owner == owner:
                self._numbers[name] = number
                return
            self._numbers[name] = numbers = {former.owner: numbers}
        numbers.pop(owner, None)
        numbers[owner] = number

    def number(self, name: str, owner: str | None) -> int | None:
        """Return the number of the value with this name: that of an owner, or the newest of all (None)."""
        numbers = self._numbers.get(name)
        if isinstance(numbers, dict):
            return next(reversed(numbers.values())) if owner is None else numbers.get(owner)
        return numbers

    def get(self, name: str, owner: str | None) -> Value | None:
        """Return the value with this name: that of an owner, or the newest of all (None)."""
        value = self._value(self.number(name, owner))
        return value if value is not None and owner in (None, value.owner) else None

    def values(self, name: str) -> Iterator[Value]:
        """Iterate over the values with this name, one of each owner. Do not change the store meanwhile."""
        numbers = self._numbers.get(name)
        found = map(self._value, numbers.values() if isinstance(numbers, dict) else [numbers])
        return (value for value in found if value is not None)

    def is_shared(self, name: str) -> bool:
        """Tell whether several owners have a value with this name."""
        return isinstance(self._numbers.get(name), dict)

    def forget(self, name: str, owner: str) -> None:
        """Remove a name that a dropped value of this owner had, unless another stored value has the name."""
        numbers = self._numbers.get(name)
        if isinstance(numbers, dict):
            if self._value(numbers.get(owner)) is None:
                numbers.pop(owner, None)
            if len(numbers) == 1:
                self._numbers[name] = next(iter(numbers.values()))
        elif self._value(numbers) is None:
            self._numbers.pop(name, None)

    def __len__(self) -> int:
        return len(self._numbers)

    def _value(self, number: int | None) -> Value | None:
        return None if number is None else self._store.get(number)
