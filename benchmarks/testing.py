"""Measure what the pytest plugin and MockServer cost a test suite.

    .venv/bin/python benchmarks/testing.py            # print a table
    .venv/bin/python benchmarks/testing.py --write    # and put it into benchmarks/README.md
    .venv/bin/python benchmarks/testing.py --quick    # does it still run? Its figures mean nothing

Tests that use a fixture are measured beside empty ones in the same run of pytest, and a suite that does not use the
plugin beside the same suite without it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from commandline import MACHINE, CommandLine

from mockserver.testing import MockServer

# Each test notes when it begins: the time to the next one is what it costs, with all of pytest's own.
SUITE = """
import time
import pytest

NOTES = open({notes!r}, "a", buffering=1 << 20)

def note(kind):
    NOTES.write(f"{{kind}} {{time.perf_counter()}}\\n")

@pytest.fixture(scope="session", autouse=True)
def closing():
    yield
    NOTES.close()

def test_first(mockserver, mockserver_client):
    note("warm")

@pytest.mark.parametrize("number", range({count}))
def test_0_empty(number):
    note("empty")

@pytest.mark.parametrize("number", range({count}))
def test_1_mockserver(mockserver, number):
    note("mockserver")

@pytest.mark.parametrize("number", range({count}))
def test_2_client(mockserver_client, number):
    note("mockserver_client")

@pytest.mark.parametrize("number", range({count}))
def test_3_app(mockserver_app, number):
    note("mockserver_app")
"""
UNUSED = "def test_nothing():\n    pass\n"
FIXTURES = ("mockserver", "mockserver_client", "mockserver_app")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: tests of each kind, calls of each kind, runs of a suite that does not use the plugin."""

    tests: int
    calls: int
    runs: int


FULL = Plan(tests=300, calls=500, runs=21)
QUICK = Plan(tests=5, calls=5, runs=1)


def run_pytest(folder: Path, *arguments: str) -> float:
    """Run the tests of a folder; gives the seconds of the whole process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    begin = perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return perf_counter() - begin


def fixtures(folder: Path, plan: Plan, *arguments: str) -> dict[str, float]:
    """Milliseconds that a test costs more than an empty one, by the fixture that it asks for."""
    notes = folder / "notes.txt"
    (folder / "test_suite.py").write_text(SUITE.format(notes=str(notes), count=plan.tests), "utf-8")
    notes.unlink(missing_ok=True)
    run_pytest(folder, *arguments)
    lines = [line.split() for line in notes.read_text("utf-8").splitlines()]
    spans: dict[str, list[float]] = {}
    for (kind, begin), (next_kind, end) in pairwise(lines):
        if kind == next_kind:
            spans.setdefault(kind, []).append((float(end) - float(begin)) * 1000)
    empty = median(spans["empty"])
    return {name: median(spans[name]) - empty for name in FIXTURES if name in spans}


def calls(mock: MockServer, plan: Plan) -> dict[str, float]:
    """Milliseconds of the calls that tests make most, the median of each."""

    def cost(act: Callable[[], object]) -> float:
        spans = []
        for _ in range(plan.calls):
            begin = perf_counter()
            act()
            spans.append((perf_counter() - begin) * 1000)
        return median(spans)

    return {"scenario()": cost(lambda: mock.scenario("card_declined")), "reset()": cost(mock.reset)}


def unused(folder: Path, plan: Plan) -> float:
    """Milliseconds that the plugin adds to a suite that does not use it; runs with and without it take turns."""
    (folder / "test_unused.py").write_text(UNUSED, "utf-8")
    with_it, without = [], []
    for _ in range(plan.runs):
        with_it.append(run_pytest(folder, "test_unused.py"))
        without.append(run_pytest(folder, "test_unused.py", "-p", "no:mockserver"))
    return (median(with_it) - median(without)) * 1000


def measure(plan: Plan) -> list[tuple[str, float, float | None, str]]:
    """The rows of the table: what, in this process, against a running server, and the target."""
    with TemporaryDirectory() as scratch, MockServer() as mock, MockServer(url=mock.url) as remote:
        folder = Path(scratch)
        here = fixtures(folder, plan)
        there = fixtures(folder, plan, f"--mockserver-url={mock.url}", "-k", "not app")  # that one would be skipped
        rows: list[tuple[str, float, float | None, str]] = [
            (f"a test with `{name}`, compared with an empty test", here[name], there.get(name), "3 ms")
            for name in FIXTURES
        ]
        own, shared = calls(mock, plan), calls(remote, plan)
        rows += [(f"`{name}`", own[name], shared[name], "1 ms") for name in own]
        rows.append(("a suite that does not use the plugin", unused(folder, plan), None, "20 ms"))
    return rows


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="testing")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    command_line.show(
        [
            "| what | own server | `--mockserver-url` | target |",
            "|---|---|---|---|",
            *(
                f"| {what} | {here:.2f} ms | {'' if there is None else f'{there:.2f} ms'} | {target} |"
                for what, here, there, target in measure(plan)
            ),
            "",
            f"{MACHINE}; medians of {plan.tests} tests, {plan.calls} calls, {plan.runs} alternating runs.",
        ]
    )


if __name__ == "__main__":
    main()
