"""Long work in slices: a generator that pauses, so that other requests are answered in between.

The work is plain code. Who drives the generator decides what happens in the pauses: the web application lets the event
loop turn, and code without an event loop calls `finish`.
"""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from time import perf_counter
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

Pause = Future[Any] | asyncio.Future[Any] | None
"""A pause ends when the future is done; without a future, as soon as other requests have been answered."""

Sliced = Generator[Pause, None, Result]
"""Work that pauses at each `yield` and returns a result."""

Piece = bytes | Future[Any] | asyncio.Future[Any]
"""A part of a long text that is made in slices. An empty part, or a future, is only a pause."""

SLICE_SECONDS: Final = 0.005


class Pauses:
    """Decides when work pauses: after 5 ms, and at the latest after a number of `steps`."""

    __slots__ = ("_end", "_left", "_steps")

    def __init__(self, *, steps: int) -> None:
        self._steps = steps
        self.restart()

    def after_step(self) -> Sliced[None]:
        """Count one step, and pause if it is time: `yield from pauses.after_step()`."""
        if self.are_due():
            yield None
            self.restart()

    def are_due(self) -> bool:
        """Count one step. If this returns True, pause and call `restart`. It costs less than `after_step`."""
        self._left -= 1
        return self._left <= 0 or perf_counter() >= self._end

    def restart(self) -> None:
        """Begin a slice: the work has paused for another reason."""
        self._left = self._steps
        self._end = perf_counter() + SLICE_SECONDS


def in_thread(executor: Executor, function: Callable[[], Result]) -> Sliced[Result]:
    """Pause while a thread calls a function that takes long and cannot be divided; returns the function's result."""
    future = executor.submit(function)
    yield future
    return future.result()


def pausing(work: Sliced[Result]) -> Generator[Piece, None, Result]:
    """Do some work between two pieces; its pauses are pieces, too."""
    while True:
        try:
            pause = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield b"" if pause is None else pause


def finish(work: Sliced[Result]) -> Result:
    """Do the work without pauses and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
