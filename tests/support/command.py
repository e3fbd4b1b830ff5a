"""The command `mockserver`, as a process of its own."""

from __future__ import annotations

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

__all__ = ["ROOT", "Running", "run", "served"]

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that has said where it listens; `greeting` is all that it printed until then."""

    url: str
    greeting: str
    process: subprocess.Popen[str]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; gives the exit code and what else was printed."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The variables of this process, without the mock's own, so that a developer's settings change no test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def run(
    *arguments: str, variables: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `mockserver` until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "mockserver", *arguments],
        env=environment(variables or {}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def served(
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    command: tuple[str, ...] = (sys.executable, "-m", "mockserver"),
) -> Iterator[Running]:
    """A server that runs while the context lasts, on a free port unless MOCKSERVER_PORT is among the variables."""
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
    """Read up to the empty line that ends the greeting's second part."""
    assert process.stdout is not None
    lines: list[str] = []
    while lines.count("\n") < 2:
        line = process.stdout.readline()
        if not line:
            raise AssertionError(f"the server ended: {''.join(lines)}")
        lines.append(line)
    text = "".join(lines)
    found = re.search(r" at (http://\S+)\n", text)
    assert found, text
    return found[1], text
