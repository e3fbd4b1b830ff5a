"""Reads listings from a store: the journal, the payment sessions, the coverage and the metrics."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from mockserver.engine.coverage import Cell
from mockserver.engine.journal import Journal
from mockserver.engine.metrics import Metrics
from mockserver.engine.state import Sizes
from mockserver.payments import PaymentSessions
from mockserver.store import codec
from mockserver.store.records import NEW_NAMESPACE, NamespaceRecord, namespace_id
from mockserver.store.redis_link import PREFIX, RedisLink, entry_of
from mockserver.store.shared_metrics import metrics_of
from mockserver.store.shared_sessions import SESSION
from mockserver.store.stored_entries import StoredEntries

AT_ONCE: Final = 200
"""How many values are read in one call. Reading them blocks the store, and decoding them blocks this process."""

Value = TypeVar("Value")


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
            last = 0
            while found := await self._link.execute("XRANGE", "journal", f"({last}-0", "+", "COUNT", AT_ONCE):
                last = self._add_entries(journal, found)
        else:
            name = namespace_id(owner)
            record = await self._record(name)
            numbers = await self._link.execute("LRANGE", f"j:{name}", 0, -1)
            for some in _parts(numbers):
                found = await self._link.run("read", json.dumps({"prefix": PREFIX, "numbers": some}))
                self._add_entries(journal, found)
                await asyncio.sleep(0)
            journal.note_dropped(owner, record.entries - len(numbers))
        journal.skip_to(newest)
        return journal

    async def sessions(self, owner: str | None) -> PaymentSessions:
        """The payment sessions of a namespace, given its key, or of all (None)."""
        sessions = PaymentSessions()
        numbered: list[tuple[int, list[str]]]
        if owner is None:
            found = await self._link.execute("ZRANGE", f"o:{SESSION.name}", 0, -1, "WITHSCORES")
            numbered = [(int(float(score)), member.split(" ", 1)) for member, score in _pairs(found)]
        else:
            name = namespace_id(owner)
            record = await self._record(name)
            numbered = [
                (number, [name, f"{SESSION.name}:{number}"])
                for number in range(max(1, record.sessions + 1 - SESSION.cap), record.sessions + 1)
            ]
        first = 0
        for some in _parts(numbered):
            items = [place for _, place in some]
            for index, text in await self._link.run("read", json.dumps({"prefix": PREFIX, "items": items})):
                number = some[int(index) - 1][0]
                first = first or number
                sessions.add(codec.read(text), number=number)
            await asyncio.sleep(0)
        if owner is not None:
            sessions.note_dropped(owner, first - 1)
        return sessions

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
        text = await self._link.execute("HGET", f"n:{name}", "h")
        return NamespaceRecord.read(text) if text else NEW_NAMESPACE

    def _add_entries(self, journal: Journal, found: Sequence[Any]) -> int:
        number = 0
        for stored in found:
            number, text = entry_of(stored)
            journal.record(self._entries.read(text), number=number)
        return number


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _pairs(values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The pairs in a list of pairs, or in a flat list, as different versions of the protocol have it."""
    if values and isinstance(values[0], list | tuple):
        return ((first, second) for first, second in values)
    return zip(values[::2], values[1::2], strict=True)
