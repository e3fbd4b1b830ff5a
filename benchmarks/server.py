"""A mock server in its own process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

__all__ = ["running_mock", "running_server"]


@contextmanager
def running_mock() -> Iterator[str]:
    """Start a mock server from the command line on a free port; yield its URL."""
    with running_server() as (url, _):
        yield url


@contextmanager
def running_server(*options: str) -> Iterator[tuple[str, int]]:
    """Start a mock server from the command line on a free port; yield its URL and its process id."""
    command = [sys.executable, "-m", "mockserver", "--seed", "1", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().rsplit(" at ", 1)[1].strip()
            # Read the log, because a full pipe would block the server.
            Thread(target=process.stdout.read, daemon=True).start()
            yield url, process.pid
        finally:
            process.terminate()
