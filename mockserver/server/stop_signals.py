"""How a server counts the signals that stop it, and how the supervisor of workers waits for them."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import Final

from mockserver.limits.held_signals import handled_signals

# In seconds. timeout(1) sends a signal to its command, and then to the process group of its command.
_SAME: Final = 0.5


class SignalCounter:
    """Counts signals that stop a server. A signal soon after a counted one counts as the same signal."""

    def __init__(self) -> None:
        self.count = 0
        self._last = 0.0

    def note(self) -> None:
        """Count a signal that has arrived."""
        now = time.monotonic()
        if self.count == 0 or now - self._last > _SAME:
            self.count += 1
            self._last = now


class StopSignals(SignalCounter):
    """Counts the signals that stop the server. Any signal, and data in one more descriptor, ends `wait`."""

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Handle signals in this context. Only for the main thread."""
        self._wakeup, written = os.pipe()
        for each in (self._wakeup, written):
            os.set_blocking(each, False)
        self._descriptors = [self._wakeup, written]
        before = {number: signal.signal(number, self._count) for number in handled_signals()}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakeup = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._close()

    def wait(self, descriptor: int, seconds: float | None) -> None:
        """Wait for a signal, for data in the descriptor, or for some seconds."""
        poll = select.poll()
        poll.register(self._wakeup, select.POLLIN)
        poll.register(descriptor, select.POLLIN)
        poll.poll(None if seconds is None else max(0, seconds) * 1000)
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wakeup, 4096):
                pass

    def leave_to_worker(self) -> None:
        """Forget the handlers, in a process that was just forked. The stop signals stay blocked."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._close()

    def _close(self) -> None:
        for each in self._descriptors:
            os.close(each)

    def _count(self, _: int, __: FrameType | None) -> None:
        self.note()
