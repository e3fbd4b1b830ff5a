"""A cluster: each namespace has its own slot, and interrupted commits are completed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from mockserver.errors import StoreUnavailableError
from mockserver.redaction.redactor import Redactor
from mockserver.settings import Settings
from mockserver.store import SharedState, open_store, shared_sessions
from mockserver.store.redis_link import RedisLink
from mockserver.store.transaction import ItemKind
from tests.store.interference import fail_with, lose_reply_to
from tests.store.replicas import Replicas, link_of
from tests.store.test_replicas import stripe_call
from tests.store.test_same_as_memory import without_passing
from tests.support.mock import Mock
from tests.support.needs import need
from tests.support.shop import card_data, flat, prepared
from tests.support.stores import CLUSTER, PREFIX, ClusterServer, program_of
from tests.support.waiting import wait_until


@pytest.fixture
def replicas(cluster: ClusterServer) -> Iterator[Replicas]:
    """Two servers that share an empty cluster."""
    cluster.client.flushall()
    with Replicas(cluster.url, count=2) as replicas:
        yield replicas


def slots(cluster: ClusterServer, names: list[str]) -> dict[str, set[int]]:
    """The slots of keys, by hash tag."""
    found: dict[str, set[int]] = {}
    for name in names:
        tag = name[: name.index("}") + 1]
        found.setdefault(tag, set()).add(cluster.client.keyslot(name))
    return found


def test_each_namespace_has_its_own_slot(cluster: ClusterServer, replicas: Replicas) -> None:
    """Namespaces are spread over all nodes. The keys of one namespace are in one slot, and so are the shared keys."""
    callers = [f"api_key_{number}" for number in range(24)]
    for number, caller in enumerate(callers):
        prepared(replicas[number].caller(caller)).confirm()
    by_tag = slots(cluster, cluster.key_names())

    assert {1} == {len(each) for each in by_tag.values()}
    assert len(by_tag) > len(callers)
    assert all(node.client.dbsize() > 0 for node in cluster.nodes)
    assert len(callers) == cluster.client.zcard(f"{PREFIX}o:session")


# Calls, each of which changes something.
CALLS: dict[str, Callable[[Mock], httpx.Response]] = {
    "create": lambda mock: mock.create(),
    "confirm": lambda mock: prepared(mock).confirm(),
    "activate": lambda mock: mock.activate("card_declined"),
    "activate everywhere": lambda mock: mock.caller(None).activate("card_declined"),
    "reset": lambda mock: mock.http.post("/__mock/reset"),
    "reset everything": lambda mock: mock.caller(None).http.post("/__mock/reset"),
}


def outcome(replicas: Replicas, call: Callable[[Mock], httpx.Response]) -> list[Any]:
    """The reply to a call, and what two servers show afterwards."""
    made = call(replicas[0])
    after = [mock.create() for mock in replicas.all]
    shown = [mock.get(path) for mock in replicas.all for path in ("journal", "payment-sessions", "scenarios")]
    return [made.status_code, made.text, *(reply.text for reply in after), without_passing(shown)]


@pytest.mark.parametrize("name", CALLS)
def test_replies_that_are_lost(
    cluster: ClusterServer, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A call takes effect exactly once, no matter which reply of a node is lost."""
    within_time = RedisLink._within_time
    lost, asked = -1, 0

    async def lose_one(link: RedisLink, *call: Any, **options: Any) -> Any:
        nonlocal asked
        reply = await within_time(link, *call, **options)
        asked += 1
        if asked == lost:
            raise StoreUnavailableError("the reply was lost")
        return reply

    monkeypatch.setattr(RedisLink, "_within_time", lose_one)
    outcomes = []
    while lost <= asked:
        lost, asked = lost + 1, 0
        cluster.client.flushall()
        before = [mock.create().text for mock in replicas.all]
        asked = 0
        outcomes.append([*before, *outcome(replicas, CALLS[name])])

    assert len(outcomes) > 10
    assert [outcomes[0]] * len(outcomes) == outcomes


