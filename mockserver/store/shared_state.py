"""The state of an engine that shares it with other servers."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final, TypeVar

from mockserver.contract.document.credentials import CredentialPlace
from mockserver.engine.coverage import Cell, cell_of
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.metrics import Metrics
from mockserver.engine.state import Sizes, State
from mockserver.errors import StoreUnavailableError, UsageError
from mockserver.limits.slices import Sliced
from mockserver.messages import Request
from mockserver.payments import Ledger, PaymentSessions
from mockserver.redaction.redactor import Redactor
from mockserver.scenarios import ScenarioSelector
from mockserver.settings import Settings
from mockserver.storage.bounded_store import CAPACITY
from mockserver.storage.keyed_store import KeyedValues
from mockserver.storage.value_pages import Page, PageQuery
from mockserver.store.cluster_exchange import ClusterExchange
from mockserver.store.commits import Commits
from mockserver.store.exchange import AtomicExchange
from mockserver.store.forecast import forecast
from mockserver.store.journal_tail import JournalTail
from mockserver.store.known_state import KnownState
from mockserver.store.listings import Listings
from mockserver.store.records import NamespaceRecord, namespace_id
from mockserver.store.redis_link import RedisLink
from mockserver.store.shared_sessions import SharedSessions
from mockserver.store.shared_store import SharedStore
from mockserver.store.shared_values import (
    SharedNumbers,
    SharedUsage,
    SharedValues,
    shared_activation,
    shared_strictness,
)
from mockserver.store.stored_entries import StoredEntries
from mockserver.store.transaction import ItemKind, Journalled, RunningTransaction, StateNeededError

_RETRY_SECONDS: Final = 0.2

Result = TypeVar("Result")
Value = TypeVar("Value")


def open_store(settings: Settings, redactor: Redactor) -> "SharedState":
    """The state in the store of the settings. Nothing is sent yet. Raises UsageError: a wrong value of `one_slot`."""
    return SharedState(RedisLink(settings.store), StoredEntries(redactor), settings=settings)


class SharedState(State):
    """State in a store. A decision reads and changes the running transaction, which `store` commits."""

    is_shared = True

    def __init__(self, link: RedisLink, entries: StoredEntries, *, settings: Settings) -> None:
        known, running = KnownState(), RunningTransaction()
        commits = Commits(known, entries, ttl=settings.store_ttl, has_slots=link.has_slots)
        self._exchange = (ClusterExchange if link.has_slots else AtomicExchange)(link, known, commits)
        self.store = SharedStore(self._exchange, known, running)
        self._link = link
        self._known = known
        self._listings = Listings(link, entries)
        self._running = running
        self._usage = SharedUsage(running)
        self.numbers: SharedNumbers = SharedNumbers(running, own_seed=settings.seed)
        self.journal: JournalTail = JournalTail(link, entries)
        self.strictness = shared_strictness(running, settings.strict)
        self.ledger = Ledger(SharedSessions(running), self.keyed_values)
        self.store_calls = link.calls

    def attach(self, selector: ScenarioSelector) -> None:
        """Let a selector keep its activated scenarios and usage counts in the store."""
        selector.keep_in(shared_activation(self._running, selector.activated()), self._usage)

    def keyed_values(self, kind: str, *, cap: int, size: Callable[[Value], int]) -> KeyedValues[Value]:  # noqa: ARG002  # the store measures what is written
        """Values in the store."""
        return SharedValues(self._running, ItemKind(kind, cap, CAPACITY))

    def record(self, entry: Entry) -> None:
        """Add an exchange to the journal, the coverage and the metrics."""
        transaction, name = self._running.now, namespace_id(entry.owner)
        transaction.change(name).entries += 1
        transaction.record_entry(Journalled(name, entry, cell_of(entry)))

    def reset(self, namespace: str | None, *, seed: int | None) -> None:
        """Delete everything but the coverage and the metrics."""
        transaction = self._running.now
        if namespace is None:
            server = transaction.read_server()
            transaction.reset(None)
            transaction.write_server(server._replace(seed=seed, activated=(), strict=None, epochs={}))
            return
        name = namespace_id(namespace)
        # It fails, and is made again, if another server changes the namespace at the same time.
        transaction.read(name)
        transaction.reset(name)
        transaction.write(name, NamespaceRecord(seed=seed))

    def connect(self, seconds: float) -> None:
        """Wait up to `seconds` until the store answers. Raises UsageError: it does not, or it cannot be used."""
        asyncio.run(self._connect(seconds))

    async def close(self) -> None:
        """Close the connections to the store."""
        await self.journal.close()
        await self._link.close()

    async def _connect(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        try:
            while True:
                try:
                    record = await self._exchange.begin()
                    break
                except StoreUnavailableError as error:
                    if time.monotonic() + _RETRY_SECONDS >= end:
                        raise UsageError(f"--store cannot be used: {error}") from None
                    await asyncio.sleep(_RETRY_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311  # not a secret
        finally:
            await self._link.close()
        self.numbers.agree(record.seed, record.initial_seed)

    async def decision(
        self, decide: Callable[[], Result], request: Request, places: Iterable[CredentialPlace], *, needs_state: bool
    ) -> Result:
        """The result of a function that answers a request, stored before this returns. Raises StoreUnavailableError."""
        if not needs_state:
            try:
                return self._running.run(decide, None)
            except StateNeededError:
                pass
        lane, needs = forecast(request, places, self._known)
        return await self.store.submit(decide, lane=lane, needs=needs)

    def problem(self) -> Sliced[str | None]:
        """Why the store cannot be used; None if it can."""
        return self._awaited(self._problem())

    async def _problem(self) -> str | None:
        try:
            await self._exchange.check_writes()
        except StoreUnavailableError as error:
            return str(error)
        return None

    def decided(self, decide: Callable[[], Result]) -> Sliced[Result]:
        """The result of a function that reads and changes state."""
        done = self.store.submit(decide)
        yield done
        return done.result()

    def journal_of(self, owner: str | None) -> Sliced[Journal]:
        """A copy of the journal that has the entries of a namespace, or all entries (None)."""
        journal = yield from self._listed(lambda: self._listings.journal(owner), of_all=owner is None)
        self.journal.start_after(journal.last)
        return journal

    def page_of_journal(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, Journal]]:
        """A page, and a copy of the journal that has its entries."""
        page, journal = yield from self._listed(
            lambda: self._listings.page_of_journal(owner, query), of_all=owner is None
        )
        self.journal.start_after(journal.last)
        return page, journal

    def page_of_sessions(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, PaymentSessions]]:
        """A page, and copies of its payment sessions."""
        return self._listed(lambda: self._listings.page_of_sessions(owner, query), of_all=owner is None)

    def coverage_of(self, owner: str | None) -> Sliced[dict[Cell, int]]:
        """How often each cell was exercised, on all servers."""
        return self._listed(lambda: self._listings.coverage(owner))

    def metrics_of_all(self) -> Sliced[Metrics]:
        """What all servers have counted."""
        return self._listed(self._listings.metrics)

    def sizes(self) -> Sliced[Sizes]:
        """How much is in the store."""
        return self._listed(self._listings.sizes, of_all=True)

    def _listed(self, read: Callable[[], Coroutine[Any, Any, Result]], *, of_all: bool = False) -> Sliced[Result]:
        """The result of a function that reads a listing, if this version can read the store.

        `of_all` says that the listing covers all namespaces. Expired namespaces are then removed first.
        """

        async def checked() -> Result:
            await self._exchange.check()
            if of_all:
                with suppress(StoreUnavailableError):
                    # A store that refuses writes can still be read.
                    await self._exchange.forget_expired()
            return await read()

        return self._awaited(checked())

    @staticmethod
    def _awaited(work: Coroutine[Any, Any, Result]) -> Sliced[Result]:
        task = asyncio.get_running_loop().create_task(work)
        yield task
        return task.result()
