"""The result of a check, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mockserver.scenarios.format import Problem

__all__ = ["Comparison", "FileReport", "Report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The result for one scenario file. `examples` is the number of its examples; notes are not problems."""

    file: str
    scenario: str
    examples: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the file has no problem."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Another version of the contract, and the files that have problems only under it."""

    spec: str
    version: str
    broken: tuple[FileReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result for the files of a folder under a contract; `scenarios` is None if there is no folder."""

    spec: str
    version: str
    scenarios: str | None
    files: tuple[FileReport, ...]
    against: Comparison | None

    @property
    def ok(self) -> bool:
        """Whether no file has a problem, under either version of the contract."""
        return all(each.ok for each in self.files) and not (self.against and self.against.broken)

    def as_json(self) -> dict[str, Any]:
        """The JSON report. Members may be added, but none is renamed or removed.

        It has the fields of this class and `ok`. A file, in `files` or in `against.broken`, has the fields of FileReport
        and `ok`. Each of its problems and notes has `file`, `line`, `column`, `key` and `message`.
        """
        against = (
            None if self.against is None else asdict(self.against) | {"broken": list(map(_file, self.against.broken))}
        )
        return {"ok": self.ok, **asdict(self), "files": list(map(_file, self.files)), "against": against}


def _file(report: FileReport) -> dict[str, Any]:
    return {"ok": report.ok, **asdict(report)}
