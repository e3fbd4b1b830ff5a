"""Runs long work in the event loop, one slice at a time."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from mockserver.limits.slices import Piece, Sliced

Result = TypeVar("Result")


class SliceScheduler:
    """Runs the long work of all requests of one application: at most one slice in each turn of the event loop.

    However many requests have long work, another request waits for one slice only. The first slice of a work runs at
    once, so that short work does not wait behind long work; long work begins with a pause.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, work: Sliced[Result]) -> Result:
        """The result of the work."""
        try:
            pause = next(work)
            while True:
                if pause is not None:
                    await _end_of(pause)
                async with self._turn:
                    pause = next(work)
                    # Other requests are answered now, before the next slice of any work.
                    await asyncio.sleep(0)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            work.close()

    async def next(self, work: Iterator[Piece | None]) -> bytes | None:
        """The piece that the work makes in its next slice, or an empty one after a pause; None if there is none."""
        async with self._turn:
            piece = next(work, None)
            await asyncio.sleep(0)
        if isinstance(piece, Future | asyncio.Future):
            await _end_of(piece)
            return b""
        return piece

    async def pieces(self, work: Iterator[Piece]) -> AsyncGenerator[bytes, None]:
        """The pieces that the work makes, each in one slice."""
        while (piece := await self.next(work)) is not None:
            if piece:
                yield piece


async def _end_of(pause: Future[Any] | asyncio.Future[Any]) -> None:
    """Wait for the end of a pause. The work that pauses gets the result or the error from the future."""
    with suppress(Exception):
        await (pause if isinstance(pause, asyncio.Future) else asyncio.wrap_future(pause))
