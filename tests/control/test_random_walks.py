"""Random walks: calls in any order, compared with an independent model of the mock's state.

The walks are the same in every run and have a fixed number of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.model import (
    ANONYMOUS,
    CONFIRM,
    CREATE,
    CUSTOMER_OF_SCENARIO,
    SCENARIOS,
    SERVER,
    Call,
    Model,
    Record,
    files,
)
from tests.support.scenario_files import write
from tests.support.shop import SECRET_KEY

SEED = 1
WALKS, STEPS = 8, 150
CREDENTIALS: Mapping[str | None, dict[str, str]] = {
    SERVER: {},
    "one": {"wb-key": "api_key_one"},
    "two": {"wb-key": "api_key_two"},
    "named": {"wb-key": "api_key_one", "mock-namespace": "named"},
}
NAMESPACES = [name for name in CREDENTIALS if name is not SERVER]

SCOPES = [*NAMESPACES, SERVER]
Step = tuple[str, dict[str, Any]]


class Steps:
    """Random steps: the name of a method of Walk, and its arguments. The same seed gives the same steps."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def __iter__(self) -> Iterator[Step]:
        one_of = self._random.choice
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "create": lambda: {"caller": one_of([*NAMESPACES, ANONYMOUS]), "call": self._call()},
            "confirm": lambda: {"number": self._random.randint(0, 20), "declined": one_of([True, False])},
            "activate": lambda: {"scope": one_of(SCOPES), "name": one_of([*SCENARIOS, None, None, "nobody"])},
            "reset": lambda: {"scope": one_of(SCOPES), "seed": one_of([None, None, 7])},
            "verify": lambda: {"scope": one_of(SCOPES), "expected": self._expected(), "count": one_of(range(4))},
            "verify_order": lambda: {
                "scope": one_of(SCOPES),
                "expected": [self._expected() for _ in range(one_of([1, 2]))],
            },
            "journal": lambda: {
                "scope": one_of(SCOPES),
                "scenario": one_of([None, None, *SCENARIOS]),
                "refused": one_of([None, None, "true", "no-stub"]),
            },
            "payment_sessions": lambda: {"scope": one_of(SCOPES)},
            "coverage": lambda: {"scope": one_of(SCOPES)},
            "activated": lambda: {"scope": one_of(SCOPES)},
        }
        for name in self._random.choices([*makers], weights=[8, 3, 2, 1, 2, 2, 2, 1, 1, 1], k=STEPS):
            yield name, makers[name]()

    def _call(self) -> Call:
        one_of = self._random.choice
        return Call(
            customer=one_of(["Cust_1", CUSTOMER_OF_SCENARIO]),
            provider=one_of(["stripe", "self_handled"]),
            # Half of the calls leave the choice to the mock.
            scenario=one_of([*[None] * len(SCENARIOS), *SCENARIOS, "nobody"]),
            valid=one_of([True, True, True, False]),
        )

    def _expected(self) -> dict[str, Any]:
        members: dict[str, list[Any]] = {
            "operation": [CREATE, CONFIRM],
            "scenario": [*SCENARIOS],
            "body": [{"provider": "stripe"}, {"provider": "self_handled"}],
        }
        names = self._random.sample([*members], self._random.randint(0, len(members)))
        return {name: self._random.choice(members[name]) for name in names}


