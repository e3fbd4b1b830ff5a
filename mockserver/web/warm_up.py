"""Prepares in the background what the first requests would have to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from mockserver.limits.garbage import no_garbage_collection


class WarmUp:
    """Runs steps in a thread, one after another: imports, and reading the descriptions of the mock's own APIs.

    Other threads wait for Python code in a thread for 5 ms at most (`sys.getswitchinterval`). A request that needs a
    step before it is done waits for the step; other requests are answered meanwhile. The first step begins after
    `delay` seconds.
    """

    def __init__(self, steps: Iterable[Callable[[], object]], *, delay: float = 0.0) -> None:
        self._steps = steps
        self._delay = delay
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start. Returns immediately."""
        # Not a daemon: Python can crash if it ends while a thread imports a module.
        threading.Thread(target=self._run_later, name="warm-up").start()

    def stop(self) -> None:
        """Leave out the remaining steps. Returns immediately."""
        self._stopping.set()

    def run(self) -> None:
        """Run the steps in this thread, without a delay."""
        with no_garbage_collection(freezing=True):
            for step in self._steps:
                if self._stopping.is_set():
                    return
                # The first request that needs the step reports the error.
                with suppress(Exception):
                    step()

    def _run_later(self) -> None:
        self._stopping.wait(self._delay)
        self.run()
