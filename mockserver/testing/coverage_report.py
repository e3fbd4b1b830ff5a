"""The coverage of a whole run: merged over all workers, then printed, written to files and compared with a minimum."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest
from _pytest.junitxml import xml_key  # The public fixture exists only while a test runs.

from mockserver.engine.coverage import Cell, as_report
from mockserver.redaction.terminal import printable

_RESULT = pytest.StashKey[tuple[list[str], list[str]]]()


def report(session: pytest.Session, results: list[dict[str, Any]], *, fail_under: str | None, path: str | None) -> None:
    """Merge the results of the workers; write the JSON file and the JUnit properties; fail a run below the minimum."""
    config = session.config
    used = {Cell(*cell) for result in results for cell in result["cells"]}
    expected = {Cell(*cell) for result in results for cell in result["expected"]}
    coverage = as_report(expected, dict.fromkeys(used, 1))
    if path is not None:
        try:
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(coverage, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise pytest.UsageError(f"--mockserver-coverage-json {path}: {error.strerror or error}") from None
    xml = config.stash.get(xml_key, None)
    if xml is not None:
        for name, value in _properties(coverage):
            xml.add_global_property(name, printable(value))
    problem = None if fail_under is None else _problem(coverage, float(fail_under))
    # Each worker of pytest-xdist may have met the same problem.
    unread = dict.fromkeys(result["problem"] for result in results if result["problem"])
    config.stash[_RESULT] = list(_lines(coverage)), [*unread, *([problem] if problem else [])]
    if problem is not None and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarize(terminal: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the coverage in pytest's summary."""
    if _RESULT not in config.stash:
        return
    lines, problems = config.stash[_RESULT]
    terminal.section("mockserver coverage")
    for line in lines:
        terminal.write_line(printable(line))
    for problem in problems:
        terminal.write_line(problem, red=True)


def _lines(coverage: Mapping[str, Any]) -> Iterator[str]:
    scenarios: dict[str, list[str]] = {}
    for cell in _used_cells(coverage):
        outcome = f"{cell['operation']} {cell['outcome']}"
        scenarios.setdefault(outcome, []).append(cell["scenario"] or "(from the schema)")
    for outcome, names in scenarios.items():
        yield from _wrapped(f"{outcome}: ", names)
    if coverage["expected"]:
        yield f"{coverage['exercised']} of {coverage['expected']} outcomes, {coverage['percent']:g}%"
    if coverage["scenarios_never"]:
        yield from _wrapped("never: ", coverage["scenarios_never"])


def _wrapped(start: str, names: Iterable[str]) -> list[str]:
    width = max(shutil.get_terminal_size().columns, 40)
    return wrap(start + ", ".join(names), width, subsequent_indent="    ", break_on_hyphens=False)


def _properties(coverage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "mockserver.coverage.percent", f"{coverage['percent']:g}"
    yield "mockserver.coverage.exercised", str(coverage["exercised"])
    yield "mockserver.coverage.expected", str(coverage["expected"])
    for cell in _used_cells(coverage):
        yield "mockserver.exercised", " ".join(filter(None, (cell["operation"], cell["outcome"], cell["scenario"])))
    for name in coverage["scenarios_never"]:
        yield "mockserver.never", name


def _used_cells(coverage: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in coverage["cells"] if cell["count"]]


def _problem(coverage: Mapping[str, Any], minimum: float) -> str | None:
    if not coverage["expected"]:
        return f"no test used the mock server, and --mockserver-fail-under requires {minimum:g}%"
    if coverage["percent"] < minimum:
        return f"coverage {coverage['percent']:g}% is less than --mockserver-fail-under {minimum:g}"
    return None
