"""What processes take: memory and processor time, as the system tells it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

__all__ = ["end", "group", "processor_seconds", "resident_megabytes"]


def group(leader: int) -> list[int]:
    """The processes of a group: some servers are started by another process, which only waits for them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # The name of the program, in parentheses, may hold anything.
        with contextlib.suppress(OSError):
            if int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[2]) == leader:
                found.append(int(stat.parent.name))
    return found or [leader]


def resident_megabytes(pids: Iterable[int]) -> float:
    """The resident memory of processes together, in MB (10^6 bytes)."""
    return sum(map(_megabytes, pids))


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii"))
        return int(kilobytes[1]) * 1024 / 1e6 if kilobytes else 0.0
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True, text=True)
    return int(shown.stdout) * 1024 / 1e6


def processor_seconds(pids: Iterable[int]) -> float:
    """The processor time of processes so far, all their threads together; 0 where the system does not tell."""
    threads = [thread for pid in pids for thread in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9


def end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask a process that leads a group to end, and then whoever is left of the group."""
    process.terminate()
    process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
