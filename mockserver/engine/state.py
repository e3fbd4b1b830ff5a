"""The state that requests read and change: in the memory of one server, or in a store that several servers share."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, NamedTuple, TypeVar

from mockserver.contract.document.credentials import CredentialPlace
from mockserver.engine.coverage import Cell, Coverage
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.metrics import Metrics, StoreCalls
from mockserver.engine.namespaces import Numbers, Streams
from mockserver.limits.slices import Sliced
from mockserver.messages import Request
from mockserver.payments import Ledger, PaymentSessions
from mockserver.scenarios import ScenarioSelector
from mockserver.storage.keyed_store import KeyedStore, KeyedValues
from mockserver.storage.namespace_setting import NamespaceSetting, Setting
from mockserver.storage.value_pages import Page, PageQuery

Result = TypeVar("Result")
Value = TypeVar("Value")


class Sizes(NamedTuple):
    """How many payment sessions and journal entries are stored, of all namespaces."""

    payment_sessions: int
    journal_entries: int


class State(ABC):
    """All state of an engine. Only decisions use the members; `decided` makes a decision.

    `numbers` numbers the exchanges, `strictness` is the setting of `PUT /__mock/strict`, and `ledger` has the payment
    data. `journal` has the entries that event streams follow.
    """

    is_shared: ClassVar[bool] = False
    """Whether other servers have the same state. Then decisions take time: see `decision`."""

    store_calls: StoreCalls | None = None
    """How this process reaches a store; None without one."""

    numbers: Numbers
    strictness: Setting[bool]
    ledger: Ledger
    journal: Journal

    @abstractmethod
    def connect(self, seconds: float) -> None:
        """Wait until the state can be used, at most so many seconds. Raises UsageError. Call it without a loop."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections. They are opened again when they are needed."""

    @abstractmethod
    def attach(self, selector: ScenarioSelector) -> None:
        """Let a selector keep its activated scenarios and usage counts here."""

    @abstractmethod
    def keyed_values(self, kind: str, *, cap: int, size: Callable[[Value], int]) -> KeyedValues[Value]:
        """Values of another API, which a reset removes: at most `cap`, of which each has `size` bytes."""

    @abstractmethod
    def record(self, entry: Entry) -> None:
        """Add an exchange to the journal, the coverage and the metrics."""

    @abstractmethod
    def reset(self, namespace: str | None, *, seed: int | None) -> None:
        """Delete everything but the coverage and the metrics, in one namespace or on the whole server (None).

        With a seed, values are made up from that seed from now on.
        """

    @abstractmethod
    def decided(self, decide: Callable[[], Result]) -> Sliced[Result]:
        """The result of a function that reads and changes state. It may be called several times, and counts once."""

    @abstractmethod
    async def decision(
        self, decide: Callable[[], Result], request: Request, places: Iterable[CredentialPlace], *, needs_state: bool
    ) -> Result:
        """The result of a function that answers a request; `places` are those of credentials in the contract.

        `needs_state` is False if the function probably needs no state, such as for a page. Raises
        StoreUnavailableError.
        """

    @abstractmethod
    def problem(self) -> Sliced[str | None]:
        """Why requests cannot be answered; None if they can."""

    @abstractmethod
    def journal_of(self, owner: str | None) -> Sliced[Journal]:
        """A journal that has the entries of a namespace, or all entries (None)."""

    @abstractmethod
    def page_of_journal(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, Journal]]:
        """A page of the entries of a namespace, or of all entries (None), and a journal that has the entries on it."""

    @abstractmethod
    def page_of_sessions(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, PaymentSessions]]:
        """A page of the payment sessions of a namespace, or of all (None), and payment sessions that have its own."""

    @abstractmethod
    def coverage_of(self, owner: str | None) -> Sliced[dict[Cell, int]]:
        """How often each cell was exercised, in one namespace or in total (None)."""

    @abstractmethod
    def metrics_of_all(self) -> Sliced[Metrics]:
        """What all servers with this state have counted."""

    @abstractmethod
    def sizes(self) -> Sliced[Sizes]:
        """How much is stored."""


class MemoryState(State):
    """State in the memory of this process."""

    def __init__(self, *, seed: int | None = None, strict: bool = False) -> None:
        self.payment_sessions = PaymentSessions()
        self._keyed: list[KeyedStore[object]] = []
        self.coverage = Coverage()
        self.numbers: Streams = Streams(int.from_bytes(os.urandom(4)) if seed is None else seed)
        self.strictness: NamespaceSetting[bool] = NamespaceSetting(strict)
        self.ledger = Ledger(self.payment_sessions, self.keyed_values)
        self.journal = Journal()
        self.metrics = Metrics()

    def connect(self, seconds: float) -> None:
        """Do nothing: memory is always there."""

    async def close(self) -> None:
        """Do nothing."""

    def attach(self, selector: ScenarioSelector) -> None:
        """Leave a selector its own memory."""

    def keyed_values(self, kind: str, *, cap: int, size: Callable[[Value], int]) -> KeyedStore[Value]:  # noqa: ARG002  # memory needs no name for the kind
        """Values in memory."""
        values = KeyedStore(cap=cap, size=size)
        self._keyed.append(values)  # type: ignore[arg-type]  # only `reset` is called
        return values

    def record(self, entry: Entry) -> None:
        """Add an exchange to the journal, the coverage and the metrics."""
        self.journal.record(entry)
        self.coverage.record(entry)
        self.metrics.record(entry)

    def reset(self, namespace: str | None, *, seed: int | None) -> None:
        """Delete everything but the coverage and the metrics."""
        self.strictness.reset(namespace)
        self.payment_sessions.reset(namespace)
        for values in self._keyed:
            values.reset(namespace)
        self.journal.reset(namespace)
        self.numbers.restart(namespace, seed=seed)

    def decided(self, decide: Callable[[], Result]) -> Sliced[Result]:
        """The result of a function, which is called once."""
        yield from ()
        return decide()

    async def decision(
        self,
        decide: Callable[[], Result],
        request: Request,  # noqa: ARG002  # only a store has to know it
        places: Iterable[CredentialPlace],  # noqa: ARG002  # see above
        *,
        needs_state: bool,  # noqa: ARG002  # see above
    ) -> Result:
        """The result of a function, which is called once."""
        return decide()

    def problem(self) -> Sliced[str | None]:
        """Nothing: memory is always there."""
        yield from ()
        return None

    def journal_of(self, owner: str | None) -> Sliced[Journal]:  # noqa: ARG002  # the journal has all entries
        """The journal."""
        yield from ()
        return self.journal

    def page_of_journal(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, Journal]]:
        """A page, and the journal."""
        yield from ()
        return self.journal.positions(owner).page(query), self.journal

    def page_of_sessions(self, owner: str | None, query: PageQuery) -> Sliced[tuple[Page, PaymentSessions]]:
        """A page, and the payment sessions."""
        yield from ()
        return self.payment_sessions.positions(owner).page(query), self.payment_sessions

    def coverage_of(self, owner: str | None) -> Sliced[dict[Cell, int]]:
        """How often each cell was exercised."""
        yield from ()
        return self.coverage.of(owner)

    def metrics_of_all(self) -> Sliced[Metrics]:
        """What this server has counted."""
        yield from ()
        return self.metrics

    def sizes(self) -> Sliced[Sizes]:
        """How much is in memory."""
        yield from ()
        return Sizes(len(self.payment_sessions), len(self.journal))
