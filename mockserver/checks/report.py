"""The result of a check, as data and in the formats that `mockserver check` prints."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from mockserver.checks.comparison import Compared, Comparison, Finding
from mockserver.checks.file_report import FileReport
from mockserver.contract.document.slips import Note, grouped
from mockserver.redaction.terminal import printable, printable_json
from mockserver.scenarios.format import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result for the files of a folder under a contract; `scenarios` is None if there is no folder.

    `notes` are slips in the contract that are ignored. They are not problems.
    """

    spec: str
    version: str
    scenarios: str | None
    files: tuple[FileReport, ...]
    against: Comparison | None
    notes: tuple[Note, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no file has a problem and the comparison has no finding."""
        return all(each.ok for each in self.files) and not (self.against and self.against.findings)

    def as_json(self) -> dict[str, Any]:
        """The JSON report. Members may be added, but none is renamed or removed.

        It has the fields of this class and `ok`. A file in `files` or in `against.broken` has the fields of FileReport
        and `ok`. Each of its problems and notes has `file`, `line`, `column`, `key` and `message`. `against.findings`
        and `against.compared` have the fields of Finding and Compared.
        """
        against = None if self.against is None else asdict(self.against) | {"broken": _files(self.against.broken)}
        return {"ok": self.ok, **asdict(self), "files": _files(self.files), "against": against}


def _files(reports: Iterable[FileReport]) -> list[dict[str, Any]]:
    return [{"ok": report.ok, **asdict(report)} for report in reports]


def _text(report: Report) -> str:
    """For people: a line for each file, with its problems below it, and a summary at the end."""
    lines = [f"note: {note}" for note in grouped(report.notes)]
    lines += [line for each in report.files for line in _file_lines(each)]
    for finding in report.against.findings if report.against else ():
        lines += _finding_lines(finding)
    return "\n".join(map(printable, [*lines, *_summary(report)]))


def _json(report: Report) -> str:
    return printable_json(json.dumps(report.as_json(), indent=2, ensure_ascii=False))


def _github(report: Report) -> str:
    """For GitHub Actions: a workflow command for each problem and note, and a summary at the end."""
    commands = [
        _command("error", each, "problem in a scenario file") for file in report.files for each in file.problems
    ]
    commands += [_command("notice", each, "unnecessary") for file in report.files for each in file.notes]
    if report.against is not None:
        title = f"would break under {report.against.spec}"
        commands += [_finding_command(finding, title) for finding in report.against.findings]
    notes = [f"::notice title=ignored in the contract::{_escaped(note)}" for note in grouped(report.notes)]
    return "\n".join([*notes, *commands, *map(printable, _summary(report))])


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
        yield f"{report.against.spec} {report.against.version}: {_result(report.against)}{_left_out(report)}"


def _result(comparison: Comparison) -> str:
    """What breaks, and what was compared."""
    compared, broken = comparison.compared, len(comparison.broken)
    if not compared.scenarios:
        return "not compared, because no scenario can be compared"
    scenarios = _count(compared.scenarios, "scenario")
    messages = f"{_count(compared.requests + compared.replies, 'message')} generated for {_operations(compared)}"
    if comparison.findings:
        result = (
            f"{_count(len(comparison.findings), 'finding')}; breaks {broken} of {scenarios}, compared with {messages}"
        )
    else:
        result = f"breaks none of the {scenarios} and none of the {messages}"
    return f"{result}; operations and members that they do not use were not compared"


def _operations(compared: Compared) -> str:
    return _count(len(compared.operations), "operation")


def _left_out(report: Report) -> str:
    """What could not be compared although a scenario uses it."""
    with_problems = sum(not file.ok for file in report.files)
    missing = report.against.compared.not_generated if report.against else ()
    files = f"; {_count(with_problems, 'file')} with problems {'was' if with_problems == 1 else 'were'} not compared"
    messages = f"; no valid message could be generated for {', '.join(missing)}"
    return f"{files if with_problems else ''}{messages if missing else ''}"


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"would break: {finding.message}"
    if finding.operations:
        yield f"  {_callers(finding)}"
    if not finding.scenarios:
        yield "  found by comparing the contracts; no scenario shows it"
        return
    yield f"  in {_listed(finding)}"
    for problem in finding.problems:
        yield f"  {problem.file}:{problem.line}:{problem.column}"


def _callers(finding: Finding) -> str:
    return f"for callers of {', '.join(finding.operations)}"


def _listed(finding: Finding) -> str:
    return f"{_count(len(finding.scenarios), 'scenario')}: {', '.join(finding.scenarios)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _finding_command(finding: Finding, title: str) -> str:
    """One command for a finding, at the first place that shows it."""
    message = f"{finding.message} ({_callers(finding)})" if finding.operations else finding.message
    if not finding.problems:
        return f"::error title={_property(title)}::{_escaped(message)}"
    return _command("error", replace(finding.problems[0], key="", message=f"{message} (in {_listed(finding)})"), title)


def _command(kind: str, problem: Problem, title: str) -> str:
    """A workflow command. Its properties also escape colons and commas (actions/toolkit, command.ts)."""
    values = {"file": _path_in_workspace(problem.file), "line": problem.line, "col": problem.column, "title": title}
    properties = [f"{name}={_property(str(value))}" for name, value in values.items()]
    return f"::{kind} {','.join(properties)}::{_escaped(problem.text)}"


def _path_in_workspace(file: str) -> str:
    """The path as GitHub reads it: relative to the folder of the checkout, wherever the check runs."""
    path, workspace = Path(file).absolute(), os.environ.get("GITHUB_WORKSPACE")
    return path.relative_to(workspace).as_posix() if workspace and path.is_relative_to(workspace) else file


def github_error(message: str) -> str:
    """The workflow command for an error that ends a check."""
    return f"::error title=mockserver check::{_escaped(message)}"


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))
