"""An index that finds stored values by a name: a token, a setup intent's id, a publishable key."""

from __future__ import annotations

from typing import Generic, TypeVar

from mockserver.storage.bounded_store import BoundedStore, Owned

__all__ = ["NameIndex"]

Value = TypeVar("Value", bound=Owned)


class NameIndex(Generic[Value]):
    """Finds the value of a store that has a name: that of one owner, or the newest of all owners.

    Most names are generated and have one owner. A scenario may give several owners the same name; each has its own value.
    """

    def __init__(self, store: BoundedStore[Value]) -> None:
        self._store = store
        self._newest: dict[str, int] = {}
        # Only names with several owners: the number of each owner's value, the newest last.
        self._shared: dict[str, dict[str, int]] = {}

    def put(self, name: str, owner: str, number: int) -> None:
        """Give the value of this number a name. Another value of the same owner loses it."""
        former_number = self._newest.get(name)
        self._newest[name] = number
        if former_number is None:
            return
        former = self._store.get(former_number)
        if former is not None and former.owner != owner:
            self._shared.setdefault(name, {former.owner: former_number})
        owners = self._shared.get(name)
        if owners is not None:
            owners.pop(owner, None)
            owners[owner] = number

    def number(self, name: str, owner: str | None) -> int | None:
        """Return the number of the value with this name: that of an owner, or the newest of all (None)."""
        if owner is not None and name in self._shared:
            return self._shared[name].get(owner)
        return self._newest.get(name)

    def get(self, name: str, owner: str | None) -> Value | None:
        """Return the value with this name: that of an owner, or the newest of all (None)."""
        value = self._value(self.number(name, owner))
        return value if value is not None and (owner is None or value.owner == owner) else None

    def is_shared(self, name: str) -> bool:
        """Tell whether several owners have a value with this name."""
        return name in self._shared

    def forget(self, name: str, owner: str) -> None:
        """Remove a name that a dropped value of this owner had, unless another stored value has the name."""
        owners = self._shared.get(name)
        if owners is not None:
            if self._value(owners.get(owner)) is None:
                owners.pop(owner, None)
            if len(owners) < 2:
                del self._shared[name]
        if self._value(self._newest.get(name)) is not None:
            return
        if owners:
            self._newest[name] = next(reversed(owners.values()))
        else:
            self._newest.pop(name, None)

    def __len__(self) -> int:
        return len(self._newest)

    def _value(self, number: int | None) -> Value | None:
        return None if number is None else self._store.get(number)
