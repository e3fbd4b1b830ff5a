"""Names by which something that is kept can be found: a token, a setup intent's id, a publishable key."""

from __future__ import annotations

from typing import Generic, TypeVar

from mockserver.storage.bounded_store import BoundedStore, Owned

__all__ = ["NameIndex"]

Value = TypeVar("Value", bound=Owned)


class NameIndex(Generic[Value]):
    """Which of the kept values goes by a name: of one owner, or the latest whoever's it is.

    Most names are made up and belong to one owner; a scenario may give the same to several, who then each have their own.
    """

    def __init__(self, kept: BoundedStore[Value]) -> None:
        self._kept = kept
        self._latest: dict[str, int] = {}
        # Only of names that several owners have: by the keys of their namespaces, the latest last.
        self._shared: dict[str, dict[str, int]] = {}

    def put(self, name: str, owner: str, number: int) -> None:
        """Give a name to the value of this number; it takes the place of the owner's former one."""
        before = self._latest.get(name)
        self._latest[name] = number
        if before is None:
            return
        former = self._kept.get(before)
        if former is not None and former.owner != owner:
            self._shared.setdefault(name, {former.owner: before})
        owners = self._shared.get(name)
        if owners is not None:
            owners.pop(owner, None)
            owners[owner] = number

    def number(self, name: str, owner: str | None) -> int | None:
        """The number of the value that an owner has by this name; None for the owner: the latest, whoever's it is."""
        if owner is not None and name in self._shared:
            return self._shared[name].get(owner)
        return self._latest.get(name)

    def get(self, name: str, owner: str | None) -> Value | None:
        """The value itself."""
        value = self._value(self.number(name, owner))
        return value if value is not None and (owner is None or value.owner == owner) else None

    def is_shared(self, name: str) -> bool:
        """Whether several owners have a value of this name."""
        return name in self._shared

    def forget(self, name: str, owner: str) -> None:
        """Drop a name that a value of this owner had, unless a value that is still kept has it."""
        owners = self._shared.get(name)
        if owners is not None:
            if self._value(owners.get(owner)) is None:
                owners.pop(owner, None)
            if len(owners) < 2:
                del self._shared[name]
        if self._value(self._latest.get(name)) is not None:
            return
        if owners:
            self._latest[name] = next(reversed(owners.values()))
        else:
            self._latest.pop(name, None)

    def __len__(self) -> int:
        return len(self._latest)

    def _value(self, number: int | None) -> Value | None:
        return None if number is None else self._kept.get(number)
