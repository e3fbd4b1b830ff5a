"""An independent model of the state of the mock: scenarios, sequences, namespaces, seeds, journal and setup intents.

It follows the documents, and uses no code of the mock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ANONYMOUS",
    "CONFIRM",
    "CREATE",
    "CUSTOMER_OF_SCENARIO",
    "SCENARIOS",
    "SERVER",
    "Call",
    "Model",
    "Record",
    "files",
]

CREATE = "c_create_payment_session"
CONFIRM = "confirm_setup_intent"
SERVER = None
"""The namespace of a call of the control API that is about the whole server."""
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that creates a payment session. `scenario` is the header; with `valid` false the body has a violation."""

    customer: str = "Cust_1"
    provider: str = "stripe"
    scenario: str | None = None
    valid: bool = True

    def body(self) -> dict[str, Any]:
        return {"operation": "add_method", "address": True if self.valid else "yes", "provider": self.provider}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A stub. `provider` is what its `when` wants, None for any request.

    With status 200 it makes a payment session, with status 500 one that breaks the contract.
    """

    name: str
    status: int = 200
    provider: str | None = None
    times: int | None = None

    def text(self) -> str:
        """The stub in a scenario file."""
        reply = {
            200: "{payment_session: {}}",
            # The provider is null, which the contract does not allow.
            500: "{payment_session: {provider: '{$request.query.nothing}'}}",
        }.get(self.status, f"{{status: {self.status}, off_contract: a test}}")
        when = f", when: {{body: {{provider: {self.provider}}}}}" if self.provider else ""
        times = f", times: {self.times}" if self.times else ""
        return f"  - {{name: {self.name}, operation: {CREATE}{when}{times}, reply: {reply}}}\n"


SCENARIOS: Mapping[str, tuple[Stub, ...]] = {
    "happy_path": (Stub(name="fine"),),
    "retried": (Stub(name="busy", status=503, times=2), Stub(name="fine")),
    "used_up": (Stub(name="first", status=429, provider="stripe", times=1), Stub(name="second", times=2)),
    "narrow": (Stub(name="only", provider="self_handled"),),
    "broken": (Stub(name="broken", status=500),),
    "by_customer": (Stub(name="once", status=409, times=1), Stub(name="fine")),
}
CUSTOMER_OF_SCENARIO = "Cust_9"
"""The customer that the file-level `when` of `by_customer` names."""


def files() -> dict[str, str]:
    """The scenario files, by name."""
    whens = {"by_customer": f"when: {{path: {{customer_id: {CUSTOMER_OF_SCENARIO}}}}}\n"}
    return {
        name: f"about: One.\n{whens.get(name, '')}stubs:\n{''.join(stub.text() for stub in stubs)}"
        for name, stubs in SCENARIOS.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One exchange, as the journal should have it. `number` is the last part of the entry's id."""

    namespace: str
    number: int
    seed: int
    operation: str
    status: int
    scenario: str | None = None
    stub: str | None = None
    refused: str | None = None
    provider: str | None = None

    def matches(self, expected: Mapping[str, Any]) -> bool:
        """Whether it satisfies an expectation of `POST /__mock/verify`."""
        found = {"operation": self.operation, "scenario": self.scenario, "body": {"provider": self.provider}}
        return all(found[name] == value for name, value in expected.items() if name in found)


@dataclass(slots=True, kw_only=True)
class Model:
    """The state after the calls so far."""

    seed: int
    activated: dict[str | None, str] = field(default_factory=dict)
    used: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    streams: dict[str, tuple[int, int]] = field(default_factory=dict)
    journal: list[Record] = field(default_factory=list)
    covered: Counter[tuple[str, str, str | None, str]] = field(default_factory=Counter)
    sessions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Namespace, scenario and status of each setup intent, by id."""
    server_seed: int = 0

    def __post_init__(self) -> None:
        self.server_seed = self.seed

    def create(self, namespace: str, call: Call) -> Record:
        """A call that creates a payment session."""
        outcome = (
            self._outcome(namespace, call)
            if namespace != ANONYMOUS
            else {"status": 401, "refused": "not-authenticated"}
        )
        return self._recorded(namespace, operation=CREATE, provider=call.provider, **outcome)

    def confirm(self, setup_intent: str, *, declined: bool) -> Record:
        """A confirmation with a secret key and a card, which is declined or not."""
        if setup_intent not in self.sessions:
            return self._recorded(ANONYMOUS, operation=CONFIRM, status=404)
        namespace, scenario, status = self.sessions[setup_intent]
        if status == "succeeded":
            return self._recorded(namespace, operation=CONFIRM, status=400, scenario=scenario)
        self.sessions[setup_intent] = (namespace, scenario, "failed" if declined else "succeeded")
        return self._recorded(namespace, operation=CONFIRM, status=402 if declined else 200, scenario=scenario)

    def activate(self, namespace: str | None, name: str | None) -> int:
        """The status of an activation."""
        if name is not None and name not in SCENARIOS:
            return 400
        self.activated.pop(namespace, None)
        if name is not None:
            self.activated[namespace] = name
        for key in [key for key in self.used if namespace in (SERVER, key[0]) and name in (None, key[1])]:
            del self.used[key]
        return 200

    def reset(self, namespace: str | None, seed: int | None) -> None:
        if namespace is SERVER:
            self.server_seed = self.seed if seed is None else seed
            self.activated.clear()
            self.streams.clear()
        else:
            self.activated.pop(namespace, None)
            self.streams[namespace] = (self.server_seed if seed is None else seed, 0)
        for key in [key for key in self.used if namespace in (SERVER, key[0])]:
            del self.used[key]
        self.journal = [record for record in self.journal if namespace not in (SERVER, record.namespace)]
        self.sessions = {id_: each for id_, each in self.sessions.items() if namespace not in (SERVER, each[0])}

    def seen(self, namespace: str | None, wanted: Callable[[Record], bool] = bool) -> list[Record]:
        """The exchanges that a namespace or the whole server has."""
        return [record for record in self.journal if namespace in (SERVER, record.namespace) and wanted(record)]

    def in_order(self, namespace: str | None, expectations: Iterable[Mapping[str, Any]]) -> bool:
        """Whether calls were made in this order."""
        rest = iter(self.seen(namespace))
        return all(any(record.matches(each) for record in rest) for each in expectations)

    def _outcome(self, namespace: str, call: Call) -> dict[str, Any]:
        if not call.valid:
            return {"status": 400, "refused": "contract-violation"}
        if call.scenario is not None and call.scenario not in SCENARIOS:
            return {"status": 400, "refused": "unknown-scenario"}
        by_customer = "by_customer" if call.customer == CUSTOMER_OF_SCENARIO else None
        order = (call.scenario, self.activated.get(namespace), by_customer, self.activated.get(SERVER), "happy_path")
        name = next(filter(None, order))
        for stub in SCENARIOS[name]:
            key = (namespace, name, stub.name)
            if stub.provider in (None, call.provider) and (stub.times is None or self.used[key] < stub.times):
                self.used[key] += 1
                if stub.status == 500:
                    return {"status": 500, "refused": "reply-violates-contract"}
                return {"status": stub.status, "scenario": name, "stub": stub.name}
        return {"status": 404, "refused": "no-stub"}

    def _recorded(self, namespace: str, **members: Any) -> Record:
        seed, count = self.streams.get(namespace, (self.server_seed, 0))
        self.streams[namespace] = seed, count + 1
        record = Record(namespace=namespace, number=count + 1, seed=seed, **members)
        self.journal.append(record)
        if record.refused is None:
            self.covered[namespace, record.operation, record.scenario, str(record.status)] += 1
        return record
