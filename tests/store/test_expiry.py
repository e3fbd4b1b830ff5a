"""Everything in a store expires with its namespace, is bounded, and has the prefix of the mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.store import commits, shared_sessions
from mockserver.store.transaction import ItemKind
from tests.store.replicas import Replicas
from tests.support.mock import Mock
from tests.support.shop import prepared
from tests.support.stores import PREFIX, StoreServer
from tests.support.waiting import wait_until

# Servers keep these for each other: counters, and what the server itself is.
OF_ALL = {"server", "counters", "kinds", "bytes", "c", "m", "journal", "names", "namespaces"}
STARTS = (PREFIX, "{mockserver:")


@pytest.fixture(scope="module")
def servers(server: StoreServer) -> Iterator[list[Mock]]:
    with Replicas(server.url, count=2) as replicas:
        yield replicas.all


@pytest.fixture
def mocks(store: StoreServer, servers: list[Mock]) -> list[Mock]:
    """Two servers with an empty store."""
    return servers


USES: dict[str, Callable[[Mock], Any]] = {
    "a session": lambda mock: mock.create(),
    "a refused call": lambda mock: mock.create(address="no"),
    "an activation": lambda mock: mock.activate("card_declined"),
    "a server-wide activation": lambda mock: mock.caller(None).activate("card_declined"),
    "a confirmation": lambda mock: prepared(mock).confirm(),
    "an idempotent confirmation": lambda mock: prepared(mock).call(
        "confirm", {"payment_method": "pm_card_visa"}, idempotency_key="k1"
    ),
    "a payment method": lambda mock: prepared(mock).http.post(
        "/v1/payment_methods",
        data={"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2034"},
    ),
    "a read": lambda mock: (mock.create(), mock.get("journal")),
    "an unknown token": lambda mock: mock.http.get("/__mock/payment-sessions/PaySess_1"),
    "a reset": lambda mock: (mock.create(), mock.http.post("/__mock/reset")),
    "a server-wide reset": lambda mock: (mock.create(), mock.caller(None).http.post("/__mock/reset")),
    "a call after a reset": lambda mock: (mock.create(), mock.http.post("/__mock/reset"), mock.create()),
    "a session after another": lambda mock: (mock.activate(None), mock.create()),
}


@pytest.mark.parametrize("name", USES)
def test_every_key_expires(store: StoreServer, mocks: list[Mock], name: str) -> None:
    """Whatever was called last, every key has the prefix of the mock, and a time to live."""
    USES[name](mocks[0])
    keys = store.key_names()

    assert keys
    assert [] == [key for key in keys if not key.startswith(STARTS)]
    assert [] == [key for key in keys if store.client.ttl(key) < 0]


def test_a_namespace_that_nobody_calls(store: StoreServer) -> None:
    """It is removed as a whole with its names; a namespace that is in use stays as a whole."""
    with Replicas(store.url, count=2, store_ttl=1) as replicas:
        one, two = replicas.all
        setup = prepared(one)
        setup.confirm()
        name = store.client.zrange(f"{PREFIX}o:session", 0, -1)[0].split()[0]
        busy = two.caller("api_key_busy")
        made = [busy.create()]

        def is_gone() -> bool:
            made.append(busy.create())
            return not store.client.exists(store.key_of("n", name))

        wait_until(is_gone)
        made += [busy.create(), busy.create()]

        # What a store remembers of its last commits expires a few seconds later.
        rest = [key for key in store.key_names() if name in key and ":a:" not in key]
        texts = " ".join(str(store.client.hgetall(f"{PREFIX}names")))
        assert [] == rest
        assert setup.token not in texts
        assert [] == [each for each in store.client.zrange(f"{PREFIX}o:session", 0, -1) if each.startswith(name)]
        assert 404 == two.http.get(f"/__mock/payment-sessions/{setup.token}").status_code
        assert 404 == setup.retrieve().status_code
        entries = [entry["id"] for entry in busy.get("journal")["entries"]]
        assert [each.headers["mock-entry"] for each in made] == entries
        of_all = [entry["id"] for entry in busy.caller(None).get("journal")["entries"]]
        assert [*entries, "anonymous-1"] == of_all
        # Numbers begin again.
        assert 1 == int(one.create().headers["mock-entry"].rpartition("-")[2])


def test_a_namespace_that_is_used_again(store: StoreServer) -> None:
    """Nothing of the expired namespace is in the journal, even if no call has come in between."""
    with Replicas(store.url, count=2, store_ttl=1) as replicas:
        one, two = replicas.all
        prepared(one).confirm()
        (name,) = store.client.zrange(f"{PREFIX}namespaces", 0, -1)
        wait_until(lambda: not store.client.exists(store.key_of("n", name)))
        made = two.create().headers["mock-entry"]

        assert [made] == [entry["id"] for entry in one.get("journal")["entries"]]
        assert [made] == [entry["id"] for entry in one.caller(None).get("journal")["entries"]]
        assert 1 == one.caller(None).get("payment-sessions")["count"]


def test_listings_of_all_have_nothing_of_expired_namespaces(store: StoreServer) -> None:
    """Counts, pages and metrics leave out expired namespaces, although nobody has made a call since then."""
    with Replicas(store.url, count=1, store_ttl=1) as replicas:
        mock = replicas[0]
        for number in range(7):
            mock.caller(f"api_key_{number}").create()
        names = store.client.zrange(f"{PREFIX}namespaces", 0, -1)
        everyone = mock.caller(None)
        wait_until(lambda: not any(store.client.exists(store.key_of("n", name)) for name in names))
        metrics = everyone.http.get("/__mock/metrics").text
        sessions, journal = everyone.get("payment-sessions"), everyone.get("journal")

        assert (0, []) == (sessions["count"], sessions["payment_sessions"])
        assert (0, []) == (journal["count"], journal["entries"])
        assert "mockserver_payment_sessions 0.0" in metrics
        assert "mockserver_journal_entries 0.0" in metrics


def test_a_store_that_nobody_uses(store: StoreServer) -> None:
    """At the end, nothing is left."""
    with Replicas(store.url, count=1, store_ttl=1) as replicas:
        mock = replicas[0]
        prepared(mock).confirm()
        mock.caller(None).activate("card_declined")
    wait_until(lambda: not store.key_names())


def test_a_name_outlives_no_namespace(store: StoreServer) -> None:
    """The key of a session can be looked up until the session expires, and is not known after that."""
    with Replicas(store.url, count=2, store_ttl=1) as replicas:
        one, two = replicas.all
        setup = prepared(one)
        name = store.client.zrange(f"{PREFIX}o:session", 0, -1)[0].split()[0]
        wait_until(lambda: not store.client.exists(store.key_of("n", name)))
        assert 404 == setup.retrieve().status_code
        assert 404 == two.http.get(f"/__mock/payment-sessions/{setup.token}").status_code


def test_a_server_wide_reset_spares_other_keys(store: StoreServer, mocks: list[Mock]) -> None:
    """A reset removes all namespaces and what belongs to them, and nothing else of the database."""
    store.client.set("other", "1")
    store.client.hset("mockserver:n:1", "a", "b")
    for key in ("api_key_one", "api_key_two"):
        prepared(mocks[0].caller(key)).confirm()
    mocks[1].restore()

    keys = set(store.key_names())
    assert {"other", "mockserver:n:1"} <= keys
    # What a store remembers of its last commits expires a few seconds later.
    own = {key.removeprefix(PREFIX) for key in keys if key.startswith(STARTS) and ":a:" not in key}
    assert [] == sorted(key for key in own if key not in OF_ALL and not key.startswith("c:"))


def test_a_reset_of_a_namespace_spares_others(store: StoreServer, mocks: list[Mock]) -> None:
    """After a reset, nothing refers to what the namespace had."""
    one, other = mocks[0], mocks[1].caller("api_key_other")
    kept = prepared(other)
    before = {key: store.client.type(key) for key in store.key_names()}
    sizes = store.client.hgetall(f"{PREFIX}bytes")
    setup = prepared(one)
    setup.confirm()
    assert 204 == one.http.post("/__mock/reset").status_code

    assert setup.token not in str(store.client.hgetall(f"{PREFIX}names"))
    assert 1 == store.client.zcard(f"{PREFIX}o:session") == store.client.hlen(f"{PREFIX}z:session")
    assert 1 == store.client.xlen(f"{PREFIX}journal")
    now = store.client.hgetall(f"{PREFIX}bytes")
    assert sizes == {kind: size for kind, size in now.items() if size != "0"}
    assert set(before) <= set(store.key_names())
    assert 200 == kept.retrieve().status_code


def test_promise_13_the_oldest_sessions_are_removed(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too many payment sessions, the oldest one goes with its names, also for the server that knows it."""
    monkeypatch.setattr(shared_sessions, "SESSION", ItemKind("session", 3, 1 << 30))
    setups = [prepared(mocks[index % 2].caller(f"api_key_{index % 2}")) for index in range(5)]

    for setup, expected in zip(setups, (404, 404, 200, 200, 200), strict=True):
        for mock in mocks:
            found = mock.caller(None).http.get(f"/__mock/payment-sessions/{setup.token}")
            assert expected == found.status_code
        assert expected == setup.retrieve().status_code
    names = store.client.hgetall(f"{PREFIX}names")
    # The token, the setup intent and the key of each session. Two callers have one key each.
    assert 3 + 3 + 2 == len(names)
    assert [False, False, True, True, True] == [any(setup.token in name for name in names) for setup in setups]
    assert 3 == store.client.zcard(f"{PREFIX}o:session") == store.client.hlen(f"{PREFIX}z:session")


