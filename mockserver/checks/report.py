"""The result of a check, as data and in the formats that `mockserver check` prints."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from mockserver.redaction.redact import printable
from mockserver.scenarios.format import Problem


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

        It has the fields of this class and `ok`. A file in `files` or in `against.broken` has the fields of FileReport
        and `ok`. Each of its problems and notes has `file`, `line`, `column`, `key` and `message`.
        """
        against = None if self.against is None else asdict(self.against) | {"broken": _files(self.against.broken)}
        return {"ok": self.ok, **asdict(self), "files": _files(self.files), "against": against}


def _files(reports: Iterable[FileReport]) -> list[dict[str, Any]]:
    return [{"ok": report.ok, **asdict(report)} for report in reports]


def _text(report: Report) -> str:
    """For people: a line for each file, with its problems below it, and a summary at the end."""
    lines = [line for each in report.files for line in _file_lines(each)]
    for each in report.against.broken if report.against else ():
        lines += [f"{each.file}: would break", *(f"  {problem}" for problem in each.problems)]
    return "\n".join(map(printable, [*lines, *_summary(report)]))


def _json(report: Report) -> str:
    return json.dumps(report.as_json(), indent=2, ensure_ascii=False)


def _github(report: Report) -> str:
    """For GitHub Actions: a workflow command for each problem and note, and a summary at the end."""
    commands = [
        _command("error", each, "problem in a scenario file") for file in report.files for each in file.problems
    ]
    commands += [_command("notice", each, "unnecessary") for file in report.files for each in file.notes]
    if report.against is not None:
        title = f"would break under {report.against.spec}"
        commands += [_command("error", each, title) for file in report.against.broken for each in file.problems]
    return "\n".join([*commands, *map(printable, _summary(report))])


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {"text": _text, "json": _json, "github": _github}
"""The functions that print a report, by the value of --format."""


def _file_lines(file: FileReport) -> Iterator[str]:
    examples = _count(file.examples, "example") if file.examples else "no example"
    yield f"{file.file}: {f'ok, {examples}' if file.ok else _count(len(file.problems), 'problem')}"
    for problem in file.problems:
        yield f"  {problem}"
    for note in file.notes:
        yield f"  {note.file}:{note.line}:{note.column}: note: {note.text}"


def _summary(report: Report) -> Iterator[str]:
    contract = f"{report.spec} {report.version}"
    if report.scenarios is None:
        yield f"{contract}: no scenario files to check, because --scenarios names no folder"
    else:
        broken = [file for file in report.files if not file.ok]
        problems = sum(len(file.problems) for file in broken)
        result = f"{len(broken)} with {_count(problems, 'problem')}" if broken else "no problems"
        yield f"{contract}: {_count(len(report.files), 'file')}, {result}"
    if report.against is not None:
        broken_count = _count(len(report.against.broken), "scenario") if report.against.broken else "nothing"
        yield f"{report.against.spec} {report.against.version}: would break {broken_count}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _command(kind: str, problem: Problem, title: str) -> str:
    """A workflow command. Its properties also escape colons and commas (actions/toolkit, command.ts)."""
    values = {"file": problem.file, "line": problem.line, "col": problem.column, "title": title}
    properties = [
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in values.items()
    ]
    return f"::{kind} {','.join(properties)}::{_escaped(problem.text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
