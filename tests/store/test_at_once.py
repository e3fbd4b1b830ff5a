"""Calls that reach several servers at the same time have the effects of calls one after another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx
import pytest

from tests.store.replicas import Replicas
from tests.support.mock import CREATE, Mock
from tests.support.shop import SECRET_KEY, prepared
from tests.support.stores import StoreServer

RETRY = "/v1/c/customer/Cust_00000000-0000-4000-8000-000000000503/payment/session"

Result = TypeVar("Result")


@pytest.fixture(scope="module")
def servers(server: StoreServer) -> Iterator[list[Mock]]:
    with Replicas(server.url) as replicas:
        yield replicas.all


@pytest.fixture
def mocks(servers: list[Mock]) -> list[Mock]:
    """Three servers, in their initial state."""
    servers[0].restore()
    return servers


def at_once(count: int, call: Callable[[int], Result]) -> list[Result]:
    """The results of calls that begin together."""
    barrier = threading.Barrier(count)

    def wait_and_call(number: int) -> Result:
        barrier.wait(30)
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_call, range(count)))


def created_at_once(callers: list[Mock]) -> list[httpx.Response]:
    """The replies to creates that begin together, one for each caller."""
    return at_once(len(callers), lambda number: callers[number].create())


def test_a_sequence(mocks: list[Mock]) -> None:
    """Of many calls, exactly two get the stub with `times: 2`."""
    statuses = at_once(12, lambda number: mocks[number % 3].create(RETRY).status_code)
    assert [200] * 10 + [503] * 2 == sorted(statuses)


@pytest.mark.parametrize("together", [1, 2], ids=["each in its own", "two in each"])
def test_new_namespaces_after_an_activation(mocks: list[Mock], together: int) -> None:
    """The first requests of new namespaces are answered by a scenario that another server has just activated."""
    names = ["maintenance", "happy_path"] * 4
    found = []
    for turn, name in enumerate(names):
        assert 200 == mocks[turn % 3].caller(None).activate(name).status_code
        callers = [mocks[number % 3].caller(f"api_key_{turn}_{number // together}") for number in range(6)]
        replies = created_at_once(callers)
        found.append({(each.status_code, each.headers["mock-scenario"]) for each in replies})

    assert [{(503 if name == "maintenance" else 200, name)} for name in names] == found


def test_confirmations(mocks: list[Mock]) -> None:
    """A setup intent is confirmed once, and saves one payment method."""
    setup = prepared(mocks[0])
    everywhere = [setup.at(mock) for mock in (*mocks, *mocks)]
    statuses = at_once(6, lambda number: everywhere[number].confirm().status_code)

    assert [200] + [400] * 5 == sorted(statuses)
    assert 1 == len(setup.saved())


@pytest.mark.parametrize("key", [None, SECRET_KEY], ids=["page", "backend"])
def test_repeated_confirmations(mocks: list[Mock], key: str | None) -> None:
    """All calls with one Idempotency-Key get the reply to the first one.

    The session of a backend call and the stored reply can be in two namespaces.
    """
    setup = prepared(mocks[0])
    everywhere = [setup.at(mock) for mock in (*mocks, *mocks)]
    fields, headers = {"payment_method": "pm_card_visa"}, {"idempotency-key": "k1"}
    headers |= {"authorization": f"Bearer {key}"} if key else {}
    replies = at_once(6, lambda number: everywhere[number].call("confirm", fields, **headers))

    assert {(200, replies[0].content)} == {(reply.status_code, reply.content) for reply in replies}
    assert 5 == [reply.headers.get("idempotent-replayed") for reply in replies].count("true")
    assert 1 == len(setup.saved())


def test_resets_and_calls(mocks: list[Mock]) -> None:
    """Whatever a reset meets, each call is answered, and the journal has the calls since the last reset, in order."""

    def call(number: int) -> int:
        if number % 6 == 0:
            return mocks[number % 3].http.post("/__mock/reset").status_code
        return mocks[number % 3].create().status_code

    statuses = at_once(24, call)
    numbers = [int(entry["id"].rpartition("-")[2]) for entry in mocks[1].get("journal")["entries"]]

    assert [200] * 20 + [204] * 4 == sorted(statuses)
    assert list(range(1, len(numbers) + 1)) == numbers
    assert len(numbers) == mocks[2].get("payment-sessions")["count"]
    assert numbers[-1:] == [len(numbers)] or not numbers


def test_resets_of_everything(mocks: list[Mock]) -> None:
    """After resets during calls, each namespace has as many journal entries as payment sessions."""
    callers = [f"api_key_{number}" for number in range(4)]

    def call(number: int) -> int:
        mock = mocks[number % 3]
        if number % 9 == 0:
            return mock.caller(None).http.post("/__mock/reset").status_code
        return mock.caller(callers[number % 4]).create().status_code

    statuses = at_once(36, call)
    last = [mocks[number % 3].caller(caller).create().status_code for number, caller in enumerate(callers)]

    assert [200] * 32 + [204] * 4 == sorted(statuses)
    assert [200] * 4 == last
    for caller in callers:
        for mock in mocks:
            own = mock.caller(caller)
            numbers = [int(entry["id"].rpartition("-")[2]) for entry in own.get("journal")["entries"]]
            assert list(range(1, len(numbers) + 1)) == numbers
            assert len(numbers) == own.get("payment-sessions")["count"] > 0


def test_an_activation_for_all(mocks: list[Mock]) -> None:
    """After the reply to an activation, every server uses the scenario for new requests, even under load."""
    for caller in range(6):
        mocks[0].caller(f"api_key_{caller}").create()
    busy, activated = threading.Event(), threading.Event()

    def call(number: int) -> list[tuple[bool, int]]:
        caller = mocks[number % 3].caller(f"api_key_{number // 3}")
        found = [(activated.is_set(), caller.create().status_code)]
        busy.set()
        return found + [(activated.is_set(), caller.create().status_code) for _ in range(12)]

    def activate() -> list[tuple[bool, int]]:
        busy.wait(10)
        reply = mocks[1].caller(None).activate("maintenance")
        activated.set()
        return [(True, reply.status_code + 303)]

    calls = at_once(25, lambda number: activate() if number == 24 else call(number))

    assert {(True, 503)} == {each for found in calls for each in found if each[0]}
    assert {200, 503} == {status for found in calls for _, status in found}


def test_a_challenge(mocks: list[Mock]) -> None:
    """A challenge that one server has begun is known on the others."""
    one, two, three = mocks
    setup = prepared(one)
    assert "requires_action" == setup.at(two).confirm("4000002500003155").json()["status"]
    assert "requires_action" == setup.at(three).retrieve().json()["status"]


def test_metrics(mocks: list[Mock]) -> None:
    """Every server shows the calls of all."""
    before = counted(mocks[0])
    for mock in mocks:
        mock.create()
    assert [before + 3] * 3 == [counted(mock) for mock in mocks]


def counted(mock: Mock) -> float:
    """How many payment sessions the metrics say were created."""
    start = f'mockserver_decision_seconds_count{{operation="{CREATE}"}}'
    lines = mock.http.get("/__mock/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))