def test_promise_13_the_bytes_of_sessions_are_bounded(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too many bytes, the oldest sessions go, also when one grows where it is. The newest one always stays."""
    monkeypatch.setattr(shared_sessions, "SESSION", ItemKind("session", 1000, 4000))
    setups = [prepared(mocks[index % 2]) for index in range(8)]
    size = int(store.client.hget(f"{PREFIX}bytes", "session") or 0)

    assert 0 < size <= 4000
    assert size == sum(map(int, store.client.hvals(f"{PREFIX}z:session")))
    listed = [each["payment_session"]["token"] for each in mocks[0].get("payment-sessions")["payment_sessions"]]
    assert listed == [setup.token for setup in setups][-len(listed) :]
    setups[-1].call("confirm", {"payment_method_data": {"type": "card", "card": {"number": "1"}}})
    secret = {"authorization": "Bearer sk_test_anything"}
    fields = {f"metadata[k{index}]": "x" * 400 for index in range(20)}
    grown = mocks[0].http.post(f"/v1/setup_intents/{setups[-1].id}", data=fields, headers=secret)
    assert 200 == grown.status_code, grown.text
    listed = [each["payment_session"]["token"] for each in mocks[1].get("payment-sessions")["payment_sessions"]]
    assert [setups[-1].token] == listed


@pytest.mark.parametrize(("member", "limit"), [("DEFAULT_CAP", 4), ("CAPACITY", 8000)])
def test_promise_13_the_journal_is_bounded(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch, member: str, limit: int
) -> None:
    """The oldest entries go, by number and by bytes; the listing says how many, and the rest is complete."""
    monkeypatch.setattr(commits, member, limit)
    made = [mocks[index % 2].caller(f"api_key_{index % 3}").create().headers["mock-entry"] for index in range(15)]
    journal = mocks[0].caller(None).get("journal")
    found = [entry["id"] for entry in journal["entries"]]

    assert found
    assert made[-len(found) :] == found
    assert len(found) == store.client.xlen(f"{PREFIX}journal")
    numbers = sum(store.client.llen(key) for key in store.key_names() if key.startswith(f"{PREFIX}j:"))
    assert len(found) == numbers
    data = store.client.hvals(f"{PREFIX}entries")
    assert len(found) == len(data)
    assert sum(map(len, data)) == int(store.client.hget(f"{PREFIX}bytes", "entry") or 0)
    assert len(found) == 4 if member == "DEFAULT_CAP" else sum(map(len, data)) <= limit


def test_promise_13_the_counters_of_metrics_are_bounded(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the maximum, further operations share their counters, and no request is lost."""
    mocks[0].create()
    counters = store.client.hlen(f"{PREFIX}m")
    monkeypatch.setattr(commits, "MOST_COUNTERS", counters)
    for number in range(20):
        mocks[number % 2].http.post(f"/v1/setup_intents/seti_{number}/confirm")
        mocks[number % 2].create(address="no")
    lines = mocks[0].http.get("/__mock/metrics").text.splitlines()
    shared = [line for line in lines if line.startswith("mockserver_") and 'operation="(other)"' in line]
    refused = [float(line.rpartition(" ")[2]) for line in lines if 'refused="contract-violation"' in line]

    assert [20.0] == refused
    assert any(line.startswith("mockserver_requests_total") for line in shared)
    assert any(line.startswith("mockserver_decision_seconds_count") for line in shared)
