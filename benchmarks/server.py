"""A mock of one's own, for as long as it is measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

__all__ = ["served"]


@contextmanager
def served() -> Iterator[str]:
    """The URL of a mock that was started from the command line, on a port that was free."""
    command = [sys.executable, "-m", "mockserver", "--seed", "1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().rsplit(" at ", 1)[1].strip()
            # The log is read too: a full pipe would hold the server up.
            Thread(target=process.stdout.read, daemon=True).start()
            yield url
        finally:
            process.terminate()
