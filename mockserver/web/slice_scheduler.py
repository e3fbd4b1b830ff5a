"""Runs long work in the event loop, one slice at a time."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

from mockserver.limits.slices import Sliced

Result = TypeVar("Result")
Item = TypeVar("Item")


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
            next(work)
            while True:
                async with self._turn:
                    next(work)
                    # Other requests are answered now, before the next slice of any work.
                    await asyncio.sleep(0)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            work.close()

    async def next(self, work: Iterator[Item]) -> Item | None:
        """What the work makes in its next slice; None at its end."""
        async with self._turn:
            item = next(work, None)
            await asyncio.sleep(0)
        return item

    async def pieces(self, work: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
        """The pieces that the work makes, each in one slice. An empty piece is only a pause."""
        while (piece := await self.next(work)) is not None:
            if piece:
                yield piece
