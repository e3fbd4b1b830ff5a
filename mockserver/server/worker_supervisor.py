"""Starts the worker processes of `--workers`, replaces those that end, and stops them.

Workers are forked, so that all of them share what was loaded before. Therefore a supervisor has neither threads nor an
event loop, and it writes nothing: a worker logs how its predecessor ended.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from mockserver.errors import WorkerError
from mockserver.limits.held_signals import held_signals
from mockserver.server.stop_signals import StopSignals
from mockserver.server.worker import PID, Supervision, become_worker

# All times are in seconds. A worker that ends sooner after it became ready has failed to start.
_PROVEN: Final = 1.0
_MOST_FAILURES: Final = 5
_FIRST_PAUSE: Final = 0.1


@dataclass(slots=True)
class _WorkerSlot:
    """One of the workers: its number, and its process, or when the next one starts."""

    number: int
    pid: int | None = None
    due: float = 0.0
    ready_at: float | None = None
    failures: int = 0
    """How many processes in a row have failed to start."""
    news: str = ""
    """How the last process ended."""

    def note_end(self, news: str) -> None:
        """The process has ended: decide when the next one starts."""
        now = time.monotonic()
        is_proven = self.ready_at is not None and now - self.ready_at >= _PROVEN
        self.failures = 0 if is_proven else self.failures + 1
        # The first replacement starts at once.
        pause = 0.0 if self.failures < 2 else _FIRST_PAUSE * 2 ** (self.failures - 2)
        self.pid, self.ready_at, self.due, self.news = None, None, now + pause, news


class WorkerSupervisor:
    """Keeps `count` workers running. Each of them calls `work` in a process of its own.

    `log` writes a line about a worker that has ended. `grace` is how long workers may take to stop, in seconds.
    """

    def __init__(
        self, count: int, work: Callable[[Supervision], None], *, log: Callable[[str], None] | None, grace: float
    ) -> None:
        self._slots = [_WorkerSlot(number) for number in range(count)]
        self._work = work
        self._log = log
        self._grace = grace
        self._signals = StopSignals()
        # Workers write their process id into the first pipe. The second one is closed when the supervisor ends.
        self._ready, self._is_ready = os.pipe()
        self._lifeline, self._alive = os.pipe()

    def run(self, on_started: Callable[[], None], on_stop: Callable[[], None]) -> None:
        """Run the workers until a signal; a second one kills them. Call this once, in the main thread.

        `on_started` is called when all workers accept connections, and `on_stop` before they are stopped. Raises
        WorkerError: workers fail to start.
        """
        os.set_blocking(self._ready, False)
        has_started = False
        with self._signals.handled():
            try:
                while not self._signals.count:
                    self._start_workers()
                    if not has_started and all(slot.ready_at is not None for slot in self._slots):
                        has_started = True
                        on_started()
                    self._wait(min((slot.due for slot in self._slots if slot.pid is None), default=None))
                    self._reap()
                    self._give_up_if_hopeless()
            finally:
                on_stop()
                self._stop_workers()
        for descriptor in (self._ready, self._is_ready, self._lifeline, self._alive):
            os.close(descriptor)

    def _start_workers(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid is None and slot.due <= now:
                self._start_worker(slot)

    def _start_worker(self, slot: _WorkerSlot) -> None:
        with held_signals():
            try:
                slot.pid = os.fork()
            except OSError as error:
                slot.note_end(f"cannot be started: {error.strerror or error}")
                return
            if slot.pid == 0:
                become_worker(partial(self._run_worker, slot))

    def _run_worker(self, slot: _WorkerSlot) -> None:
        """Everything that a worker does, in its process."""
        self._signals.leave_to_worker()
        os.close(self._ready)
        os.close(self._alive)
        if slot.news and self._log is not None:
            self._log(f"worker {os.getpid()} replaces a worker that {slot.news}")
        self._work(Supervision(slot.number, self._is_ready, self._lifeline))

    def _wait(self, until: float | None) -> None:
        """Wait for a signal, for a worker that is ready, or for a time."""
        self._signals.wait(self._ready, None if until is None else until - time.monotonic())
        slots = {slot.pid: slot for slot in self._slots}
        with contextlib.suppress(BlockingIOError):
            for (pid,) in PID.iter_unpack(os.read(self._ready, PID.size * 512)):
                if pid in slots:
                    slots[pid].ready_at = time.monotonic()

    def _reap(self) -> None:
        """Note which workers have ended. As process 1 of a container, a supervisor also has to reap other processes."""
        slots = {slot.pid: slot for slot in self._slots}
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                pid, status = ended
                if pid in slots:
                    slots[pid].note_end(_described(os.waitstatus_to_exitcode(status)))

    def _give_up_if_hopeless(self) -> None:
        for slot in self._slots:
            if slot.failures >= _MOST_FAILURES:
                raise WorkerError(
                    f"the server stops because {slot.failures} workers in a row failed to start: the last one "
                    f"{slot.news}"
                )

    def _stop_workers(self) -> None:
        """Let all workers finish accepted requests. Kill them at the next signal, or when they take too long."""
        self._send(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        allowed = max(1, self._signals.count)
        is_late = False
        while any(slot.pid is not None for slot in self._slots):
            self._wait(deadline)
            self._reap()
            is_late = is_late or time.monotonic() >= deadline
            if is_late or self._signals.count > allowed:
                self._send(signal.SIGKILL)
                deadline = time.monotonic() + self._grace
        if is_late:
            raise WorkerError("a worker did not stop in time and was killed: its requests may be lost")

    def _send(self, number: signal.Signals) -> None:
        for slot in self._slots:
            if slot.pid is not None:
                os.kill(slot.pid, number)


def _described(code: int) -> str:
    """How a process ended."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
