"""Problems: what is wrong in scenario files, each with its file, line, column and key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.errors import ScenarioError
from mockserver.scenarios.format.flaws import Path

__all__ = ["BrokenScenariosError", "Problem", "key_of"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem; `key` is the dotted path of the key, empty if the text cannot be read at all."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"

    @property
    def text(self) -> str:
        """The problem without its place."""
        return f"{self.key}: {self.message}" if self.key else self.message

    def as_json(self) -> dict[str, str | int]:
        """The problem as data."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "key": self.key,
            "message": self.message,
        }


class BrokenScenariosError(ScenarioError):
    """Scenario files that cannot be served; `problems` has every one, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def key_of(path: Path) -> str:
    """A path as people write it: `stubs[0].reply.status`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = step if step.isprintable() else repr(step)
        text += f".{name}" if text else name
    return text
