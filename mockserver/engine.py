"""One request in, one reply or fault out: the flow of the mock, told once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from mockserver.additions import ADDITIONS
from mockserver.answers import Answers, Made, as_json
from mockserver.contract import Contract
from mockserver.coverage import Coverage
from mockserver.errors import Refusal, Violation
from mockserver.exchange import Call, Fault, Reply, Request
from mockserver.journal import Entry, Journal, Nearest
from mockserver.marks import PROBLEM_TYPE, Outcome, own_headers, summary, with_headers
from mockserver.namespaces import Namespace, Streams, namespace_of
from mockserver.payments import Ledger
from mockserver.payments.draws import Draw
from mockserver.scenarios import LiteralReply, Miss, NoStub, PaymentSessionReply, Scenarios, Stub
from mockserver.scenarios.choice import HEADER as SCENARIO_HEADER
from mockserver.scenarios.choice import Chosen
from mockserver.served import Reload, Served
from mockserver.settings import Settings

__all__ = ["Engine"]

EDGE = Namespace("edge", "edge", "")


class Clock(Protocol):
    """Tells seconds."""

    def __call__(self) -> float: ...


@dataclass(slots=True)
class _Exchange:
    """What becomes known of one exchange on its way to the journal."""

    request: Request
    served: Served
    namespace: Namespace
    draw: Draw
    entry_id: str
    operation: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    scenario: str | None = None
    stub: str | None = None
    off_contract: str | None = None
    refused: str | None = None
    nearest: Nearest | None = None
    misses: tuple[Miss, ...] = ()
    violations: tuple[Violation, ...] = ()


class Engine:
    """Holds requests and replies against the contract and answers as the scenarios say.

    `handle` is plain code without a framework: it never waits, it says how long the reply is to be delayed.
    """

    def __init__(
        self,
        *,
        served: Served,
        seed: int | None = None,
        report_violations: bool = False,
        clock: Clock = time.time,
    ) -> None:
        self.served = served
        self.reload: Reload | None = None
        self.journal = Journal()
        self.coverage = Coverage()
        self.ledger = Ledger()
        self.payment_sessions = self.ledger.sessions
        self._answers = Answers(self.payment_sessions)
        self._report_violations = report_violations
        self._streams = Streams(int.from_bytes(os.urandom(4)) if seed is None else seed)
        self.clock = clock
        self._resets: list[Callable[[str | None], None]] = []

    @classmethod
    def from_settings(cls, settings: Settings) -> Engine:
        """Load contract and scenarios. Raises SpecError, ScenarioError."""
        return cls(
            served=Served.load(settings), seed=settings.seed, report_violations=settings.on_violation == "report"
        )

    def handle(self, request: Request) -> Reply | Fault:
        """Answer one request: as its scenario says, or with the refusal that says why not."""
        started = self.clock()
        exchange = self._begin(request)
        try:
            route = exchange.served.contract.route(request)
            exchange.operation, exchange.path = route.operation.id, route.path
            understood = exchange.served.contract.understand(request, route)
            exchange.violations = understood.violations
            if understood.violations and not self._report_violations:
                self._look_for_nearest(understood.call, exchange)
                raise _contract_violation(understood.violations)
            outcome = self._answer(understood.call, exchange)
        except NoStub as refusal:
            exchange.scenario, exchange.misses = refusal.scenario, refusal.misses
            exchange.nearest = Nearest(scenario=refusal.scenario, stub=refusal.stub)
            outcome = self._refused(refusal, exchange)
        except Refusal as refusal:
            outcome = self._refused(refusal, exchange)
        return self._journalled(outcome, exchange, started)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """Answer a request that the web face refuses before anything is looked at.

        It belongs to no caller's namespace: a refused origin must not even use up a number of it.
        """
        started = self.clock()
        exchange = self._begin(request, EDGE)
        return self._journalled(self._refused(refusal, exchange), exchange, started)

    def activate(self, name: str | None, namespace: Namespace | None) -> None:
        """Activate a scenario for one namespace or for the whole server (None); None for the name ends it.

        Raises Refusal unknown-scenario.
        """
        if self.served.choice is not None:
            self.served.choice.activate(name, namespace=namespace.key if namespace else None)
        elif name is not None:
            raise _no_scenarios(name)

    def reset(self, namespace: Namespace | None, *, seed: int | None = None) -> None:
        """Begin again as at the start: one namespace, or the whole server (None); made-up values from a seed, if given.

        What was covered stays covered.
        """
        key = namespace.key if namespace else None
        if self.served.choice:
            self.served.choice.reset(key)
        self.ledger.reset(key)
        for forget in self._resets:
            forget(key)
        self.journal.reset(key)
        self._streams.restart(key, seed=seed)

    def on_reset(self, forget: Callable[[str | None], None]) -> None:
        """Have a part that stands on the engine forget what it knows of a namespace, or everything (None), too."""
        self._resets.append(forget)

    def draw(self, namespace: Namespace) -> tuple[Draw, str]:
        """The material of a namespace's next exchange, and the id of its entry in the journal."""
        seed, count = self._streams.next(namespace.key)
        return Draw(seed, namespace.key, count), f"{namespace.shown}-{count}"

    def record(self, entry: Entry) -> None:
        """Keep what happened."""
        self.journal.record(entry)
        self.coverage.record(entry)

    @property
    def seed(self) -> int:
        """The seed of what is made up."""
        return self._streams.seed

    @property
    def contract(self) -> Contract:
        """The contract that is served."""
        return self.served.contract

    @property
    def scenarios(self) -> Scenarios | None:
        """The scenarios that are served; None for a contract that came without any."""
        return self.served.choice.scenarios if self.served.choice else None

    def serve(self, served: Served) -> None:
        """Serve something else from the next request on; what is activated and remembered stays."""
        served.take_over(self.served)
        self.served = served

    def health(self) -> Mapping[str, object]:
        """What is served, for `GET /__mock/health`."""
        document = self.contract.document
        told = {
            "spec": {
                "title": document.title,
                "version": document.version,
                "operations": len(self.contract.operations),
            },
            "scenarios": {"count": len(self.scenarios or ())},
        }
        return told if self.reload is None else {**told, "reload": self.reload.as_json()}

    def _begin(self, request: Request, namespace: Namespace | None = None) -> _Exchange:
        served = self.served
        namespace = namespace or namespace_of(request, served.contract.credential_places)
        draw, entry_id = self.draw(namespace)
        return _Exchange(request, served, namespace, draw, entry_id)

    def _answer(self, call: Call, exchange: _Exchange) -> Reply | Fault:
        chosen = self._chosen(call, exchange)
        if chosen is None:
            return self._added(call, exchange) or self._sample(call, exchange)
        stub = chosen.stub
        exchange.scenario, exchange.stub = chosen.scenario.name, stub.name
        delay = self._answers.seconds(stub.delay, exchange.draw)
        if stub.fault is not None:
            return self._answers.fault(stub.fault, self._well_behaved(call, exchange), delay=delay)
        reply = self._reply(stub, call, exchange)
        return replace(reply, delay=delay) if delay else reply

    def _chosen(self, call: Call, exchange: _Exchange) -> Chosen | None:
        choice = exchange.served.choice
        if choice is not None:
            return choice.stub(call, exchange.namespace.key)
        asked = call.request.headers.get(SCENARIO_HEADER)
        if asked is not None:
            raise _no_scenarios(asked)
        return None

    def _reply(self, stub: Stub, call: Call, exchange: _Exchange) -> Reply:
        """What a stub says, held against the contract unless it says that it leaves it."""
        said = stub.reply
        assert said is not None, "a stub has a reply or a fault"  # noqa: S101  # held by the reader
        reply, written, of_no_use = self._made(said, call, exchange)
        if said.off_contract is not None:
            exchange.off_contract = said.off_contract
            return reply
        violations = (*exchange.served.contract.reply_violations(call.operation, reply, written=written), *of_no_use)
        if violations:
            raise Refusal(
                "reply-violates-contract",
                f"What stub {stub.name!r} of scenario {exchange.scenario} says breaks the contract: "
                "mend it, or let it say `off_contract: <reason>`.",
                violations=violations,
            )
        return reply

    def _added(self, call: Call, exchange: _Exchange) -> Reply | None:
        """The reply of an operation that the mock adds to the contract, and holds against it all the same."""
        answer = ADDITIONS.get(call.operation)
        reply = answer(call, self.ledger, exchange.namespace) if answer else None
        if reply is not None and exchange.served.contract.reply_violations(call.operation, reply):
            # A contract that has an operation of this name itself means something else by it.
            return None
        return reply

    def _well_behaved(self, call: Call, exchange: _Exchange) -> Reply:
        """What is sent in part when the wire misbehaves: the default scenario's reply, else one from the schema."""
        choice = exchange.served.choice
        said = choice.default_reply(call) if choice else None
        if said is None:
            return self._sample(call, exchange)
        return self._made(said, call, exchange).reply

    def _made(self, said: PaymentSessionReply | LiteralReply, call: Call, exchange: _Exchange) -> Made:
        sound = _without_violations(call, exchange.violations) if exchange.violations else call
        return self._answers.reply(
            said, sound, draw=exchange.draw, namespace=exchange.namespace, scenario=exchange.scenario
        )

    def _sample(self, call: Call, exchange: _Exchange) -> Reply:
        rng = random.Random(exchange.draw.number())  # noqa: S311  # made-up values, repeatable by seed
        return exchange.served.contract.sample(call, rng)

    @staticmethod
    def _look_for_nearest(call: Call, exchange: _Exchange) -> None:
        """Note what would have answered; whoever reads of the violations wants to know."""
        choice = exchange.served.choice
        with suppress(Refusal):
            found = choice.nearest(call, exchange.namespace.key) if choice else None
            if found is not None:
                scenario, stub, exchange.misses = found
                exchange.nearest = Nearest(scenario=scenario, stub=stub)

    def _refused(self, refusal: Refusal, exchange: _Exchange) -> Reply:
        exchange.refused = refusal.kind
        exchange.violations = exchange.violations or refusal.violations
        headers = (PROBLEM_TYPE, *refusal.headers, ("mock-refused", refusal.kind))
        return Reply(status=refusal.status, headers=headers, body=as_json(refusal.as_json()))

    def _journalled(self, outcome: Outcome, exchange: _Exchange, started: float) -> Outcome:
        """The outcome with the mock's own headers, once it is in the journal."""
        sent = with_headers(
            outcome,
            own_headers(
                entry_id=exchange.entry_id,
                scenario=exchange.scenario,
                stub=exchange.stub,
                reported=() if exchange.refused else exchange.violations,
            ),
        )
        self.record(
            Entry(
                id=exchange.entry_id,
                at=started,
                owner=exchange.namespace.key,
                namespace=exchange.namespace.shown,
                request=exchange.request,
                operation=exchange.operation,
                path=exchange.path,
                scenario=exchange.scenario,
                stub=exchange.stub,
                off_contract=exchange.off_contract,
                refused=exchange.refused,
                nearest=exchange.nearest,
                misses=exchange.misses,
                violations=exchange.violations,
                outcome=sent,
                duration=self.clock() - started,
            )
        )
        return sent


def _no_scenarios(name: str) -> Refusal:
    return Refusal("unknown-scenario", f"There is no scenario {name[:100]!r}: no scenario files are loaded.")


def _contract_violation(violations: tuple[Violation, ...]) -> Refusal:
    detail = f"The request breaks the contract at: {summary(violations)}."
    return Refusal("contract-violation", detail, violations=violations)


def _without_violations(call: Call, violations: tuple[Violation, ...]) -> Call:
    """The call without the members that break the contract: a reported violation must not come back in the reply."""
    if not isinstance(call.body, dict):
        return call
    broken = {each.pointer.split("/")[1] for each in violations if each.place == "body" and each.pointer}
    return replace(call, body={name: value for name, value in call.body.items() if name not in broken})