class Walk:
    """One walk. Every step makes one call of the mock and of the model, and compares the results."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock
        assert 204 == self._control(SERVER, "POST", "reset", {}).status_code
        self.model = Model(seed=SEED)
        self.setup_intents: list[str] = []
        # Equal for equal numbers and requests, different for others; kept over resets.
        self.tokens: dict[tuple[object, ...], str] = {}
        self.covered_before = {scope: self._covered(scope) for scope in CREDENTIALS}

    def create(self, caller: str, call: Call) -> None:
        headers = {} if caller == ANONYMOUS else CREDENTIALS[caller]
        named = {"mock-scenario": call.scenario} if call.scenario else {}
        path = f"/v1/c/customer/{call.customer}/payment/session"
        reply = self.mock.http.post(path, json=call.body(), headers={**headers, **named})
        record = self.model.create(caller, call)

        assert self._shown(record) == (
            reply.status_code,
            *(reply.headers.get(name) for name in ("mock-scenario", "mock-stub", "mock-refused")),
            int(reply.headers["mock-entry"].rpartition("-")[2]),
        )
        if reply.status_code == 200:
            self._remember(record, call, reply.json())

    def confirm(self, number: int, *, declined: bool) -> None:
        """Confirm one of the setup intents so far; they are numbered from the newest on."""
        id_ = ["seti_unknown", *self.setup_intents][-1 - number % (len(self.setup_intents) + 1)]
        card = "pm_card_chargeDeclined" if declined else "pm_card_visa"
        headers = {"authorization": f"Bearer {SECRET_KEY}"}
        reply = self.mock.http.post(f"/v1/setup_intents/{id_}/confirm", data={"payment_method": card}, headers=headers)
        record = self.model.confirm(id_, declined=declined)

        assert (record.status, record.scenario) == (reply.status_code, reply.headers.get("mock-scenario"))

    def activate(self, scope: str | None, name: str | None) -> None:
        reply = self._control(scope, "PUT", "scenario", {"name": name})

        assert self.model.activate(scope, name) == reply.status_code

    def reset(self, scope: str | None, seed: int | None) -> None:
        reply = self._control(scope, "POST", "reset", {} if seed is None else {"seed": seed})
        self.model.reset(scope, seed)

        assert 204 == reply.status_code

    def verify(self, scope: str | None, expected: dict[str, Any], count: int) -> None:
        reply = self._control(scope, "POST", "verify", {**expected, "count": count})
        found = self.model.seen(scope, lambda record: record.matches(expected))

        assert (200 if len(found) == count else 409) == reply.status_code
        assert [record.number for record in found] == _numbers(reply.json()["found"])

    def verify_order(self, scope: str | None, expected: list[dict[str, Any]]) -> None:
        reply = self._control(scope, "POST", "verify", {"in_order": expected})

        assert (200 if self.model.in_order(scope, expected) else 409) == reply.status_code

    def journal(self, scope: str | None, scenario: str | None, refused: str | None) -> None:
        query = {"scenario": scenario, "refused": refused}
        entries = self._get(scope, "journal", {name: value for name, value in query.items() if value})["entries"]
        expected = self.model.seen(
            scope,
            lambda record: (
                scenario in (None, record.scenario)
                and (refused is None or record.refused == refused or (refused == "true" and record.refused is not None))
            ),
        )

        assert [self._shown(record) for record in expected] == [
            (
                entry["reply"]["status"],
                *(entry[name] for name in ("scenario", "stub", "refused")),
                *_numbers([entry["id"]]),
            )
            for entry in entries
        ]

    def payment_sessions(self, scope: str | None) -> None:
        listed = [each["payment_session"] for each in self._get(scope, "payment-sessions")["payment_sessions"]]
        stripe = [each for each in listed if each["provider"] == "stripe"]
        states = [state for namespace, _, state in self.model.sessions.values() if scope in (SERVER, namespace)]

        assert states == [each["status"] for each in stripe]

    def coverage(self, scope: str | None) -> None:
        covered = self._covered(scope)
        expected = dict(self.covered_before[scope])
        for (namespace, *cell), count in self.model.covered.items():
            if scope in (SERVER, namespace):
                expected[tuple(cell)] = expected.get(tuple(cell), 0) + count

        assert expected == covered

    def activated(self, scope: str | None) -> None:
        server = self.model.activated.get(SERVER)
        own = None if scope is SERVER else self.model.activated.get(scope)

        assert {"server": server, "namespace": own} == self._get(scope, "scenarios")["activated"]

    @staticmethod
    def _shown(record: Record) -> tuple[int, str | None, str | None, str | None, int]:
        return record.status, record.scenario, record.stub, record.refused, record.number

    def _remember(self, record: Record, call: Call, session: dict[str, Any]) -> None:
        """The same seed, namespace, number and request give the same token; others give another one."""
        key = (record.seed, record.namespace, record.number, record.scenario, call)
        others = {token for other, token in self.tokens.items() if other[:3] != key[:3]}
        assert session["token"] == self.tokens.setdefault(key, session["token"])
        assert session["token"] not in others
        if call.provider == "stripe":
            id_ = session["setup_intent"]["stripe"]["client_secret"].partition("_secret_")[0]
            self.model.sessions[id_] = (record.namespace, str(record.scenario), "created")
            if id_ not in self.setup_intents:
                self.setup_intents.append(id_)

    def _covered(self, scope: str | None) -> dict[tuple[str | None, ...], int]:
        cells = self._get(scope, "coverage")["cells"]
        return {
            (cell["operation"], cell["scenario"], cell["outcome"]): cell["count"] for cell in cells if cell["count"]
        }

    def _control(self, scope: str | None, method: str, call: str, body: Any) -> httpx.Response:
        return self.mock.http.request(method, f"/__mock/{call}", json=body, headers=CREDENTIALS[scope])

    def _get(self, scope: str | None, call: str, query: Mapping[str, str] | None = None) -> Any:
        reply = self.mock.http.get(f"/__mock/{call}", params=query, headers=CREDENTIALS[scope])
        assert 200 == reply.status_code, reply.text
        return reply.json()


def _numbers(ids: list[str]) -> list[int]:
    return [int(id_.rpartition("-")[2]) for id_ in ids]


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A mock with the scenarios of the model, and a caller without a key."""
    folder: Path = write(tmp_path_factory.mktemp("scenarios"), **files())
    with mock_of(Settings(seed=SEED, scenarios=folder)) as mock:
        yield mock.caller(None)


@pytest.mark.parametrize("seed", range(WALKS))
def test_random_walks(shared_mock: Mock, seed: int) -> None:
    """Whatever was called before, each call has the result that the documents describe."""
    walk, made = Walk(shared_mock), list[str]()
    for name, members in Steps(seed):
        made.append(f"{name} {members}")
        try:
            getattr(walk, name)(**members)
        except AssertionError as error:
            error.add_note("\n".join(["The steps:", *made]))
            raise
