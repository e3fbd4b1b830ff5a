"""Reads listings from a store: the journal, the payment sessions, the coverage and the metrics."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from mockserver.engine.coverage import Cell
from mockserver.engine.journal import Journal
from mockserver.engine.metrics import Metrics
from mockserver.engine.state import Sizes
from mockserver.payments import PaymentSessions
from mockserver.storage.value_pages import Page, PageQuery, Positions
from mockserver.store import codec
from mockserver.store.records import NEW_NAMESPACE, NamespaceRecord, namespace_id
from mockserver.store.redis_link import RedisLink, in_batches
from mockserver.store.shared_metrics import metrics_of
from mockserver.store.shared_sessions import SESSION
from mockserver.store.stored_entries import StoredEntries

_IDS_AT_ONCE: Final = 2000
"""The number of ids of journal entries that are read in one call."""


class Listings:
    """Copies of parts of the state, in memory. They do not change when the store does."""

    def __init__(self, link: RedisLink, entries: StoredEntries) -> None:
        self._link = link
        self._entries = entries

    async def journal(self, owner: str | None) -> Journal:
        """The entries of a namespace, given its key, or of all (None)."""
        newest, positions = await self._newest(), await self._positions(owner)
        journal = await self._loaded(positions.numbers, newest)
        if owner is not None and positions.numbers:
            journal.note_dropped(owner, positions.places[0] - 1)
        return journal

    async def page_of_journal(self, owner: str | None, query: PageQuery) -> tuple[Page, Journal]:
        """A page of the entries of a namespace, given its key, or of all (None); and a journal with these entries."""
        newest, positions = await self._newest(), await self._positions(owner)
        page = positions.page(query)
        return page, await self._loaded(page.numbers, newest)

    async def page_of_sessions(self, owner: str | None, query: PageQuery) -> tuple[Page, PaymentSessions]:
        """A page of the payment sessions of a namespace, given its key, or of all (None); and the sessions of the page.

        Their numbers are those in the namespace, or in the order of all items.
        """
        message: dict[str, Any] = {"kind": SESSION.name, "cap": SESSION.cap, "limit": query.limit}
        if query.after is not None:
            message["after"] = query.after
        name = None if owner is None else namespace_id(owner)
        if name is not None:
            message |= {"namespace": name, "last": (await self._record(name)).sessions}
        count, has_oldest, has_newest, items = await self._link.run("page", message, namespace=name)
        sessions = PaymentSessions()
        for some in in_batches(items):
            for number, text in await self._texts(some):
                sessions.add(codec.read(text), number=number)
            await asyncio.sleep(0)
        numbers = [number for number, *_ in items]
        return Page(numbers, numbers, count, has_oldest=has_oldest == 1, has_newest=has_newest == 1), sessions

    async def coverage(self, owner: str | None) -> dict[Cell, int]:
        """How often each cell was exercised, in one namespace or in total (None)."""
        counts = await self._link.execute("HGETALL", "c" if owner is None else f"c:{namespace_id(owner)}")
        pairs = counts.items() if isinstance(counts, dict) else _pairs(counts)
        return {Cell(*json.loads(cell)): int(count) for cell, count in pairs}

    async def metrics(self) -> Metrics:
        """What all servers have counted."""
        counters = await self._link.execute("HGETALL", "m")
        return metrics_of(counters.items() if isinstance(counters, dict) else _pairs(counters))

    async def sizes(self) -> Sizes:
        """How many payment sessions and journal entries are stored."""
        sessions = await self._link.execute("ZCARD", f"o:{SESSION.name}")
        return Sizes(int(sessions), int(await self._link.execute("XLEN", "journal")))

    async def _newest(self) -> int:
        """The number of the newest journal entry."""
        return int(await self._link.execute("HGET", "counters", "entries") or 0)

    async def _positions(self, owner: str | None) -> Positions:
        """Where the entries of a namespace, or all entries (None), are in the journal."""
        if owner is None:
            ids, last = list[str](), "0"
            while found := await self._link.execute("XRANGE", "journal", f"({last}", "+", "COUNT", _IDS_AT_ONCE):
                ids += [each[0] for each in found]
                last = ids[-1]
        else:
            name = namespace_id(owner)
            record = await self._record(name)
            ids = await self._link.execute("LRANGE", f"j:{name}", 0, -1)
        numbers = [int(each.partition("-")[0]) for each in ids]
        if owner is None:
            return Positions(numbers, numbers)
        first = record.entries - len(ids) + 1
        return Positions(numbers, range(first, first + len(ids)))

    async def _loaded(self, numbers: Sequence[int], newest: int) -> Journal:
        """A journal with the entries with these numbers that still exist."""
        journal = Journal()
        for some in in_batches(numbers):
            for number, text in await self._link.entries(some):
                journal.record(self._entries.read(text), number=number)
            await asyncio.sleep(0)
        journal.skip_to(newest)
        return journal

    async def _record(self, name: str) -> NamespaceRecord:
        text = await self._link.execute_of(name, "HGET", "n", "h")
        return NamespaceRecord.read(text) if text else NEW_NAMESPACE

    async def _texts(self, items: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
        """The numbers and texts of those items that still exist, sorted by number."""
        by_slot: dict[str | None, list[Sequence[Any]]] = {}
        for item in items:
            by_slot.setdefault(item[1] if self._link.has_slots else None, []).append(item)
        calls = [
            self._link.run("read", {"items": [place for _, *place in own]}, namespace=slot)
            for slot, own in by_slot.items()
        ]
        found = zip(by_slot.values(), await asyncio.gather(*calls), strict=True)
        return sorted((own[int(index) - 1][0], text) for own, texts in found for index, text in texts)


def _pairs(values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The pairs in a list of pairs, or in a flat list, as different versions of the protocol have it."""
    if values and isinstance(values[0], list | tuple):
        return ((first, second) for first, second in values)
    return zip(values[::2], values[1::2], strict=True)
