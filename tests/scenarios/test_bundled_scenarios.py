"""The bundled scenarios: over a real socket each does what its row in scenarios/README.md says."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mockserver.contract import Contract
from mockserver.delivery.plans import FixedDelay, PlannedFault
from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import ABSENT, Headers, Reply, Request
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.scenarios import Example
from mockserver.scenarios.format import load_folder
from mockserver.server import BackgroundServer
from mockserver.settings import Settings, bundled
from mockserver.web import create_app
from tests.support import markdown
from tests.support.state import memory_of

SCENARIOS = load_folder(bundled("scenarios"))
ORDINARY = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
PATH = "/v1/c/customer/{}/payment/session"
BODY = {"operation": "add_method", "address": True}
HEADERS = {"wb-key": "api_key_demo", "content-type": "application/json"}
# Timeouts in seconds: for a reply that must come, and for one that never comes.
PATIENCE = 20.0
IMPATIENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table in scenarios/README.md. `customer` is None if no customer id selects the scenario."""

    name: str
    sees: str
    statuses: tuple[str, ...]
    customer: str | None


def rows() -> Iterator[Row]:
    for name, sees, statuses, customer in markdown.rows("scenarios/README.md", "Scenarios"):
        yield Row(
            name=name.strip("`"),
            sees=sees,
            statuses=tuple(statuses.split(", ")),
            customer=customer.strip("`") if customer.startswith("`") else None,
        )


