"""The report of a whole run: what its tests have exercised, merged over all workers, and told in four ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest
from _pytest.junitxml import xml_key  # pytest offers it to fixtures only, and here no test runs any more

from mockserver.engine.coverage import Cell, as_report

__all__ = ["report", "summarise"]

_REPORT = pytest.StashKey[dict[str, Any]]()
_UNDER = pytest.StashKey[str]()


def report(
    session: pytest.Session, found: Iterable[Mapping[str, Any]], *, fail_under: str | None, path: str | None
) -> None:
    """Merge what the workers found; write it as JSON and into the JUnit file; fail a run that exercised too little."""
    config = session.config
    cells: set[Cell] = set()
    expected: set[Cell] = set()
    for each in found:
        cells |= {Cell(*cell) for cell in each["cells"]}
        expected |= {Cell(*cell) for cell in each["expected"]}
    told = config.stash[_REPORT] = as_report(expected, dict.fromkeys(cells, 1))
    if path is not None:
        try:
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise pytest.UsageError(f"--mockserver-coverage-json {path}: {error.strerror or error}") from None
    xml = config.stash.get(xml_key, None)
    if xml is not None:
        for name, value in _properties(told):
            xml.add_global_property(name, value)
    if fail_under is not None:
        complaint = _complaint(told, float(fail_under))
        if complaint is not None:
            config.stash[_UNDER] = complaint
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarise(terminal: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report into pytest's summary."""
    told = config.stash.get(_REPORT, None)
    if told is None:
        return
    terminal.section("mockserver: what was exercised")
    width = terminal._tw.fullwidth  # noqa: SLF001 - the width has no public name
    for line in _lines(told, width):
        terminal.write_line(line)
    complaint = config.stash.get(_UNDER, None)
    if complaint is not None:
        terminal.write_line(complaint, red=True)


def _lines(told: Mapping[str, Any], width: int) -> Iterator[str]:
    rows: dict[tuple[str, str], list[str]] = {}
    for cell in told["cells"]:
        if cell["count"]:
            rows.setdefault((cell["operation"], cell["outcome"]), []).append(cell["scenario"] or "(from the schema)")
    for (operation, outcome), scenarios in rows.items():
        yield from _wrapped(f"{operation} {outcome}: ", scenarios, width)
    if told["expected"]:
        yield f"{told['exercised']} of {told['expected']} outcomes, {told['percent']:g}%"
    if told["scenarios_never"]:
        yield from _wrapped("never: ", told["scenarios_never"], width)


def _wrapped(start: str, names: Iterable[str], width: int) -> list[str]:
    return wrap(start + ", ".join(names), max(width, 40), subsequent_indent="    ", break_on_hyphens=False)


def _properties(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "mockserver.coverage.percent", f"{told['percent']:g}"
    yield "mockserver.coverage.exercised", str(told["exercised"])
    yield "mockserver.coverage.expected", str(told["expected"])
    for cell in told["cells"]:
        if cell["count"]:
            yield "mockserver.exercised", " ".join(filter(None, (cell["operation"], cell["outcome"], cell["scenario"])))
    for name in told["scenarios_never"]:
        yield "mockserver.never", name


def _complaint(told: Mapping[str, Any], wanted: float) -> str | None:
    if not told["expected"]:
        return f"no test used the mock server, and --mockserver-fail-under wants {wanted:g}%"
    if told["percent"] < wanted:
        return f"{told['percent']:g}% of the outcomes were exercised, less than --mockserver-fail-under {wanted:g}"
    return None
