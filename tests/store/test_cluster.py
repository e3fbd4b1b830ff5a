"""A cluster: each namespace has a slot of its own, and commits that end halfway are completed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mockserver.errors import StoreUnavailableError
from mockserver.store import SharedState
from mockserver.store.redis_link import RedisLink
from tests.store.replicas import Replicas
from tests.store.test_same_as_memory import without_passing
from tests.support.mock import Mock
from tests.support.needs import need
from tests.support.shop import prepared
from tests.support.stores import CLUSTER, PREFIX, ClusterServer, program_of


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterServer]:
    need(program_of(CLUSTER), "redis-server is not installed")
    server = ClusterServer()
    yield server
    server.close()


@pytest.fixture
def replicas(cluster: ClusterServer) -> Iterator[Replicas]:
    """Two servers that share an empty cluster."""
    cluster.client.flushall()
    with Replicas(cluster.url, count=2) as replicas:
        yield replicas


def link_of(mock: Mock) -> RedisLink:
    state = mock.engine.state
    assert isinstance(state, SharedState)
    return state._link


def slots(cluster: ClusterServer, names: list[str]) -> dict[str, set[int]]:
    """The slots of keys, by what is in their braces."""
    found: dict[str, set[int]] = {}
    for name in names:
        tag = name[: name.index("}") + 1]
        found.setdefault(tag, set()).add(cluster.client.keyslot(name))
    return found


def test_each_namespace_has_its_own_slot(cluster: ClusterServer, replicas: Replicas) -> None:
    """The namespaces are spread over all nodes; the keys of one, and those that all share, are in one slot each."""
    callers = [f"api_key_{number}" for number in range(24)]
    for number, caller in enumerate(callers):
        prepared(replicas[number].caller(caller)).confirm()
    by_tag = slots(cluster, cluster.key_names())

    assert {1} == {len(each) for each in by_tag.values()}
    assert len(by_tag) > len(callers)
    assert all(node.client.dbsize() > 0 for node in cluster.nodes)
    assert len(callers) == cluster.client.zcard(f"{PREFIX}o:session")


# What a server does, and what the reply is if nothing goes wrong.
CALLS: dict[str, Callable[[Mock], httpx.Response]] = {
    "create": lambda mock: mock.create(),
    "confirm": lambda mock: prepared(mock).confirm(),
    "activate": lambda mock: mock.activate("card_declined"),
    "activate everywhere": lambda mock: mock.caller(None).activate("card_declined"),
    "reset": lambda mock: mock.http.post("/__mock/reset"),
    "reset everything": lambda mock: mock.caller(None).http.post("/__mock/reset"),
}


def outcome(replicas: Replicas, call: Callable[[Mock], httpx.Response]) -> list[Any]:
    """What a call answers, and what two servers show after it."""
    made = call(replicas[0])
    after = [mock.create() for mock in replicas.all]
    shown = [mock.get(path) for mock in replicas.all for path in ("journal", "payment-sessions", "scenarios")]
    return [made.status_code, made.text, *(reply.text for reply in after), without_passing(shown)]


@pytest.mark.parametrize("name", CALLS)
def test_replies_that_are_lost(
    cluster: ClusterServer, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whichever reply of a node is lost, the call has its effects once."""
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
    """What it has committed to a namespace reaches the shared keys with the next call in the namespace, once."""
    one, two = replicas.all
    first = one.create().headers["mock-entry"]
    link = link_of(one)
    run = link.run

    async def fail_with_effects(script: str, message: Any, *texts: Any, **options: Any) -> Any:
        if message.get("effects"):
            raise StoreUnavailableError("the server ends here")
        return await run(script, message, *texts, **options)

    monkeypatch.setattr(link, "run", fail_with_effects)
    assert 503 == one.create().status_code
    assert [first] == [entry["id"] for entry in two.get("journal")["entries"]]
    monkeypatch.setattr(link, "run", run)
    last = [two.create(), one.create(), two.create()]
    entries = [entry["id"] for entry in two.get("journal")["entries"]]
    sessions = two.get("payment-sessions")["payment_sessions"]

    assert 5 == len(entries) == len(set(entries)) == len(sessions)
    assert [first, *(reply.headers["mock-entry"] for reply in last)] == [entries[0], *entries[2:]]
    # The session of the call that was refused can be looked up, too.
    tokens = [each["payment_session"]["token"] for each in sessions]
    assert [200] * 5 == [one.caller(None).http.get(f"/__mock/payment-sessions/{each}").status_code for each in tokens]
