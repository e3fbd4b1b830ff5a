"""Measure how much time the pytest plugin and MockServer add to a test suite.

    .venv/bin/python benchmarks/pytest_plugin.py            # print a table
    .venv/bin/python benchmarks/pytest_plugin.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/pytest_plugin.py --quick    # only check that it runs; ignore the figures

It compares tests that use a fixture with empty tests in the same run of pytest. It compares a suite that does not use
the plugin with the same suite without the plugin.
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

# Each test records its start time. The time until the next test starts is the cost of a test, including pytest's work.
SUITE = """
import time
import pytest

LOG = open({log!r}, "a", buffering=1 << 20)

def record(kind):
    LOG.write(f"{{kind}} {{time.perf_counter()}}\\n")

@pytest.fixture(scope="session", autouse=True)
def close_log():
    yield
    LOG.close()

def test_first(mockserver, mockserver_client):
    record("warm_up")

@pytest.mark.parametrize("number", range({count}))
def test_0_empty(number):
    record("empty")

@pytest.mark.parametrize("number", range({count}))
def test_1_mockserver(mockserver, number):
    record("mockserver")

@pytest.mark.parametrize("number", range({count}))
def test_2_client(mockserver_client, number):
    record("mockserver_client")

@pytest.mark.parametrize("number", range({count}))
def test_3_app(mockserver_app, number):
    record("mockserver_app")
"""
UNUSED = "def test_nothing():\n    pass\n"
FIXTURES = ("mockserver", "mockserver_client", "mockserver_app")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of tests per fixture, of calls per method, and of runs of a suite that does not use the plugin."""

    tests: int
    calls: int
    runs: int


FULL = Plan(tests=300, calls=500, runs=21)
QUICK = Plan(tests=5, calls=5, runs=1)


def run_pytest(folder: Path, *arguments: str) -> float:
    """Run the tests of a folder; return the seconds of the whole process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    start = perf_counter()
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(process.stdout + process.stderr)
    return perf_counter() - start


def measure_fixtures(folder: Path, plan: Plan, *arguments: str) -> dict[str, float]:
    """The milliseconds that each fixture adds to an empty test."""
    log = folder / "log.txt"
    (folder / "test_suite.py").write_text(SUITE.format(log=str(log), count=plan.tests), "utf-8")
    log.unlink(missing_ok=True)
    run_pytest(folder, *arguments)
    lines = [line.split() for line in log.read_text("utf-8").splitlines()]
    times: dict[str, list[float]] = {}
    for (kind, start), (next_kind, end) in pairwise(lines):
        if kind == next_kind:
            times.setdefault(kind, []).append((float(end) - float(start)) * 1000)
    empty = median(times["empty"])
    return {name: median(times[name]) - empty for name in FIXTURES if name in times}


def measure_methods(mock: MockServer, plan: Plan) -> dict[str, float]:
    """The median milliseconds of the most frequent method calls."""

    def measure_call(function: Callable[[], object]) -> float:
        times = []
        for _ in range(plan.calls):
            start = perf_counter()
            function()
            times.append((perf_counter() - start) * 1000)
        return median(times)

    return {
        "scenario()": measure_call(lambda: mock.scenario("card_declined")),
        "reset()": measure_call(mock.reset),
    }


def measure_unused(folder: Path, plan: Plan) -> float:
    """The milliseconds that the plugin adds to a suite that does not use it; runs with and without it alternate."""
    (folder / "test_unused.py").write_text(UNUSED, "utf-8")
    with_plugin, without_plugin = [], []
    for _ in range(plan.runs):
        with_plugin.append(run_pytest(folder, "test_unused.py"))
        without_plugin.append(run_pytest(folder, "test_unused.py", "-p", "no:wingback_mockserver"))
    return (median(with_plugin) - median(without_plugin)) * 1000


def measure(plan: Plan) -> list[tuple[str, float, float | None, str]]:
    """The rows of the table: description, figure with an own server, figure with a running server, and target."""
    with TemporaryDirectory() as scratch, MockServer() as mock, MockServer(url=mock.url) as remote:
        folder = Path(scratch)
        own = measure_fixtures(folder, plan)
        # mockserver_app needs its own server, so its test would be skipped.
        running = measure_fixtures(folder, plan, f"--mockserver-url={mock.url}", "-k", "not app")
        rows: list[tuple[str, float, float | None, str]] = [
            (f"a test with `{name}`, compared with an empty test", own[name], running.get(name), "3 ms")
            for name in FIXTURES
        ]
        own, running = measure_methods(mock, plan), measure_methods(remote, plan)
        rows += [(f"`{name}`", own[name], running[name], "1 ms") for name in own]
        rows.append(("a suite that does not use the plugin", measure_unused(folder, plan), None, "20 ms"))
    return rows


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="pytest_plugin")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    command_line.show(
        [
            "| what | own server | `--mockserver-url` | target |",
            "|---|---|---|---|",
            *(
                f"| {what} | {own:.2f} ms | {'' if running is None else f'{running:.2f} ms'} | {target} |"
                for what, own, running, target in measure(plan)
            ),
            "",
            f"{MACHINE}; medians of {plan.tests} tests, {plan.calls} calls, {plan.runs} alternating runs.",
        ]
    )


if __name__ == "__main__":
    main()
