"""A shelf: values that are kept under a name of their own, bounded like everything that is kept."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mockserver.keeping import Kept

__all__ = ["Shelf"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Labelled(Generic[Value]):
    owner: str
    name: Hashable
    value: Value


class Shelf(Generic[Value]):
    """At most `cap` values by name, each owned by a namespace; the oldest go first."""

    def __init__(self, *, cap: int) -> None:
        self._kept: Kept[_Labelled[Value]] = Kept(cap=cap)
        self._numbers: dict[Hashable, int] = {}

    def put(self, owner: str, name: Hashable, value: Value) -> None:
        """Keep a value; it takes the place of the one of the same owner that has its name."""
        labelled = _Labelled(owner, name, value)
        number = self._numbers.get(name)
        if number is not None and self._kept.replace(number, labelled):
            return
        self._numbers[name], gone = self._kept.add(labelled)
        if gone is not None:
            self._numbers.pop(gone.name, None)

    def get(self, name: Hashable) -> Value | None:
        """The value of this name."""
        number = self._numbers.get(name)
        found = None if number is None else self._kept.get(number)
        return None if found is None else found.value

    def reset(self, owner: str | None) -> None:
        """Forget the values of a namespace, or all (None)."""
        for gone in self._kept.drop(owner):
            self._numbers.pop(gone.name, None)

    def __len__(self) -> int:
        return len(self._kept)
