"""Prepares in the background what the first requests would have to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress


class WarmUp:
    """Runs steps in a thread, one after another: imports, and reading the descriptions of the mock's own APIs.

    Other threads wait for Python code in a thread for 5 ms at most (`sys.getswitchinterval`). A request that needs a
    step before it is done waits for the step, as it would without a warm-up.
    """

    def __init__(self, steps: Iterable[Callable[[], object]]) -> None:
        self._steps = steps
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start. Returns immediately."""
        # Not a daemon: Python can crash if it ends while a thread imports a module.
        threading.Thread(target=self._run, name="warm-up").start()

    def stop(self) -> None:
        """Leave out the remaining steps. Returns immediately."""
        self._stopping.set()

    def _run(self) -> None:
        for step in self._steps:
            if self._stopping.is_set():
                return
            # The first request that needs the step reports the error.
            with suppress(Exception):
                step()
