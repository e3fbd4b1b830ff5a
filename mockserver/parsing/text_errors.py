"""What can be wrong with a text, and where."""

from __future__ import annotations

from mockserver.errors import MockserverError

__all__ = ["TextError", "position_of"]


class TextError(MockserverError):
    """A text cannot be read; `line` and `column` count from 1."""

    def __init__(self, *, name: str, line: int, column: int, problem: str) -> None:
        super().__init__(f"{name}:{line}:{column}: {problem}")
        self.name = name
        self.line = line
        self.column = column
        self.problem = problem


def position_of(text: str, offset: int) -> tuple[int, int]:
    """The line and column, from 1, of an offset into a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
