"""The forms in which a report is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.checks.report import Comparison, FileReport, Report
from mockserver.redaction.printable import plain
from mockserver.scenarios.format import Problem

__all__ = ["FORMATS"]


def _text(report: Report) -> str:
    """For people: one line a file, below it what does not hold, and at the end what comes of it."""
    lines = [line for each in report.files for line in _file(each)]
    for each in report.against.broken if report.against else ():
        lines += [f"{each.file}: would break", *(f"  {problem}" for problem in each.problems)]
    return "\n".join(map(plain, [*lines, *_summary(report)]))


def _json(report: Report) -> str:
    return json.dumps(report.as_json(), indent=2, ensure_ascii=False)


def _github(report: Report) -> str:
    """For GitHub Actions: a workflow command for each problem and note, and what comes of it."""
    commands = [_command("error", each, "does not hold") for file in report.files for each in file.problems]
    commands += [_command("notice", each, "says more than is so") for file in report.files for each in file.notes]
    if report.against is not None:
        title = f"would break under {report.against.spec}"
        commands += [_command("error", each, title) for file in report.against.broken for each in file.problems]
    return "\n".join([*commands, *map(plain, _summary(report))])


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {"text": _text, "json": _json, "github": _github}
"""How a report is printed, by the name of the form."""


def _file(file: FileReport) -> Iterator[str]:
    examples = _count(file.examples, "example") if file.examples else "no example"
    yield f"{file.file}: {f'ok, {examples}' if file.ok else _count(len(file.problems), 'problem')}"
    for problem in file.problems:
        yield f"  {problem}"
    for note in file.notes:
        yield f"  {note.file}:{note.line}:{note.column}: note: {note.text}"


def _summary(report: Report) -> Iterator[str]:
    under = f"{report.spec} {report.version}"
    if report.folder is None:
        yield f"{under}: nothing to check, for --scenarios names no folder"
    else:
        broken = [file for file in report.files if not file.ok]
        problems = sum(len(file.problems) for file in broken)
        verdict = f"{len(broken)} with {_count(problems, 'problem')}" if broken else "all hold"
        yield f"{under}: {_count(len(report.files), 'file')}, {verdict}"
    if report.against is not None:
        yield _compared(report.against)


def _compared(against: Comparison) -> str:
    broken = f"would break {_count(len(against.broken), 'scenario')}" if against.broken else "would break nothing"
    return f"{against.spec} {against.version}: {broken}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _command(kind: str, problem: Problem, title: str) -> str:
    """A workflow command; in its properties colons and commas are escaped too (actions/toolkit, command.ts)."""
    properties = {"file": problem.file, "line": problem.line, "col": problem.column, "title": title}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {given}::{_data(problem.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
