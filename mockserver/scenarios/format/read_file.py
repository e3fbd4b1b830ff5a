"""A scenario file that was read: its scenario or its problems, and the places for what is found out about it later."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.parsing import PositionedData
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.format.problems import Problem, key_of
from mockserver.scenarios.scenario import Scenario

__all__ = ["ReadFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What became of one file: a `scenario`, or the `problems` because of which there is none.

    `marked` has the places of its keys and values; None if the text cannot be read at all.
    """

    file: str
    name: str
    scenario: Scenario | None = None
    problems: tuple[Problem, ...] = ()
    marked: PositionedData | None = None

    def problem(self, flaw: Flaw) -> Problem:
        """A flaw of the scenario as a problem of the file, with its line and column."""
        line = column = 1
        if self.marked is not None:
            place = self.marked.key_place(flaw.path) if flaw.at_key else self.marked.place(flaw.path)
            line, column = place.line, place.column
        return Problem(self.file, line, column, key_of(flaw.path), flaw.problem)
