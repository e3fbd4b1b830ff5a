"""A store that does not answer, loses its data or refuses to write: clear replies, and nothing that stays broken."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockserver.errors import StoreUnavailableError
from mockserver.store import SharedState
from mockserver.store.records import FORMAT, FORMAT_WITH_SLOTS
from tests.store.replicas import Replicas
from tests.store.test_replicas import stripe_call
from tests.support.command import run
from tests.support.mock import Mock
from tests.support.shop import prepared
from tests.support.stores import PREFIX, StoreServer

UNAVAILABLE = (503, "store-unavailable")

# What every kind of request gets while the store is away.
REQUESTS: dict[str, Callable[[Mock], httpx.Response]] = {
    "the contract": lambda mock: mock.create(),
    "an unknown path": lambda mock: mock.http.get("/unknown"),
    "the saved payment methods": lambda mock: mock.http.get("/v1/c/customer/Cust_1/payment/method"),
    "Stripe": lambda mock: mock.http.get("/v1/setup_intents/seti_1", headers={"authorization": "Bearer sk_test_1"}),
    "the journal": lambda mock: mock.http.get("/__mock/journal"),
    "a verification": lambda mock: mock.verify(at_least=0),
    "an activation": lambda mock: mock.activate("maintenance"),
    "a reset": lambda mock: mock.http.post("/__mock/reset"),
    "a session of a token": lambda mock: mock.http.get("/__mock/wingback/payment-sessions/x"),
    "readiness": lambda mock: mock.http.get("/__mock/health/ready"),
    "health": lambda mock: mock.http.get("/__mock/health"),
}


def test_promise_1_a_store_that_is_gone(store: StoreServer) -> None:
    """Everything that needs state is refused, the rest is served; when the store comes back, so does the mock."""
    with Replicas(store.url, count=1) as replicas:
        mock = replicas[0]
        assert 200 == mock.create().status_code
        store.kill()
        replies = {name: request(mock) for name, request in REQUESTS.items()}
        page = mock.http.post("/v1/c/customer/Cust_1/payment/session", headers={"origin": "http://localhost:3000"})
        served = [mock.http.get(path).status_code for path in ("/__mock/health/live", "/__mock/", "/v3")]
        store.start()
        after = [mock.create().status_code, mock.http.get("/__mock/health/ready").status_code]

    found = {name: (each.status_code, each.headers.get("mock-refused")) for name, each in replies.items()}
    assert dict.fromkeys(REQUESTS, UNAVAILABLE) == found
    assert "api_error" == replies["Stripe"].json()["error"]["type"]
    assert "http://localhost:3000" == page.headers["access-control-allow-origin"]
    assert [200, 200, 200] == served
    assert [200, 200] == after


def test_a_store_that_hangs(store: StoreServer) -> None:
    """A call of the store ends after a while, and requests that need no state do not wait for it."""
    with Replicas(store.url, count=1) as replicas:
        assert 200 == replicas[0].create().status_code
        store.send_signal(signal.SIGSTOP)
        try:
            reply = replicas[0].create()
            live = replicas[0].http.get("/__mock/health/live")
        finally:
            store.send_signal(signal.SIGCONT)

        assert UNAVAILABLE == (reply.status_code, reply.headers["mock-refused"])
        assert 200 == live.status_code
        assert 200 == replicas[0].create().status_code


# What happens to the store between two requests, and the number of the next exchange of the namespace.
CHANGES: dict[str, tuple[Callable[[StoreServer], object], str]] = {
    "FLUSHALL": (lambda store: store.client.flushall(), "1"),
    "SCRIPT FLUSH": (lambda store: store.client.script_flush(), "2"),
    "connections are closed": (lambda store: store.client.client_kill_filter(_type="normal", skipme=True), "2"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_store_that_changes(store: StoreServer, case: str) -> None:
    """The next request is answered as if nothing had happened, or as if the store was new."""
    change, number = CHANGES[case]
    with Replicas(store.url, count=2) as replicas:
        replicas[0].create()
        change(store)
        replies = [replicas[0].create(), replicas[1].create()]

    assert [200, 200] == [each.status_code for each in replies]
    assert number == replies[0].headers["mock-entry"].rpartition("-")[2]


# What happens to a store, and how to end it.
REFUSING: dict[str, tuple[Callable[[StoreServer], object], Callable[[StoreServer], object]]] = {
    "it is full": (
        lambda store: store.shared_node.set_option("maxmemory", 1),
        lambda store: store.shared_node.set_option("maxmemory", 0),
    ),
    "it has another format": (
        lambda store: store.client.hset(f"{PREFIX}server", "format", "0"),
        lambda store: store.client.hset(f"{PREFIX}server", "format", FORMAT_WITH_SLOTS if store.has_slots else FORMAT),
    ),
}


@pytest.mark.parametrize("case", REFUSING)
def test_readiness(store: StoreServer, case: str) -> None:
    """A server is not ready if it refuses requests that need state. It is alive."""
    break_, mend = REFUSING[case]
    paths = ("/__mock/health/ready", "/__mock/health", "/__mock/health/live")
    with Replicas(store.url, count=1) as replicas:
        replicas[0].create()
        found = [[replicas[0].http.get(path).status_code for path in paths]]
        break_(store)
        try:
            found.append([replicas[0].http.get(path).status_code for path in paths])
        finally:
            mend(store)
        found.append([replicas[0].http.get(path).status_code for path in paths])

    assert [[200, 200, 200], [503, 503, 200], [200, 200, 200]] == found


def test_a_store_that_is_full(store: StoreServer) -> None:
    """Writes are refused, also in a new namespace, and the reason is in the reply."""
    with Replicas(store.url, count=1) as replicas:
        replicas[0].create()
        for node in (store, store.shared_node):
            node.set_option("maxmemory", 1)
            try:
                replies = [replicas[0].caller(key).create() for key in ("api_key_demo", "api_key_new")]
            finally:
                node.set_option("maxmemory", 0)
            for reply in replies:
                assert UNAVAILABLE == (reply.status_code, reply.headers.get("mock-refused"))
                assert "maxmemory" in reply.json()["detail"]
        assert 200 == replicas[0].create().status_code


def test_the_journal_of_an_emptied_store(store: StoreServer) -> None:
    """The numbers of entries begin again. A server that has shown earlier entries shows the new ones."""
    with Replicas(store.url, count=1) as replicas:
        server = replicas[0].caller(None)
        for key in ("api_key_one", "api_key_two"):
            store.client.flushall()
            made = server.caller(key).create().headers["mock-entry"]
            shown = [entry["id"] for entry in server.get("journal")["entries"]]
            assert [made] == shown


@pytest.mark.parametrize("is_outdated", [False, True])
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_reset_in_a_full_store(store: StoreServer, is_whole: bool, is_outdated: bool) -> None:  # noqa: FBT001  # parameters of pytest
    """It deletes everything at once, although nothing else can be written; a namespace is never half deleted.

    The server knows nothing of the namespace, or an outdated state.
    """
    with Replicas(store.url, count=2) as replicas:
        if is_outdated:
            replicas[1].create()
        setup = prepared(replicas[0])
        setup.confirm()
        store.set_option("maxmemory", 1)
        try:
            caller = replicas[1].caller(None) if is_whole else replicas[1]
            reply = caller.http.post("/__mock/reset")
        finally:
            store.set_option("maxmemory", 0)
        token = replicas[0].http.get(f"/__mock/payment-sessions/{setup.token}")
        names = str(store.client.hgetall(f"{PREFIX}names"))

        assert (204, 404) == (reply.status_code, token.status_code), reply.text
        assert setup.token not in names
        assert not store.client.exists(f"{PREFIX}o:session")
        assert 200 == replicas[0].create().status_code


def test_another_format(store: StoreServer) -> None:
    """Data of another version is not read."""
    with Replicas(store.url, count=1) as replicas:
        mock = replicas[0]
        mock.create()
        store.client.hset(f"{PREFIX}server", mapping={"format": "0", "v": "x", "h": "{}"})
        store.client.hset(f"{PREFIX}entries", mapping=dict.fromkeys(store.client.hkeys(f"{PREFIX}entries"), "{}"))
        replies = [mock.create(), mock.http.post("/__mock/verify", json={"count": 1})]
        replies += [mock.http.get(f"/__mock/{path}") for path in ("journal", "payment-sessions", "coverage")]
    for reply in replies:
        assert UNAVAILABLE == (reply.status_code, reply.headers["mock-refused"])
        assert f"has the format 0, and this version of mockserver reads the format {FORMAT}" in reply.json()["detail"]


def test_a_reply_that_is_lost(store: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit whose answer was lost counts once."""
    with Replicas(store.url, count=1) as replicas:
        state = replicas[0].engine.state
        assert isinstance(state, SharedState)
        replicas[0].create()
        run_script = state._link._within_time
        lost: list[Any] = []

        async def run_and_lose(*call: Any, **options: Any) -> Any:
            reply = await run_script(*call, **options)
            if not lost:
                lost.append(reply)
                raise StoreUnavailableError("the answer was lost")
            return reply

        monkeypatch.setattr(state._link, "_within_time", run_and_lose)
        numbers = [replicas[0].create().headers["mock-entry"].rpartition("-")[2] for _ in range(3)]
        assert 4 == replicas[0].get("journal")["count"]
    assert ["2", "3", "4"] == numbers


# Stores that cannot be used at the start, and a part of the message.
UNUSABLE = {
    "no server": ("redis://user:hunter2@127.0.0.1:1/0", "--store cannot be used: "),
    "another scheme": ("http://user:hunter2@127.0.0.1/0", "--store takes memory"),
    "no name for Sentinel": ("redis+sentinel://user:hunter2@127.0.0.1:1", "needs the name of the service"),
    "a database that is no number": ("redis://user:hunter2@127.0.0.1:1/x", "--store cannot be used"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_promise_10_a_store_that_cannot_be_used(case: str) -> None:
    """The server ends with code 2 and one line, which does not show the password."""
    url, expected = UNUSABLE[case]
    ended = run("--port", "0", "--store-timeout", "0.5", variables={"MOCKSERVER_STORE": url})
    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines()))
    assert expected in ended.stderr
    assert "hunter2" not in ended.stderr


def test_the_state_survives_a_restart(store: StoreServer) -> None:
    """A server that starts later has the state of those that ended."""
    with Replicas(store.url, count=1) as replicas:
        session = replicas[0].create().json()
    with Replicas(store.url, count=1) as replicas:
        assert "requires_payment_method" == stripe_call(replicas[0], session, "").json()["status"]
