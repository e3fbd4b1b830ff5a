"""Follows the journal of a store, for the event streams of this process."""

import asyncio
from collections.abc import Callable
from typing import Final

from mockserver.engine.journal import Journal, Listener
from mockserver.errors import StoreUnavailableError
from mockserver.store.redis_link import RedisLink
from mockserver.store.stored_entries import StoredEntries

WAIT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 0.5
ENTRIES_IN_A_SLICE: Final = 50


class JournalTail(Journal):
    """The newest entries of all servers, in this process. It is read from the store while somebody listens."""

    def __init__(self, link: RedisLink, entries: StoredEntries) -> None:
        super().__init__(cap=1000)
        self._link = link
        self._stored = entries
        self._listening = 0
        self._position = 0
        self._task: asyncio.Task[None] | None = None

    def start_after(self, number: int) -> None:
        """Start after the entry with this number, unless entries are read already."""
        if self._task is None or self._task.done():
            # Entries that were read earlier may not exist any more.
            self.reset(None)
            self._position = number

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call a listener for each new entry; returns the function that stops it."""
        end = super().listen(listener)
        self._listening += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._follow())

        def stop() -> None:
            end()
            self._listening -= 1
            if self._listening == 0 and self._task is not None:
                self._task.cancel()
                self._task = None

        return stop

    async def close(self) -> None:
        """Stop reading."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _follow(self) -> None:
        while True:
            try:
                found = await self._link.new_entries(self._position, seconds=WAIT_SECONDS)
                if not found:
                    await self._notice_restart()
            except StoreUnavailableError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for index, (number, text) in enumerate(found):
                self._position = number
                if number > self.last:
                    self.record(self._stored.read(text), number=number)
                if index % ENTRIES_IN_A_SLICE == ENTRIES_IN_A_SLICE - 1:
                    await asyncio.sleep(0)

    async def _notice_restart(self) -> None:
        """Begin again if the store was emptied: what was read from it does not exist any more."""
        newest = int(await self._link.execute("HGET", "counters", "entries") or 0)
        if newest < self._position:
            self.reset(None)
            self._position = 0
