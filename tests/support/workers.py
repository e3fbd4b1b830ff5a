"""A server with several worker processes, seen from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from tests.support.command import PATIENCE, environment

__all__ = ["WorkerServer", "children", "client_of", "is_running", "kill", "open_sockets", "started", "wait_for"]


def children(pid: int) -> list[int]:
    """The child processes of a process, also those that have ended and are not reaped."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The second field is the program's name in parentheses, which can contain spaces and parentheses.
            parent = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found.append(int(stat.parent.name))
    return sorted(found)


def is_running(pid: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def open_sockets(pid: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for path in Path(f"/proc/{pid}/fd").iterdir():
        # A descriptor can be closed in the meantime.
        with suppress(FileNotFoundError):
            count += str(path.readlink()).startswith("socket:")
    return count


def kill(pid: int) -> None:
    """Send SIGKILL to a process, unless it has just ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@dataclass(slots=True, kw_only=True)
class WorkerServer:
    """A running server. `greeting` is its first line, `lines` is everything after it."""

    process: subprocess.Popen[str]
    greeting: str
    lines: list[str] = field(default_factory=list)
    reader: Thread | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The greeting in JSON."""
        facts: dict[str, Any] = json.loads(self.greeting)
        return facts

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def workers(self) -> list[int]:
        return children(self.pid)

    def read(self) -> None:
        """Read the output in the background. Until then the pipe becomes full."""
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def wait_for_message(self, text: str) -> str:
        """The message of the log that contains a text."""
        found: list[str] = []

        def has_message() -> bool:
            found.extend(line for line in self.lines if text in line)
            return bool(found)

        wait_for(has_message)
        return str(json.loads(found[0])["message"])

    def end(self) -> int:
        """Wait for the end, and for the rest of the output. Returns the exit code."""
        code = self.process.wait(PATIENCE)
        if self.reader is not None:
            self.reader.join(PATIENCE)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait for the end. Returns the exit code."""
        self.process.send_signal(number)
        return self.end()


@contextmanager
def client_of(server: WorkerServer, worker: int) -> Iterator[httpx.Client]:
    """A client with a connection to one of the workers."""
    for _ in range(100):
        before = open_sockets(worker)
        with httpx.Client(base_url=server.url, trust_env=False, timeout=10) as client:
            assert 200 == client.get("/__mock/health/live").status_code
            if open_sockets(worker) > before:
                yield client
                return
    raise AssertionError("the worker accepts no connection")


@contextmanager
def started(
    store: str,
    *flags: str,
    count: int = 2,
    form: str = "json",
    reads: bool = True,
    cwd: Path | None = None,
    **variables: str,
) -> Iterator[WorkerServer]:
    """A server with workers, in a process group of its own. It is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--log-format", form, "--store", store, *flags],
        env=environment({"MOCKSERVER_PORT": "0", "MOCKSERVER_WORKERS": str(count), **variables}),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        server = None
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "mockserver" in line, line + process.stdout.read()
            server = WorkerServer(process=process, greeting=line)
            if reads:
                server.read()
            yield server
        finally:
            # Workers end without their supervisor, and the output ends with them. A test may have stopped one.
            workers = children(process.pid)
            process.kill()
            for pid in workers:
                kill(pid)
            if server is not None and server.reader is not None:
                server.reader.join(PATIENCE)
