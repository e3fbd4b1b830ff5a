"""Memory and CPU time of processes, as reported by the system."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

__all__ = ["cpu_seconds", "process_group", "resident_megabytes", "stop", "wait_until_idle"]

_POLL = 0.1
# What an idle event loop with timers needs at most, in seconds of CPU time per poll.
_IDLE = 0.01
_TIMEOUT = 30.0


def process_group(leader: int) -> list[int]:
    """The process ids of a group; some servers run in a child of the process that was started."""
    pids = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # The second field is the program's name in parentheses, which can contain spaces and parentheses.
        with contextlib.suppress(OSError):
            if int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[2]) == leader:
                pids.append(int(stat.parent.name))
    return pids or [leader]


def resident_megabytes(pids: Iterable[int]) -> float:
    """The total resident memory of processes, in MB (10^6 bytes)."""
    return sum(map(_megabytes, pids))


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii"))
        return int(kilobytes[1]) * 1024 / 1e6 if kilobytes else 0.0
    output = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True, text=True).stdout
    return int(output) * 1024 / 1e6


def cpu_seconds(pids: Iterable[int]) -> float:
    """The CPU time of processes since they started, with threads that have ended; 0 if it is not known."""
    if sys.platform != "linux":
        return 0.0
    # The clock that clock_getcpuclockid(3) returns for a process.
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def wait_until_idle(pids: Iterable[int]) -> None:
    """Wait until processes need no CPU time any more: servers prepare things in the background after their start."""
    pids, deadline = list(pids), time.monotonic() + _TIMEOUT
    before = cpu_seconds(pids)
    while time.monotonic() < deadline:
        time.sleep(_POLL)
        now = cpu_seconds(pids)
        if now - before < _IDLE:
            return
        before = now


def stop(process: subprocess.Popen[bytes], *, timeout: float) -> None:
    """Terminate the leader of a process group, then kill the rest of the group."""
    process.terminate()
    process.wait(timeout)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
