"""What a check has found, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.scenarios.format import Problem

__all__ = ["Comparison", "FileReport", "Report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One scenario file: what does not hold, and what is merely worth knowing; `examples` were played."""

    file: str
    scenario: str
    examples: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything in it holds."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The file in the JSON report."""
        return {
            "file": self.file,
            "scenario": self.scenario,
            "ok": self.ok,
            "examples": self.examples,
            "problems": [problem.as_json() for problem in self.problems],
            "notes": [note.as_json() for note in self.notes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Another version of the contract, and the files that hold now and would not hold under it."""

    spec: str
    version: str
    broken: tuple[FileReport, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The comparison in the JSON report."""
        return {"spec": self.spec, "version": self.version, "broken": [each.as_json() for each in self.broken]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One check: of the files of a folder, which is None if there was nothing to check, under a contract."""

    spec: str
    version: str
    folder: str | None
    files: tuple[FileReport, ...] = ()
    against: Comparison | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was checked holds."""
        return all(each.ok for each in self.files) and not (self.against and self.against.broken)

    def as_json(self) -> dict[str, Any]:
        """The JSON report; members may be added to it, but none is renamed or taken away.

        `scenarios` is the folder or null, `against` null without --against. A file, be it in `files` or in
        `against.broken`, has `file`, `scenario`, `ok`, `examples` (their number), `problems` and `notes`; each of
        these has `file`, `line`, `column`, `key` and `message`.
        """
        return {
            "ok": self.ok,
            "spec": self.spec,
            "version": self.version,
            "scenarios": self.folder,
            "files": [each.as_json() for each in self.files],
            "against": None if self.against is None else self.against.as_json(),
        }
