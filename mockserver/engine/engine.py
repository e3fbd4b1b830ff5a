"""The flow of the mock: one request in, one reply or fault out."""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from mockserver.contract import Contract
from mockserver.engine.journal import Nearest
from mockserver.engine.namespaces import SHOWN_EDGE, Namespace, namespace_of
from mockserver.engine.recording import Recorder, Recording
from mockserver.engine.reply_renderer import RenderedReply, ReplyRenderer
from mockserver.engine.snapshot import ReloadStatus, Snapshot
from mockserver.engine.state import MemoryState, State
from mockserver.errors import Refusal, Violation
from mockserver.messages import Call, Fault, Reply, Request
from mockserver.parsing import json_pointers
from mockserver.payments import Ledger
from mockserver.redaction.redactor import Redactor
from mockserver.scenarios import LiteralReply, NoStub, PaymentSessionReply, Scenarios, Stub
from mockserver.scenarios.scenario_selector import HEADER as SCENARIO_HEADER
from mockserver.scenarios.scenario_selector import SelectedStub
from mockserver.storage.namespace_setting import Setting

NO_NAMESPACE = Namespace("edge", SHOWN_EDGE, "")
"""The namespace of requests that are refused before it is known whose they are."""


class Engine:
    """Checks requests and replies against the contract and answers as the scenarios say.

    `handle` is plain code without a framework. It never waits: a reply says how long it is to be delayed. Its
    state is in memory, where `seed` and `strict` are its initial values, or what `open_state` returns.
    """

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        open_state: Callable[[Redactor], State] | None = None,
        seed: int | None = None,
        report_violations: bool = False,
        strict: bool = False,
        account_required: bool = True,
    ) -> None:
        self.snapshot = snapshot
        self.reload: ReloadStatus | None = None
        redactor = Redactor(snapshot.contract.credential_names)
        self.state = MemoryState(seed=seed, strict=strict) if open_state is None else open_state(redactor)
        if snapshot.selector is not None:
            self.state.attach(snapshot.selector)
        self.recorder = Recorder(self.state, redactor)
        self.report_violations = report_violations
        self._renderer = ReplyRenderer(self.ledger.sessions, account_required=account_required)

    def handle(self, request: Request) -> Reply | Fault:
        """Answer one request: as its scenario says, or with a refusal that gives the reason."""
        snapshot = self.snapshot
        recording = self.recorder.begin(request, namespace_of(request, snapshot.contract.credential_places))
        outcome: Reply | Fault
        try:
            call = recording.understand(snapshot.contract, strict=self.strictness.of(recording.namespace.key))
            if recording.entry.violations and not self.report_violations:
                self._look_for_nearest(call, recording, snapshot)
                raise recording.refuse_violations()
            outcome = self._answer(call, recording, snapshot)
        except NoStub as refusal:
            recording.entry.misses = refusal.misses
            recording.entry.nearest = Nearest(scenario=refusal.scenario, stub=refusal.stub)
            outcome = recording.refuse(refusal)
        except Refusal as refusal:
            outcome = recording.refuse(refusal)
        return self.recorder.finish(recording, outcome, report=True)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """Answer a request that is refused before its content is looked at.

        It belongs to no caller's namespace: a refused origin must not even use up a number of one.
        """
        recording = self.recorder.begin(request, NO_NAMESPACE)
        return self.recorder.finish(recording, recording.refuse(refusal))

    def activate(self, name: str | None, namespace: Namespace | None) -> None:
        """Activate a scenario for one namespace or for the whole server (None); the name None deactivates it.

        Raises Refusal unknown-scenario.
        """
        if self.snapshot.selector is not None:
            self.snapshot.selector.activate(name, namespace=namespace.key if namespace else None)
        elif name is not None:
            raise _no_scenarios(name)

    def reset(self, namespace: Namespace | None, *, seed: int | None = None) -> None:
        """Return to the initial state, in one namespace or on the whole server (None). The coverage stays.

        With a seed, values are made up from that seed from now on.
        """
        key = namespace.key if namespace else None
        if self.snapshot.selector:
            self.snapshot.selector.reset(key)
        self.state.reset(key, seed=seed)

    @property
    def ledger(self) -> Ledger:
        """The payment data."""
        return self.state.ledger

    @property
    def strictness(self) -> Setting[bool]:
        """Whether names that the contract does not document are violations."""
        return self.state.strictness

    @property
    def redactor(self) -> Redactor:
        """Shows messages without secrets."""
        return self.recorder.redactor

    @property
    def seed(self) -> int:
        """The seed of the made-up values."""
        return self.state.numbers.seed

    @property
    def contract(self) -> Contract:
        """The contract that is served."""
        return self.snapshot.contract

    @property
    def scenarios(self) -> Scenarios | None:
        """The scenarios that are served; None for a contract without scenarios."""
        return self.snapshot.selector.scenarios if self.snapshot.selector else None

    def serve(self, snapshot: Snapshot) -> None:
        """Answer with another snapshot from the next request on; activated scenarios and other state stay."""
        snapshot.take_over(self.snapshot)
        self.redactor.learn(snapshot.contract.credential_names)
        self.snapshot = snapshot

    def health(self) -> Mapping[str, object]:
        """What is served, for `GET /__mock/health`."""
        document = self.contract.document
        health = {
            "spec": {
                "title": document.title,
                "version": document.version,
                "operations": len(self.contract.operations),
            },
            "scenarios": {"count": len(self.scenarios or ())},
        }
        return health if self.reload is None else {**health, "reload": self.reload.as_json()}

    def _answer(self, call: Call, recording: Recording, snapshot: Snapshot) -> Reply | Fault:
        selected = self._select(call, recording, snapshot)
        if selected is None:
            return self._sample(call, recording, snapshot)
        stub = selected.stub
        recording.entry.scenario, recording.entry.stub = selected.scenario.name, stub.name
        delay = self._renderer.seconds(stub.delay, recording.ids)
        if stub.fault is not None:
            return self._renderer.fault(stub.fault, self._well_behaved(call, recording, snapshot), delay=delay)
        reply = self._reply(stub, call, recording, snapshot)
        return replace(reply, delay=delay) if delay else reply

    @staticmethod
    def _select(call: Call, recording: Recording, snapshot: Snapshot) -> SelectedStub | None:
        """The stub that answers; None if the reply is made from the schema. Raises Refusal."""
        if snapshot.selector is None:
            name = call.request.headers.get(SCENARIO_HEADER)
            if name is None:
                return None
            snapshot.samples.check_accept(call)
            raise _no_scenarios(name)
        try:
            return snapshot.selector.stub(call, recording.namespace.key)
        except NoStub:
            raise
        except Refusal:
            # The scenario is unknown. If no scenario has a stub for the operation, Accept comes before that.
            if call.operation not in snapshot.selector.scenarios.operations:
                snapshot.samples.check_accept(call)
            raise

    def _reply(self, stub: Stub, call: Call, recording: Recording, snapshot: Snapshot) -> Reply:
        """The reply of a stub, checked against the contract unless the stub says that it leaves the contract."""
        planned = stub.reply
        assert planned is not None, "a stub has a reply or a fault"  # noqa: S101  # the file reader guarantees it
        reply, written, unusable_keys = self._render(planned, call, recording)
        if planned.off_contract is not None:
            recording.entry.off_contract = planned.off_contract
            return reply
        violations = (*snapshot.contract.reply_violations(call.operation, reply, written=written), *unusable_keys)
        if violations:
            raise Refusal(
                "reply-violates-contract",
                f"The reply of stub {stub.name!r} of scenario {recording.entry.scenario} breaks the contract: "
                "correct it, or add `off_contract: <reason>`.",
                violations=violations,
            )
        return reply

    def _well_behaved(self, call: Call, recording: Recording, snapshot: Snapshot) -> Reply:
        """The reply that a fault spoils: that of the default scenario, else one made from the schema."""
        planned = snapshot.selector.default_reply(call) if snapshot.selector else None
        if planned is None:
            return self._sample(call, recording, snapshot)
        return self._render(planned, call, recording).reply

    def _render(self, planned: PaymentSessionReply | LiteralReply, call: Call, recording: Recording) -> RenderedReply:
        valid = _without_violations(call, recording.entry.violations) if recording.entry.violations else call
        return self._renderer.reply(
            planned, valid, ids=recording.ids, namespace=recording.namespace, scenario=recording.entry.scenario
        )

    @staticmethod
    def _sample(call: Call, recording: Recording, snapshot: Snapshot) -> Reply:
        rng = random.Random(recording.ids.number())  # noqa: S311  # made-up values, repeatable by seed
        return snapshot.samples.make(call, rng)

    @staticmethod
    def _look_for_nearest(call: Call, recording: Recording, snapshot: Snapshot) -> None:
        """Record which stub would have answered: it helps whoever reads about the violations."""
        with suppress(Refusal):
            found = snapshot.selector.nearest(call, recording.namespace.key) if snapshot.selector else None
            if found is not None:
                scenario, stub, recording.entry.misses = found
                recording.entry.nearest = Nearest(scenario=scenario, stub=stub)


def _no_scenarios(name: str) -> Refusal:
    return Refusal("unknown-scenario", f"There is no scenario {name[:100]!r}: no scenario files are loaded.")


def _without_violations(call: Call, violations: tuple[Violation, ...]) -> Call:
    """The call without the body members that violate the contract: a reported violation must not enter the reply."""
    if not isinstance(call.body, dict):
        return call
    invalid = {json_pointers.split(each.pointer)[0] for each in violations if each.place == "body" and each.pointer}
    return replace(call, body={name: value for name, value in call.body.items() if name not in invalid})
