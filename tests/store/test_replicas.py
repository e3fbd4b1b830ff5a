"""Several servers with one store behave like one server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mockserver.settings import Settings
from tests.store.replicas import Replicas
from tests.support.mock import CREATE, Mock, mock_of
from tests.support.shop import prepared
from tests.support.stores import CLUSTER, ONE_SLOT, StoreServer

STORES = ("redis", "valkey", CLUSTER, ONE_SLOT)

SCENARIO = {"mock-scenario": "retry_after_503"}
BODY = {"operation": "add_method", "address": True}
SESSION = "/v1/c/customer/Cust_1/payment/session"


def stripe_call(mock: Mock, session: dict[str, Any], action: str, **parameters: str) -> httpx.Response:
    """A call about the setup intent of a payment session, as its page makes it."""
    stripe = session["setup_intent"]["stripe"]
    name = stripe["client_secret"].partition("_secret_")[0]
    headers = {"authorization": f"Bearer {stripe['pk_key']}", "stripe-account": stripe["connected_account_id"]}
    headers |= {"idempotency-key": parameters.pop("idempotency_key")} if "idempotency_key" in parameters else {}
    form = {"client_secret": stripe["client_secret"], **parameters}
    if not action:
        return httpx.get(f"{mock.url}/v1/setup_intents/{name}", params=form, headers=headers)
    return httpx.post(f"{mock.url}/v1/setup_intents/{name}/{action}", data=form, headers=headers)


def test_sequences(replicas: Replicas) -> None:
    """A sequence continues on every replica."""
    statuses = [replicas[number].http.post(SESSION, json=BODY, headers=SCENARIO).status_code for number in range(4)]
    assert [503, 503, 200, 200] == statuses


def test_promise_4_the_bytes_of_one_server(replicas: Replicas) -> None:
    """Alternating replicas give the bytes that a server with state in memory gives."""
    with mock_of(Settings(seed=1)) as single:
        expected = [single.create(address=number % 2 == 0) for number in range(6)]
    found = [replicas[number].create(address=number % 2 == 0) for number in range(6)]

    assert [each.content for each in expected] == [each.content for each in found]
    assert [each.headers["mock-entry"] for each in expected] == [each.headers["mock-entry"] for each in found]


def test_concurrent_callers(replicas: Replicas) -> None:
    """Concurrent calls in one namespace on all replicas are counted once each, and all of them are in the journal."""
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: replicas[number].create(), range(90)))
    numbers = sorted(int(each.headers["mock-entry"].rpartition("-")[2]) for each in replies)
    entries = replicas[0].get("journal")["entries"]

    assert {200} == {each.status_code for each in replies}
    assert list(range(1, 91)) == numbers
    assert [each["id"].rpartition("-")[2] for each in entries] == [str(number) for number in range(1, 91)]
    assert 90 == len({each.json()["token"] for each in replies}) == replicas[1].get("payment-sessions")["count"]


@pytest.mark.parametrize("customer", ["Cust_1", "Cust 1 ä"])
def test_a_setup_intent(replicas: Replicas, customer: str) -> None:
    """One replica creates it, the second one confirms it, and the third one knows its result."""
    path = f"/v1/c/customer/{quote(customer)}/payment"
    session = replicas[0].create(f"{path}/session").json()
    confirmed = stripe_call(replicas[1], session, "confirm", payment_method="pm_card_visa")
    stored = replicas[2].get(f"payment-sessions/{session['token']}")["payment_session"]
    saved = replicas[0].http.get(f"{path}/method").json()

    assert "succeeded" == confirmed.json()["status"] == stripe_call(replicas[2], session, "").json()["status"]
    assert ("succeeded", 1) == (stored["status"], len(saved))


def test_idempotent_replies(replicas: Replicas) -> None:
    """A repeated Idempotency-Key is answered by another replica with the stored reply."""
    session = replicas[0].create().json()
    first, second = (
        stripe_call(replicas[number], session, "confirm", payment_method="pm_card_visa", idempotency_key="k")
        for number in (0, 1)
    )

    assert (200, first.content) == (second.status_code, second.content)
    assert "true" == second.headers["idempotent-replayed"]


def test_payment_methods_of_another_replica(replicas: Replicas) -> None:
    """A payment method that one replica creates can be used on another one."""
    session = replicas[0].create().json()
    stripe = session["setup_intent"]["stripe"]
    data = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2034"}
    headers = {"authorization": f"Bearer {stripe['pk_key']}"}
    created = httpx.post(f"{replicas[1].url}/v1/payment_methods", data=data | {"card[cvc]": "123"}, headers=headers)
    confirmed = stripe_call(replicas[2], session, "confirm", payment_method=created.json()["id"])

    assert (200, 200, "succeeded") == (created.status_code, confirmed.status_code, confirmed.json()["status"])


# What one replica does, and what another one then shows.
SETTINGS: dict[str, tuple[Callable[[Mock], object], Callable[[Mock], object], object]] = {
    "a scenario of the namespace": (
        lambda mock: mock.activate("maintenance"),
        lambda mock: mock.get("scenarios")["activated"],
        {"server": None, "namespace": "maintenance"},
    ),
    "a scenario of the server": (
        lambda mock: mock.caller(None).activate("maintenance"),
        lambda mock: mock.get("scenarios")["activated"],
        {"server": "maintenance", "namespace": None},
    ),
    "strictness": (
        lambda mock: mock.http.put("/__mock/strict", json={"strict": True}),
        lambda mock: mock.http.post(SESSION, json=BODY | {"adress": True}).headers.get("mock-refused"),
        "contract-violation",
    ),
    "a reset": (
        lambda mock: (mock.create(), mock.http.post("/__mock/reset")),
        lambda mock: (mock.get("journal")["count"], mock.get("payment-sessions")["count"]),
        (0, 0),
    ),
    "a reset of the server": (
        lambda mock: (mock.create(), mock.caller(None).http.post("/__mock/reset")),
        lambda mock: (mock.get("journal")["count"], mock.create().headers["mock-entry"].rpartition("-")[2]),
        (0, "1"),
    ),
    "the coverage": (
        lambda mock: (mock.create(), mock.create()),
        lambda mock: [cell["count"] for cell in mock.get("coverage")["cells"] if cell["count"]],
        [2],
    ),
    "a verification": (
        lambda mock: mock.create(),
        lambda mock: mock.verify(operation=CREATE, header={"wb-key": "api_key_demo"}, count=1).status_code,
        200,
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_what_another_replica_has_done(replicas: Replicas, case: str) -> None:
    """Every replica shows the same state."""
    act, look, expected = SETTINGS[case]
    # From now on, the replica remembers the state before the change.
    look(replicas[1])
    act(replicas[0])
    assert expected == look(replicas[1])
    assert expected == look(replicas[1]) or case == "a reset of the server"


def test_a_seed_of_a_reset(replicas: Replicas) -> None:
    """After a reset with a seed, all replicas make up the values of that seed."""
    with mock_of(Settings(seed=7)) as seeded:
        expected = seeded.create().json()["token"]
    replicas[0].http.post("/__mock/reset", json={"seed": 7})
    assert expected == replicas[1].create().json()["token"]


def test_replicas_without_a_seed_agree_on_one(store: StoreServer) -> None:
    """Without --seed, equal keys on two replicas make up different values, and a reset repeats them anywhere."""
    with Replicas(store.url, seed=None) as replicas:
        first = replicas[0].create().json()["token"]
        replicas[1].http.post("/__mock/reset")
        assert first == replicas[2].create().json()["token"]


def ids_of_events(lines: Iterator[str], count: int) -> list[str]:
    """The ids of the next entries of a stream, given its lines. A gap counts, too."""
    found: list[str] = []
    while len(found) < count:
        line = next(lines)
        if line.startswith("event: gap"):
            found.append("a gap")
        if line.startswith("data: ") and "id" in (data := json.loads(line.removeprefix("data: "))):
            found.append(data["id"])
    return found


def test_events_of_another_replica(replicas: Replicas) -> None:
    """A listener gets the entries of all replicas, each once and in order."""
    with replicas[0].http.stream("GET", "/__mock/events") as events:
        made = [replicas[number].create().headers["mock-entry"] for number in range(6)]
        assert made == ids_of_events(events.iter_lines(), len(made))


@pytest.mark.parametrize("protocol", [2, 3])
def test_the_version_of_the_protocol(store: StoreServer, protocol: int) -> None:
    """The URL can choose the version of the protocol of Redis. Some replies have another form in the third one."""
    with Replicas(f"{store.url}{'&' if '?' in store.url else '?'}protocol={protocol}", count=2) as replicas:
        one, two = replicas.all
        with one.http.stream("GET", "/__mock/events") as events:
            made = [two.create().headers["mock-entry"] for _ in range(3)]
            assert made == ids_of_events(events.iter_lines(), 3)
        setup = prepared(one)
        confirmed = setup.at(two).confirm()
        counts = [two.get(name)["count"] for name in ("journal", "payment-sessions")]
        covered = [cell["count"] for cell in two.get("coverage")["cells"] if cell["operation"] == CREATE]
        metrics = two.http.get("/__mock/metrics").text
        assert 204 == two.caller(None).http.post("/__mock/reset").status_code
        after = one.get("journal")["count"]

    assert "succeeded" == confirmed.json()["status"]
    # Four creates and a confirmation.
    assert [5, 4] == counts
    assert 4 == sum(covered)
    assert "mockserver_payment_sessions 4.0" in metrics
    assert 0 == after


def test_events_of_a_store_that_was_emptied(store: StoreServer) -> None:
    """A listener gets the entries that were made after that, and a new listener gets no others."""
    with Replicas(store.url, count=2) as replicas:
        one, two = (replicas[number].caller(None) for number in range(2))
        with one.http.stream("GET", "/__mock/events") as events:
            lines = events.iter_lines()
            for caller in ("api_key_1", "api_key_2"):
                made = [two.caller(caller).create().headers["mock-entry"] for _ in range(6)]
                assert made == ids_of_events(lines, 6)
                store.client.flushall()
        with one.http.stream("GET", "/__mock/events") as events:
            made = [two.caller("api_key_3").create().headers["mock-entry"] for _ in range(6)]
            assert made == ids_of_events(events.iter_lines(), 6)


def test_promise_10_namespaces_stay_apart(replicas: Replicas) -> None:
    """Many callers on all replicas at once: each finds its own calls and sessions, and no others."""
    callers = [[replicas[number].caller(f"api_key_{name}") for number in range(3)] for name in range(20)]

    def call(name: int) -> None:
        for number in range(6):
            callers[name][number % 3].create(f"/v1/c/customer/Cust_{name}/payment/session")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(20)))
    for name, (first, *_) in enumerate(callers):
        sessions = first.get("payment-sessions")["payment_sessions"]
        assert {f"Cust_{name}": 6} == Counter(each["payment_session"]["customer_id"] for each in sessions)
        assert 6 == first.get("journal")["count"]
