"""Positions in a text: of its keys and values, and of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.errors import MockserverError

Path = tuple[str | int, ...]
"""Keys and indices that lead from the root to a value."""


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, from 1."""

    line: int
    column: int


def position_of(text: str, offset: int) -> Position:
    """Return the position of an offset into a text."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


class TextError(MockserverError):
    """A text cannot be read; `name` is that of its file."""

    def __init__(self, name: str, position: Position, problem: str) -> None:
        super().__init__(f"{name}:{position.line}:{position.column}: {problem}")
        self.position = position
        self.problem = problem


@dataclass(slots=True)
class PositionNode:
    """The position of a value, of its keys, and of everything inside it."""

    position: Position
    keys: dict[str, Position] = field(default_factory=dict)
    members: dict[str | int, PositionNode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousScalar:
    """A key or value without quotes that is text here, and that other YAML readers `read_as` something else."""

    path: Path
    position: Position
    text: str
    read_as: str


@dataclass(frozen=True, slots=True)
class PositionedData:
    """The data of a text with the positions of all its keys and values.

    If nothing is at a path, its position is that of the nearest value around it.
    """

    data: Any
    root: PositionNode
    ambiguous: tuple[AmbiguousScalar, ...]

    def position(self, path: Path) -> Position:
        """Return the position of the value at a path."""
        return self._nearest(path).position

    def key_position(self, path: Path) -> Position:
        """Return the position of the last key of a path; for an item of a list, the position of the item."""
        if path and isinstance(path[-1], str):
            parent = self._nearest(path[:-1])
            return parent.keys.get(path[-1], parent.position)
        return self.position(path)

    def _nearest(self, path: Path) -> PositionNode:
        node = self.root
        for step in path:
            if step not in node.members:
                break
            node = node.members[step]
        return node
