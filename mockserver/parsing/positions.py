"""What a reader makes of a text: the data, and where each part of it stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.parsing.yaml_scalars import AmbiguousScalar

__all__ = ["Position", "PositionNode", "PositionedData"]


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class PositionNode:
    """Where one value stands, where its keys stand, and the marks of what it holds."""

    place: Position
    keys: dict[str, Position] = field(default_factory=dict)
    members: dict[str | int, PositionNode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionedData:
    """The data of a text with the places of all its keys and values.

    A path is a tuple of keys and indices, from the root; what it names need not be there: the place is then
    that of the nearest value around it.
    """

    name: str
    data: Any
    root: PositionNode
    bent: tuple[AmbiguousScalar, ...]

    def place(self, path: tuple[str | int, ...]) -> Position:
        """Where the value at a path stands."""
        return self._nearest(path).place

    def key_place(self, path: tuple[str | int, ...]) -> Position:
        """Where the last key of a path stands; for an item of a list, where the item stands."""
        if path and isinstance(path[-1], str):
            around = self._nearest(path[:-1])
            return around.keys.get(path[-1], around.place)
        return self.place(path)

    def _nearest(self, path: tuple[str | int, ...]) -> PositionNode:
        mark = self.root
        for step in path:
            if step not in mark.members:
                break
            mark = mark.members[step]
        return mark
