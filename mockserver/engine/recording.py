"""Recordings: what is known about one exchange, from its beginning to its entry in the journal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.router import Route
from mockserver.engine.coverage import Coverage
from mockserver.engine.journal import Entry, Journal, Nearest
from mockserver.engine.mock_headers import Outcome, mock_headers, refusal_reply, summary, with_headers
from mockserver.engine.namespaces import Namespace, Streams
from mockserver.errors import Refusal, Violation
from mockserver.messages import ABSENT, Call, Reply, Request
from mockserver.payments.random_ids import RandomIds
from mockserver.scenarios import Miss

__all__ = ["Recorder", "Recording"]


@dataclass(slots=True, kw_only=True)
class Recording:
    """One exchange. Whoever answers it fills in what becomes known; the recorder makes the journal entry of it.

    `ids` makes up the values of this exchange. The other members have the meaning that they have in `Entry`.
    """

    request: Request
    namespace: Namespace
    ids: RandomIds
    entry_id: str
    started: float
    operation: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    sent: Any = ABSENT
    scenario: str | None = None
    stub: str | None = None
    off_contract: str | None = None
    refused: str | None = None
    nearest: Nearest | None = None
    misses: tuple[Miss, ...] = ()
    violations: tuple[Violation, ...] = ()

    def route(self, contract: Contract) -> Route:
        """Find the operation that the request calls. Raises Refusal: unknown-path, method-not-allowed."""
        route = contract.route(self.request)
        self.operation, self.path = route.operation.id, route.path
        return route

    def understand(self, contract: Contract) -> Call:
        """Find the operation and check the request; the violations are recorded. Raises Refusal."""
        understood = contract.understand(self.request, self.route(contract))
        self.violations = understood.violations
        return understood.call

    def refuse_violations(self) -> Refusal:
        """The refusal for a request that violates the contract."""
        detail = f"The request breaks the contract at: {summary(self.violations)}."
        return Refusal("contract-violation", detail, violations=self.violations)

    def refuse(self, refusal: Refusal) -> Reply:
        """The reply for a refusal, which is recorded."""
        self.refused = refusal.kind
        self.violations = self.violations or refusal.violations
        return refusal_reply(refusal)


class Recorder:
    """Begins recordings and turns finished ones into entries of the journal and counts of the coverage.

    Every API of one server uses the same recorder.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        self.journal = Journal()
        self.coverage = Coverage()
        self.streams = Streams(int.from_bytes(os.urandom(4)) if seed is None else seed)

    def begin(self, request: Request, namespace: Namespace) -> Recording:
        """The recording of a request that belongs to a namespace."""
        started = time.time()
        seed, count = self.streams.next(namespace.key)
        return Recording(
            request=request,
            namespace=namespace,
            ids=RandomIds(seed, namespace.key, count),
            entry_id=f"{namespace.shown}-{count}",
            started=started,
        )

    def finish(
        self, recording: Recording, outcome: Outcome, *, headers: Iterable[tuple[str, str]] = (), report: bool = False
    ) -> Outcome:
        """Record the exchange; returns the outcome with the mock's own headers.

        `headers` are added before them. With `report` the violations are listed in Mock-Violations, unless the request
        was refused.
        """
        sent = with_headers(
            outcome,
            [
                *headers,
                *mock_headers(
                    entry_id=recording.entry_id,
                    scenario=recording.scenario,
                    stub=recording.stub,
                    reported=recording.violations if report and recording.refused is None else (),
                ),
            ],
        )
        entry = Entry(
            id=recording.entry_id,
            at=recording.started,
            owner=recording.namespace.key,
            namespace=recording.namespace.shown,
            request=recording.request,
            operation=recording.operation,
            path=recording.path,
            sent=recording.sent,
            scenario=recording.scenario,
            stub=recording.stub,
            off_contract=recording.off_contract,
            refused=recording.refused,
            nearest=recording.nearest,
            misses=recording.misses,
            violations=recording.violations,
            outcome=sent,
            duration=time.time() - recording.started,
        )
        self.journal.record(entry)
        self.coverage.record(entry)
        return sent
