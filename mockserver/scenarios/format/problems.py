"""Problems: what is wrong in scenario files, each with its file, line, column and key."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.errors import ScenarioError
from mockserver.parsing.positions import Position, PositionedData
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem. `key` is the path of the key, such as `stubs[0].reply.status`, or empty for the whole file."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"

    @property
    def text(self) -> str:
        """The problem without file, line and column."""
        return f"{self.key}: {self.message}" if self.key else self.message


class BrokenScenariosError(ScenarioError):
    """Scenario files are broken. `problems` has every problem, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read: its `scenario`, or the `problems` because of which there is none.

    `positions` has the lines and columns of its keys and values; None if the text is not valid YAML.
    """

    file: str
    name: str
    scenario: Scenario | None = None
    problems: tuple[Problem, ...] = ()
    positions: PositionedData | None = None

    def problem(self, flaw: Flaw, position: Position | None = None) -> Problem:
        """A flaw as a problem of the file. Without a `position`, it has that of its path."""
        if position is None and self.positions is not None:
            find = self.positions.key_position if flaw.at_key else self.positions.position
            position = find(flaw.path)
        line, column = (1, 1) if position is None else (position.line, position.column)
        return Problem(self.file, line, column, _key(flaw.path), flaw.problem)


def _key(path: Path) -> str:
    """A path as text: `stubs[0].reply.status`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = step if step.isprintable() else repr(step)
        text += f".{name}" if text else name
    return text