def test_a_server_that_ends_halfway(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next call in the namespace completes the commit of a server that ended between its two steps."""
    one, two = replicas.all
    first = one.create().headers["mock-entry"]
    with monkeypatch.context() as patch:
        fail_with(one, patch, "effects")
        assert 503 == one.create().status_code
    assert [first] == [entry["id"] for entry in two.get("journal")["entries"]]
    last = [two.create(), one.create(), two.create()]
    entries = [entry["id"] for entry in two.get("journal")["entries"]]
    sessions = two.get("payment-sessions")["payment_sessions"]

    assert 5 == len(entries) == len(set(entries)) == len(sessions)
    assert [first, *(reply.headers["mock-entry"] for reply in last)] == [entries[0], *entries[2:]]
    # This includes the session of the refused call.
    tokens = [each["payment_session"]["token"] for each in sessions]
    assert [200] * 5 == [one.caller(None).http.get(f"/__mock/payment-sessions/{each}").status_code for each in tokens]


def test_a_shared_node_that_has_lost_a_change(cluster: ClusterServer, replicas: Replicas) -> None:
    """Requests are answered even if namespaces have a higher revision than the record of the server."""
    one = replicas[0]
    one.create()
    assert 200 == one.caller(None).activate("card_declined").status_code
    generation = cluster.client.hget(f"{PREFIX}server", "generation")
    cluster.client.hset(f"{PREFIX}server", "revision", generation)

    assert [200, 200] == [mock.create().status_code for mock in replicas.all]


def test_a_lost_reply_to_an_activation(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that repeats its activation learns of another activation that happened in between."""
    one, two = replicas.all
    one.create()
    link, within_time = link_of(one), RedisLink._within_time
    others: list[int] = []

    async def lose(own: RedisLink, *call: Any) -> Any:
        reply = await within_time(own, *call)
        # Only the reply to a change of the server lists namespaces at its end.
        if own is link and not others and isinstance(reply, list) and len(reply) == 8 and reply[-1]:
            activated = await asyncio.to_thread(two.caller(None).activate, "maintenance")
            others.append(activated.status_code)
            raise StoreUnavailableError("the reply was lost")
        return reply

    monkeypatch.setattr(RedisLink, "_within_time", lose)
    assert 200 == one.caller(None).activate("card_declined").status_code
    assert [200] == others
    assert [503, 503] == [mock.create().status_code for mock in replicas.all]


def test_a_repeated_commit_after_an_activation(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit whose reply was lost counts once, even if another server has activated a scenario in the meantime."""
    one, two = replicas.all
    one.create()
    lose_reply_to(one, monkeypatch, "part", lambda: two.caller(None).activate("card_declined"))

    assert 200 == one.create().status_code
    assert 2 == len(two.get("payment-sessions")["payment_sessions"])


def test_an_expired_namespace_beside_another(
    cluster: ClusterServer, replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A confirmation whose payment method belongs to an expired namespace does not delete the session."""
    one, two = replicas.all
    own = prepared(one)
    (own_id,) = cluster.client.zrange(f"{PREFIX}namespaces", 0, -1)
    other = prepared(two.caller("api_key_other"))
    method = other.http.post("/v1/payment_methods", data=flat(card_data())).json()["id"]
    (other_id,) = set(cluster.client.zrange(f"{PREFIX}namespaces", 0, -1)) - {own_id}
    cluster.client.delete(cluster.key_of("n", other_id), cluster.key_of("p", other_id))
    activation = Thread(target=lambda: two.caller(None).activate("card_declined"))
    run, asked, told = link_of(one).run, Event(), Event()

    async def activated_when_asked(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        if other_id in message.get("register", ()) and not asked.is_set():
            asked.set()
            activation.start()
            await asyncio.to_thread(told.wait, 5)
        return await run(script, message, *texts, **options)

    run_two = link_of(two).run

    async def told_late(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        if message.get("revise"):
            told.set()
            await asyncio.sleep(0.3)
        return await run_two(script, message, *texts, **options)

    monkeypatch.setattr(link_of(one), "run", activated_when_asked)
    monkeypatch.setattr(link_of(two), "run", told_late)
    own.confirm_with(method)
    activation.join()

    assert told.is_set()
    assert 200 == two.http.get(f"/__mock/payment-sessions/{own.token}").status_code


def test_a_registration_is_renewed(cluster: ClusterServer) -> None:
    """An expired namespace that was read again is told of later activations."""
    cluster.client.flushall()
    with Replicas(cluster.url, count=3, store_ttl=2) as replicas:
        one, two, three = replicas.all
        one.create()
        time.sleep(3.1)
        two.get("scenarios")
        for _ in range(2):
            # A commit removes expired namespaces.
            one.caller("api_key_other").create()
        assert 200 == three.caller(None).activate("maintenance").status_code
        assert 503 == two.create().status_code


def test_an_eviction_that_comes_late(
    cluster: ClusterServer, replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late eviction does not remove a new session with the same number."""
    monkeypatch.setattr(shared_sessions, "SESSION", ItemKind("session", 3, 1 << 30))
    one, two = replicas.all
    one.create()
    with monkeypatch.context() as patch:
        fail_with(one, patch, "evict")
        for number in range(3):
            assert 200 == one.caller(f"api_key_{number}").create().status_code
        assert 1 == cluster.client.scard(f"{PREFIX}evicted")
        reset = one.http.post("/__mock/reset")
        assert 204 == reset.status_code, reset.text
        token = one.create().json()["token"]
    assert 200 == two.caller("api_key_9").create().status_code

    assert 200 == two.http.get(f"/__mock/payment-sessions/{token}").status_code
    assert not cluster.client.exists(f"{PREFIX}evicted")


@pytest.fixture
def sharing(cluster: ClusterServer, tmp_path: Path) -> Iterator[Replicas]:
    """Two servers that give all payment sessions the same token, client secret and account."""
    cluster.client.flushall()
    account = "pk_key: pk_test_fixed, connected_account_id: acct_fixed"
    stripe = f"{{client_secret: seti_fixed_secret_fixed, {account}}}"
    reply = f"{{payment_session: {{token: ps_fixed, setup_intent: {{stripe: {stripe}}}}}}}"
    stub = f"{{name: created, operation: c_create_payment_session, reply: {reply}}}"
    (tmp_path / "fixed.yaml").write_text(f"about: Every caller gets the same session.\nstubs: [{stub}]")
    with Replicas(cluster.url, count=2, scenarios=tmp_path, scenario="fixed") as replicas:
        yield replicas


def owner_of_token(mock: Mock) -> str:
    """The namespace of the newest payment session with the token `ps_fixed`."""
    return str(mock.caller(None).get("payment-sessions/ps_fixed")["namespace"])


def test_a_call_that_joins_an_older_one(sharing: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call knows of a session that was created before it, even if it is decided together with an older call."""
    one, two = sharing.all
    session = two.caller("api_key_1").create().json()
    link, state = link_of(one), one.engine.state
    assert isinstance(state, SharedState)
    run = link.run
    statuses: list[int] = []
    calls = [Thread(target=lambda: statuses.append(stripe_call(one, session, "").status_code)) for _ in range(2)]

    def join_after_another_session() -> None:
        two.caller("api_key_2").create().raise_for_status()
        calls[1].start()
        wait_until(lambda: len(state.store._waiting) > 0)

    async def act_after_asking(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        reply = await run(script, message, *texts, **options)
        if message.get("names") and not calls[1].ident:
            await asyncio.to_thread(join_after_another_session)
        return reply

    monkeypatch.setattr(link, "run", act_after_asking)
    calls[0].start()
    for call in calls:
        call.join()

    # Two namespaces have this setup intent, so it is not clear which one is meant.
    assert [404, 404] == statuses
    assert 404 == stripe_call(two, session, "").status_code


def test_a_shared_name_of_a_server_that_ends(
    sharing: Replicas, cluster: ClusterServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next commit tells a namespace that another one shares its token, if the server that found out has ended."""
    one, two = sharing.all

    def owners() -> list[str]:
        return [owner_of_token(two) for _ in range(3)]

    one.caller("api_key_1").create().raise_for_status()
    before = owners()
    with monkeypatch.context() as patch:
        fail_with(one, patch, "sharing")
        one.caller("api_key_2").create().raise_for_status()
        assert 1 == cluster.client.hlen(f"{PREFIX}sharing")
    one.caller("api_key_2").create().raise_for_status()
    after = owners()

    assert not cluster.client.exists(f"{PREFIX}sharing")
    assert 1 == len(set(before)) == len(set(after))
    assert before != after


def test_a_reset_that_ends_halfway(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Namespaces that an interrupted reset did not reach are told of the next change of the server."""
    one, two = replicas.all
    one.create()
    assert one.get("scenarios")["activated"]["server"] is None
    with monkeypatch.context() as patch:
        fail_with(two, patch, "revision")
        assert 503 == two.caller(None).http.post("/__mock/reset").status_code
    assert 200 == two.caller(None).activate("maintenance").status_code
    one.get("scenarios")

    assert "maintenance" == one.get("scenarios")["activated"]["server"]
    assert 503 == one.create().status_code


def test_a_namespace_that_is_lost(cluster: ClusterServer, replicas: Replicas) -> None:
    """A namespace whose data was lost starts empty, even on a node with a slow clock. Old sessions are not found."""
    one, two = replicas.all
    lost = one.create().json()["token"]
    (name,) = cluster.client.zrange(f"{PREFIX}namespaces", 0, -1)
    cluster.client.delete(cluster.key_of("n", name), cluster.key_of("p", name))
    cluster.client.hset(f"{PREFIX}applied", name, str(int(time.time() * 1e6) + 60_000_000))
    made = [two.create() for _ in range(3)]

    assert [reply.headers["mock-entry"] for reply in made] == [each["id"] for each in one.get("journal")["entries"]]
    tokens = [reply.json()["token"] for reply in made]
    found = [one.caller(None).http.get(f"/__mock/payment-sessions/{each}").status_code for each in tokens]
    assert [200, 200, 200] == found
    assert lost in tokens or 404 == one.http.get(f"/__mock/payment-sessions/{lost}").status_code


def test_transactions_with_two_namespaces(cluster: ClusterServer) -> None:
    """A transaction changes both namespaces or neither, even if other servers change them and the server record."""
    cluster.client.flushall()
    names, settings = ("one", "two"), Settings(seed=1, store=cluster.url)

    async def play() -> list[list[int]]:
        states = [open_store(settings, Redactor()) for _ in range(3)]
        seen: list[list[int]] = []

        def count_up(state: SharedState, own: tuple[str, ...]) -> Callable[[], list[int]]:
            def decide() -> list[int]:
                transaction = state._running.now
                transaction.read_server()
                before = [transaction.read(name).exchanges for name in own]
                for name in own:
                    transaction.change(name).exchanges += 1
                return before

            return decide

        async def run(state: SharedState, own: tuple[str, ...]) -> None:
            seen.extend([await state.store.submit(count_up(state, own)) for _ in range(20)])

        async def change_server(state: SharedState) -> None:
            for _ in range(20):
                await state.store.submit(lambda: state._running.now.write_server(state._running.now.read_server()))

        works = [run(state, own) for state in states for own in (names, names[::-1], names)]
        await asyncio.gather(*works, change_server(states[0]), change_server(states[1]))
        for state in states:
            await state.close()
        return seen

    seen = asyncio.run(play())
    assert [[number, number] for number in range(180)] == sorted(seen)


def test_a_node_that_is_down() -> None:
    """Requests that need its namespaces are refused. Other namespaces are served."""
    need(program_of(CLUSTER), "redis-server is not installed")
    server = ClusterServer()
    try:
        server.set_option("cluster-require-full-coverage", "no")
        with Replicas(server.url, count=1) as replicas:
            callers = [replicas[0].caller(f"api_key_{number}") for number in range(12)]
            homes = []
            for caller in callers:
                before = set(server.key_names())
                assert 200 == caller.create().status_code
                (own,) = [key for key in server.key_names() if key not in before and key.endswith("}:n")]
                homes.append(server.client.get_node_from_key(own).port)
            down = next(node for node in server.nodes if node is not server.shared_node)
            down.kill()
            statuses = [caller.create().status_code for caller in callers]
            assert {down.port, server.shared_node.port} <= set(homes)
            assert [503 if port == down.port else 200 for port in homes] == statuses
    finally:
        server.close()
