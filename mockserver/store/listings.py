"""Reads listings from a store: the journal, the payment sessions, the coverage and the metrics."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mockserver.engine.coverage import Cell
from mockserver.engine.journal import Journal
from mockserver.engine.metrics import Metrics
from mockserver.engine.state import Sizes
from mockserver.payments import PaymentSessions
from mockserver.storage.value_pages import Page, PageQuery
from mockserver.store import codec
from mockserver.store.records import NEW_NAMESPACE, NamespaceRecord, namespace_id
from mockserver.store.redis_link import AT_ONCE, RedisLink, in_batches
from mockserver.store.shared_metrics import metrics_of
from mockserver.store.shared_sessions import SESSION
from mockserver.store.stored_entries import StoredEntries


class Listings:
    """Copies of parts of the state, in memory. They do not change when the store does."""

    def __init__(self, link: RedisLink, entries: StoredEntries) -> None:
        self._link = link
        self._entries = entries

    async def journal(self, owner: str | None) -> Journal:
        """The entries of a namespace, given its key, or of all (None)."""
        journal = Journal()
        newest = int(await self._link.execute("HGET", "counters", "entries") or 0)
        if owner is None:
            last = "0"
            while found := await self._link.execute("XRANGE", "journal", f"({last}", "+", "COUNT", AT_ONCE):
                ids = [each[0] for each in found]
                await self._add_entries(journal, ids)
                last = ids[-1]
        else:
            name = namespace_id(owner)
            record = await self._record(name)
            ids = await self._link.execute("LRANGE", f"j:{name}", 0, -1)
            for some in in_batches(ids):
                await self._add_entries(journal, some)
                await asyncio.sleep(0)
            journal.note_dropped(owner, record.entries - len(ids))
        journal.skip_to(newest)
        return journal

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

    async def _record(self, name: str) -> NamespaceRecord:
        text = await self._link.execute_of(name, "HGET", "n", "h")
        return NamespaceRecord.read(text) if text else NEW_NAMESPACE

    async def _texts(self, items: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
        """The numbers and texts of those items that still exist, sorted by number."""
        by_slot: dict[str | None, list[Sequence[Any]]] = {}
        for item in items:
            by_slot.setdefault(item[1] if self._link.is_cluster else None, []).append(item)
        calls = [
            self._link.run("read", {"items": [place for _, *place in own]}, namespace=slot)
            for slot, own in by_slot.items()
        ]
        found = zip(by_slot.values(), await asyncio.gather(*calls), strict=True)
        return sorted((own[int(index) - 1][0], text) for own, texts in found for index, text in texts)

    async def _add_entries(self, journal: Journal, ids: Sequence[str]) -> None:
        for number, text in await self._link.entries(ids):
            journal.record(self._entries.read(text), number=number)


def _pairs(values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The pairs in a list of pairs, or in a flat list, as different versions of the protocol have it."""
    if values and isinstance(values[0], list | tuple):
        return ((first, second) for first, second in values)
    return zip(values[::2], values[1::2], strict=True)