ROWS = list(rows())
RARE = [row for row in ROWS if row.customer is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a client saw of one exchange. `status` is "none" without a reply; `error` is what httpx raised."""

    status: str = "none"
    headers: httpx.Headers | None = None
    body: Any = ABSENT
    error: type[Exception] | None = None
    seconds: float = 0.0

    def field(self, name: str) -> str:
        assert self.headers is not None
        return str(self.headers.get(name, ""))


def see(client: httpx.Client, method: str, path: str, *, impatient: bool = False, **options: Any) -> Seen:
    """Send one request and return what the client saw, also after an error."""
    started = time.monotonic()
    seen: dict[str, Any] = {}
    try:
        timeout = IMPATIENCE if impatient else PATIENCE
        with client.stream(method, path, timeout=timeout, **options) as reply:
            seen |= {"status": str(reply.status_code), "headers": reply.headers}
            text = reply.read().decode()
        is_json = reply.headers.get("content-type") == "application/json"
        seen["body"] = json.loads(text) if text and is_json else text or ABSENT
    except (httpx.TransportError, ValueError) as error:
        seen["error"] = type(error)
    return Seen(**seen, seconds=time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class Played:
    """What a client saw of every scenario, selected by its name and by its customer id, and of every example."""

    by_name: dict[str, list[Seen]]
    by_customer: dict[str, list[Seen]]
    examples: dict[str, list[Seen]]


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """All exchanges, each scenario in its own namespace. They run concurrently, because some take seconds."""
    app = create_app(Settings(seed=1))
    with (
        BackgroundServer(app) as server,
        httpx.Client(base_url=server.url, headers=HEADERS) as client,
        ThreadPoolExecutor(max_workers=3 * len(ROWS)) as pool,
    ):

        def calls(row: Row, way: str, customer: str, **headers: str) -> list[Seen]:
            headers["mock-namespace"] = f"{row.name} by {way}"
            # One call more than the table has statuses shows that the last status stays.
            count = len(row.statuses) + (len(row.statuses) > 1)
            path = PATH.format(customer)
            hangs = row.name == "hangs"
            return [see(client, "POST", path, json=BODY, headers=headers, impatient=hangs) for _ in range(count)]

        def example(row: Row) -> list[Seen]:
            return [shown(client, row.name, each) for each in SCENARIOS[row.name].example]

        def settled(futures: dict[str, Future[list[Seen]]]) -> dict[str, list[Seen]]:
            return {name: future.result() for name, future in futures.items()}

        by_name = {row.name: pool.submit(calls, row, "name", ORDINARY, **{"mock-scenario": row.name}) for row in ROWS}
        by_customer = {row.name: pool.submit(calls, row, "customer", row.customer or ORDINARY) for row in ROWS}
        examples = {row.name: pool.submit(example, row) for row in ROWS}
        yield Played(settled(by_name), settled(by_customer), settled(examples))


def shown(client: httpx.Client, name: str, example: Example) -> Seen:
    """Send the request of an example unchanged."""
    request = example.request
    return see(
        client,
        request.method,
        request.path,
        impatient=example.fault == "hang",
        headers={"mock-namespace": f"{name} as the example shows", **request.headers},
        content=None if request.body is ABSENT else json.dumps(request.body),
    )


def test_the_table_is_complete() -> None:
    """Each file has one row, and the row has the text of `about`."""
    assert len(ROWS) == len({row.name for row in ROWS})
    assert {name: scenario.about for name, scenario in SCENARIOS.items()} == {row.name: row.sees for row in ROWS}


def test_each_scenario_has_its_own_customer_id() -> None:
    """Every scenario except happy_path can be selected by its own customer id."""
    assert {"happy_path"} == set(SCENARIOS) - {row.name for row in RARE}
    assert len(RARE) == len({row.customer for row in RARE})
    assert [] == [row.name for row in RARE if not re.fullmatch(r"Cust_0{8}-0{4}-4000-8000-\d{12}", row.customer or "")]


@pytest.mark.parametrize("way", ["by_name", "by_customer"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_statuses_are_those_of_the_table(played: Played, row: Row, way: str) -> None:
    """Selected by header or by customer id, the replies have the statuses of the table. The last status stays."""
    seen = [each.status for each in getattr(played, way)[row.name]]

    assert list(row.statuses) == seen[: len(row.statuses)]
    assert {row.statuses[-1]} == set(seen[len(row.statuses) - 1 :])


@pytest.mark.parametrize("way", ["by_name", "by_customer"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_reply_names_its_scenario(played: Played, row: Row, way: str) -> None:
    """Each reply has the header Mock-Scenario and is not a refusal."""
    heads = [each.headers for each in getattr(played, way)[row.name] if each.headers is not None]

    assert {row.name} >= {head["mock-scenario"] for head in heads}
    assert [] == [head["mock-refused"] for head in heads if "mock-refused" in head]


def is_session(seen: Seen) -> bool:
    return re.fullmatch("seti_[^_]+_secret_[^_]+", seen.body["setup_intent"]["stripe"]["client_secret"]) is not None


def is_feedback(seen: Seen) -> bool:
    return list(seen.body) == ["feedback"] and bool(seen.body["feedback"]["message"])


def is_page(seen: Seen) -> bool:
    return seen.field("content-type") == "text/html; charset=utf-8" and seen.body.startswith("<html>")


# What each row means for the replies. Most only look at the first reply.
MEANINGS: dict[str, Callable[[list[Seen]], bool]] = {
    "happy_path": lambda seen: is_session(seen[0]),
    "provider_authorize": lambda seen: (
        seen[0].body["provider"] == "authorize" and seen[0].body["setup_intent"]["stripe"] is None
    ),
    "provider_self_handled": lambda seen: (
        seen[0].body["provider"] == "self_handled" and seen[0].body["setup_intent"] is None
    ),
    "setup_intent_missing": lambda seen: seen[0].body["provider"] == "stripe" and "setup_intent" not in seen[0].body,
    "nulls_where_nullable": lambda seen: seen[0].body["setup_intent"] is None,
    "card_declined": lambda seen: is_session(seen[0]),
    "insufficient_funds": lambda seen: is_session(seen[0]),
    "expired_card": lambda seen: is_session(seen[0]),
    "incorrect_cvc": lambda seen: is_session(seen[0]),
    "processing_error": lambda seen: is_session(seen[0]),
    "authentication_required": lambda seen: is_session(seen[0]),
    "authentication_fails": lambda seen: is_session(seen[0]),
    "authentication_passes": lambda seen: is_session(seen[0]),
    "session_expired": lambda seen: is_session(seen[0]),
    "confirm_processing": lambda seen: is_session(seen[0]),
    "confirm_slow": lambda seen: is_session(seen[0]),
    "confirm_connection_reset": lambda seen: is_session(seen[0]),
    "sepa_debit": lambda seen: is_session(seen[0]),
    "invalid_api_key": lambda seen: is_feedback(seen[0]) and "wb-key" in seen[0].field("www-authenticate"),
    "unknown_customer": lambda seen: is_feedback(seen[0]),
    "validation_rejected": lambda seen: is_feedback(seen[0]),
    "rate_limited": lambda seen: is_feedback(seen[0]) and seen[0].field("retry-after") == "1" and is_session(seen[1]),
    "server_error": lambda seen: is_feedback(seen[0]),
    "retry_after_503": lambda seen: (
        [each.field("retry-after") for each in seen] == ["1", "1", "", ""] and is_session(seen[2])
    ),
    "maintenance": lambda seen: is_page(seen[0]) and seen[0].field("retry-after") == "120",
    "gateway_timeout": lambda seen: is_page(seen[0]) and seen[0].seconds > 0.9,
    "slow": lambda seen: is_session(seen[0]) and seen[0].seconds > 1.9,
    "hangs": lambda seen: seen[0].error is httpx.ReadTimeout,
    "connection_reset": lambda seen: seen[0].error is httpx.ReadError,
    "empty_reply": lambda seen: seen[0].error is httpx.RemoteProtocolError,
    "truncated_body": lambda seen: seen[0].error is httpx.RemoteProtocolError,
    "malformed_json": lambda seen: seen[0].error is json.JSONDecodeError,
    "breaks_contract": lambda seen: (
        (seen[0].body["provider"], seen[0].body["token"], seen[0].body["status"]) == ("paypal", 42, None)
    ),
}


def test_every_row_has_a_meaning() -> None:
    """The table above has a line for each scenario."""
    assert list(MEANINGS) == [row.name for row in ROWS]


@pytest.mark.parametrize("name", MEANINGS)
def test_the_client_sees_what_the_row_says(played: Played, name: str) -> None:
    """Bodies, headers, errors and durations are as the row says."""
    assert MEANINGS[name](played.by_name[name])
    assert MEANINGS[name](played.by_customer[name])


FAULTS: dict[str, tuple[str, type[Exception]]] = {
    "hang": ("none", httpx.ReadTimeout),
    "connection_reset": ("none", httpx.ReadError),
    "empty_reply": ("none", httpx.RemoteProtocolError),
    "truncated_body": ("200", httpx.RemoteProtocolError),
    "malformed_json": ("200", json.JSONDecodeError),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_examples_hold_over_http(played: Played, name: str) -> None:
    """The request of each example gets the reply or fault of the example, without a selecting header."""
    assert SCENARIOS[name].example
    for example, seen in zip(SCENARIOS[name].example, played.examples[name], strict=True):
        if example.reply is None:
            assert FAULTS[str(example.fault)] == (seen.status, seen.error)
        else:
            assert seen.headers is not None
            assert [] == example.reply.misses(int(seen.status), Headers(seen.headers.items()), seen.body)


CONFIRMATIONS = {
    "happy_path": ConfirmOutcome(kind="test_card"),
    "card_declined": ConfirmOutcome(kind="decline", detail="generic_decline"),
    "insufficient_funds": ConfirmOutcome(kind="decline", detail="insufficient_funds"),
    "expired_card": ConfirmOutcome(kind="decline", detail="expired_card"),
    "incorrect_cvc": ConfirmOutcome(kind="decline", detail="incorrect_cvc"),
    "processing_error": ConfirmOutcome(kind="decline", detail="processing_error"),
    "authentication_required": ConfirmOutcome(kind="authenticate", detail="challenge"),
    "authentication_fails": ConfirmOutcome(kind="authenticate", detail="fail"),
    "authentication_passes": ConfirmOutcome(kind="authenticate", detail="pass"),
    "session_expired": ConfirmOutcome(kind="expired"),
    "confirm_processing": ConfirmOutcome(kind="processing"),
    "confirm_slow": ConfirmOutcome(kind="test_card", delay=FixedDelay(2.0)),
    "confirm_connection_reset": ConfirmOutcome(kind="fault", fault=PlannedFault(kind="connection_reset")),
    "sepa_debit": ConfirmOutcome(kind="test_card"),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine with the bundled contract and scenarios."""
    return load_engine(Settings(seed=1))


def answer(engine: Engine, name: str, *, namespace: str, **members: Any) -> Reply | None:
    """The reply to a request with a scenario; None if the outcome is a fault."""
    headers = HEADERS | {"mock-scenario": name, "mock-namespace": namespace}
    body = json.dumps(BODY | {member: value for member, value in members.items() if value is not ABSENT}).encode()
    outcome = engine.handle(
        Request(method="POST", path=PATH.format(ORDINARY), headers=Headers(headers.items()), body=body)
    )
    return outcome if isinstance(outcome, Reply) else None


@pytest.mark.parametrize("name", CONFIRMATIONS)
def test_the_session_stores_the_outcome(engine: Engine, name: str) -> None:
    """A scenario about confirmations changes nothing at first: the payment session stores its outcome."""
    reply = answer(engine, name, namespace=f"confirm {name}")
    assert reply is not None
    session = memory_of(engine).payment_sessions.get(f"name:confirm {name}", json.loads(reply.body)["token"])

    assert session is not None
    assert CONFIRMATIONS[name] == session.on_confirm


REQUESTS = [
    {"provider": provider, "address": address, "detach_previous_on_success": detach}
    for provider, address, detach in itertools.product(
        [ABSENT, None, "stripe", "authorize", "self_handled"], [True, False], [ABSENT, None, True, False]
    )
]
PROVIDER = {"provider_authorize": "authorize", "provider_self_handled": "self_handled"}


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "breaks_contract"])
def test_sessions_follow_the_request(engine: Engine, name: str) -> None:
    """No scenario refuses a valid request. A payment session has the customer, address and so on of the request."""
    for number, members in enumerate(REQUESTS):
        for _ in range(3):
            reply = answer(engine, name, namespace=f"{name} {number}", **members)
            if reply is None:
                continue
            assert "mock-refused" not in Headers(reply.headers)
            if reply.status == 200:
                session = json.loads(reply.body)
                expected = {
                    "customer_id": ORDINARY,
                    "provider": PROVIDER.get(name, members["provider"] or "stripe"),
                    "operation": "add_method",
                    "address": members["address"],
                    "detach_previous_on_success": members["detach_previous_on_success"] is True,
                }
                intent = session.get("setup_intent") or session

                assert expected == {member: session[member] for member in expected}
                assert (ORDINARY, members["address"]) == (intent["customer_id"], intent["address"])
                assert session["wb_customer_id"] == intent["wb_customer_id"]


def test_off_contract_is_off_contract() -> None:
    """Exactly the replies that break the contract have `off_contract`. breaks_contract breaks it in three ways."""
    contract = Contract.load(bundled("spec") / "wingback.yaml")
    engine = load_engine(Settings(seed=1))
    broken_by: dict[str, bool] = {}
    for name in SCENARIOS:
        reply = answer(engine, name, namespace=name)
        if reply is not None:
            broken = contract.reply_violations("c_create_payment_session", reply)
            broken_by[name] = broken != []
            if name == "breaks_contract":
                assert {"/provider", "/token", "/status"} == {violation.pointer for violation in broken}
    entries = {entry.scenario: entry.off_contract is not None for entry in engine.state.journal}

    assert broken_by == {name: entries[name] for name in broken_by}
    assert {name for name, is_broken in broken_by.items() if is_broken} == {
        row.name for row in ROWS if row.statuses[0] not in ("200", "none")
    } | {"breaks_contract"}
