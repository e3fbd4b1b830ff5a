"""Recordings: what is known about one exchange, from its beginning to its entry in the journal."""

import time
from dataclasses import dataclass

from mockserver.contract import Contract, Understood
from mockserver.contract.router import Route
from mockserver.contract.undocumented_names import misspelled
from mockserver.engine.journal import Entry, Nearest
from mockserver.engine.mock_headers import FieldPairs, Outcome, marked, refusal_reply, summary
from mockserver.engine.namespaces import Namespace
from mockserver.engine.state import State
from mockserver.errors import Refusal, Violation
from mockserver.messages import Call, Reply, Request
from mockserver.payments.random_ids import RandomIds
from mockserver.redaction.redactor import Redactor


@dataclass(slots=True, kw_only=True, eq=False)
class Recording:
    """One exchange: the journal entry that is being filled in, its namespace, and the source of its made-up values."""

    entry: Entry
    namespace: Namespace
    ids: RandomIds

    def route(self, contract: Contract) -> Route:
        """Find the operation that the request calls. Raises Refusal: unknown-path, method-not-allowed."""
        route = contract.route(self.entry.request)
        self.entry.operation, self.entry.path = route.operation.id, route.path
        return route

    def understand(self, contract: Contract, *, strict: bool) -> Call:
        """Find the operation and check the request; violations and warnings are recorded. Raises Refusal.

        With `strict`, names that the contract does not document are violations, else some of them are warnings.
        """
        understood = contract.known(self.entry.request)
        if understood is None:
            understood = contract.understand(self.entry.request, self.route(contract))
        else:
            self.entry.operation, self.entry.path = understood.call.operation, understood.call.path
        self.entry.violations = understood.violations
        if understood.undocumented:
            if strict:
                self.entry.violations += _undocumented_violations(understood)
            else:
                self.entry.warnings = misspelled(understood.undocumented)
        return understood.call

    def refuse_violations(self) -> Refusal:
        """The refusal for a request that violates the contract."""
        detail = f"The request breaks the contract at: {summary(self.entry.violations)}."
        return Refusal("contract-violation", detail, violations=self.entry.violations)

    def refuse(self, refusal: Refusal) -> Reply:
        """The reply for a refusal, which is recorded. No scenario has answered; a selected stub becomes the nearest."""
        entry = self.entry
        entry.refused = refusal.kind
        entry.violations = entry.violations or refusal.violations
        if entry.scenario is not None and entry.stub is not None:
            entry.nearest = Nearest(scenario=entry.scenario, stub=entry.stub)
        entry.scenario = entry.stub = None
        request = entry.request
        return refusal_reply(refusal, shown=entry.redactor.of_exchange(request.headers.pairs, request.query))


def _undocumented_violations(understood: Understood) -> tuple[Violation, ...]:
    """The violations for undocumented names, without those that violate `additionalProperties: false` as well."""
    known = {(violation.place, violation.pointer) for violation in understood.violations}
    found = (name.violation for name in understood.undocumented)
    return tuple(violation for violation in found if (violation.place, violation.pointer) not in known)


class Recorder:
    """Begins recordings, and adds finished ones to the state.

    Every API of one server uses the same recorder. `redactor` shows the entries without secrets.
    """

    def __init__(self, state: State, redactor: Redactor) -> None:
        self.redactor = redactor
        self._state = state

    def begin(self, request: Request, namespace: Namespace) -> Recording:
        """The recording of a request that belongs to a namespace."""
        seed, count = self._state.numbers.next(namespace.key)
        entry = Entry(
            id=f"{namespace.shown}-{count}",
            at=time.time(),
            owner=namespace.key,
            namespace=namespace.shown,
            request=request,
            redactor=self.redactor,
        )
        return Recording(entry=entry, namespace=namespace, ids=RandomIds(seed, namespace.key, count))

    def finish(
        self, recording: Recording, outcome: Outcome, *, headers: FieldPairs = (), report: bool = False
    ) -> Outcome:
        """Record the exchange; returns the outcome with the mock's own headers.

        `headers` are added before them. With `report` the violations are listed in Mock-Violations, unless the request
        was refused.
        """
        entry = recording.entry
        sent = marked(outcome, entry, headers, report=report)
        entry.outcome, entry.duration = sent, time.time() - entry.at
        self._state.record(entry)
        return sent
