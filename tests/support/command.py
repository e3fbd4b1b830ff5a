"""Runs `mockserver` and Python in other processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "PYTEST_OPTIONS",
    "ROOT",
    "Running",
    "environment",
    "run",
    "run_pytest",
    "run_python",
    "served",
    "spawned",
]

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
# The plugin of Hypothesis is installed for this suite only, and takes longer to import than the mock server.
PYTEST_OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that listens at `url`. `greeting` is what it has printed at its start."""

    url: str
    greeting: str
    process: subprocess.Popen[str]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal. Returns the exit code and the rest of the output."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The variables of this process with changes, but without MOCKSERVER_…, which would change the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def run(
    *arguments: str, variables: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `mockserver` and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "mockserver", *arguments],
        env=environment(variables or {}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def run_python(
    folder: Path, *arguments: str, python: Path | str = sys.executable, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with warnings as errors and without the variables of pytest and coverage."""
    kept = {name: value for name, value in environment({}).items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        [python, "-W", "error", *arguments],
        cwd=folder,
        env={**kept, "COLUMNS": "120", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run_pytest(
    folder: Path, *arguments: str, python: Path | str = sys.executable, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder."""
    return run_python(folder, "-m", "pytest", *PYTEST_OPTIONS, *arguments, python=python, **variables)


@contextmanager
def spawned(
    *flags: str, cwd: Path, prefix: tuple[str, ...] = (), variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a server that logs JSON; stderr goes to stdout. The process is killed at the end of this context."""
    with subprocess.Popen(
        [*prefix, sys.executable, "-m", "mockserver", "--log-format", "json", *flags],
        env=environment(variables or {}),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def served(
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    command: tuple[str, ...] = (sys.executable, "-m", "mockserver"),
) -> Iterator[Running]:
    """Run a server in this context, on a free port unless `variables` has MOCKSERVER_PORT."""
    process = subprocess.Popen(
        [*command, *arguments],
        env=environment({"MOCKSERVER_PORT": "0", **(variables or {})}),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        url, greeting = _greeting(process)
        watchdog.cancel()
        yield Running(url=url, greeting=greeting, process=process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _greeting(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The URL and the text of the greeting: one line of JSON, or lines up to the second empty one."""
    assert process.stdout is not None
    lines: list[str] = []
    while lines.count("\n") < 2:
        line = process.stdout.readline()
        if not line:
            raise AssertionError(f"the server ended: {''.join(lines)}")
        if line.startswith("{"):
            return json.loads(line)["url"], line
        lines.append(line)
    text = "".join(lines)
    found = re.search(r" at (http://\S+)\n", text)
    assert found, text
    return found[1], text
