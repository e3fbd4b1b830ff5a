"""The first request of a namespace on a cluster: other servers act before it is complete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Thread

import httpx
import pytest

from tests.store.interference import before_first, lose_reply_to
from tests.store.replicas import Replicas
from tests.store.test_at_once import counted
from tests.support.stores import ClusterServer


@pytest.fixture
def replicas(cluster: ClusterServer) -> Iterator[Replicas]:
    """Three servers that share an empty cluster, and know the record of the server."""
    cluster.client.flushall()
    with Replicas(cluster.url) as replicas:
        for mock in replicas.all:
            mock.create().raise_for_status()
        yield replicas


@pytest.mark.parametrize("lost", ["", "part", "undo", "confirm"])
def test_a_new_namespace_after_an_activation(
    cluster: ClusterServer, replicas: Replicas, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The first request of a namespace is answered by a scenario that another server has activated, and counts once."""
    one, two, _ = replicas.all
    assert 200 == two.caller(None).activate("retry_after_503").status_code
    if lost:
        lose_reply_to(one, monkeypatch, lost)
    statuses = [mock.caller("api_key_new").create().status_code for mock in (one, two, one)]
    entries = two.caller("api_key_new").get("journal")["entries"]

    assert [503, 503, 200] == statuses
    # The reservation of the namespace has ended.
    assert not [key for key in cluster.key_names() if key.endswith(("}:t", "}:r"))]
    assert statuses == [entry["reply"]["status"] for entry in entries]


def test_a_new_namespace_that_two_servers_use(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server waits for another one that may still undo the first request of a namespace."""
    one, two, _ = replicas.all
    assert 200 == two.caller(None).activate("card_declined").status_code
    callers = [mock.caller("api_key_new") for mock in (one, two)]
    replies: list[httpx.Response] = []
    later = Thread(target=lambda: replies.append(callers[1].create()))

    def let_another_begin() -> httpx.Response:
        later.start()
        time.sleep(0.1)
        return two.http.get("/__mock/health/live")

    begun = before_first(one, monkeypatch, "undo", let_another_begin)
    replies.append(callers[0].create())
    later.join()
    entries = callers[1].get("journal")["entries"]

    assert [200] == begun
    assert [(200, "card_declined")] * 2 == [(reply.status_code, reply.headers["mock-scenario"]) for reply in replies]
    assert {reply.headers["mock-entry"] for reply in replies} == {entry["id"] for entry in entries}
    assert 2 == len(entries)


def test_a_new_namespace_during_an_activation(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace whose first request is not complete is told of an activation, too."""
    one, two, three = (mock.caller("api_key_new") for mock in replicas.all)
    # This server has registered the namespace. It does not ask for changes of the server record any more.
    three.get("scenarios")
    begun = before_first(one, monkeypatch, "confirm", lambda: two.caller(None).activate("maintenance"))
    first = one.create()

    assert [200] == begun
    assert 200 == first.status_code
    assert [503] * 3 == [mock.create().status_code for mock in (three, two, one)]


def test_a_new_namespace_that_another_server_continues(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that has used an outdated record of the server is refused if it can no longer be undone."""
    one, two, _ = replicas.all
    assert 200 == two.caller(None).activate("card_declined").status_code
    others = before_first(one, monkeypatch, "undo", two.caller("api_key_new").create)
    refused = one.caller("api_key_new").create()
    made = [mock.caller("api_key_new").create().status_code for mock in replicas.all]
    sessions = two.caller("api_key_new").get("payment-sessions")["payment_sessions"]

    assert [200] == others
    assert (503, "store-unavailable") == (refused.status_code, refused.headers["mock-refused"])
    assert "may have been stored" in refused.json()["detail"]
    assert [200] * 3 == made
    assert 5 == len({each["payment_session"]["token"] for each in sessions})


def test_a_new_namespace_that_another_server_reads(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The metrics count a request once, even if another server has applied its effects before the undo."""
    one, two, three = replicas.all
    assert 200 == two.caller(None).activate("card_declined").status_code
    before = counted(three)

    def read_twice() -> httpx.Response:
        time.sleep(0.6)
        new = two.caller("api_key_new")
        new.get("scenarios")
        return new.http.get("/__mock/scenarios")

    begun = before_first(one, monkeypatch, "undo", read_twice)
    status = one.caller("api_key_new").create().status_code

    assert [200] == begun
    assert (503, 1) == (status, counted(three) - before)


@pytest.mark.parametrize("waits", [0.0, 0.6], ids=["at once", "after the reservation"])
def test_a_lost_reply_in_a_new_namespace(replicas: Replicas, monkeypatch: pytest.MonkeyPatch, waits: float) -> None:
    """A repeated commit counts once, whatever another server does in the namespace in the meantime."""
    one, two, three = (mock.caller("api_key_new") for mock in replicas.all)
    replies: list[httpx.Response] = []
    later = Thread(target=lambda: replies.extend([two.create(), two.http.get("/__mock/scenarios")]))

    def let_another_begin() -> None:
        later.start()
        time.sleep(waits)

    lose_reply_to(one, monkeypatch, "part", let_another_begin)
    first = one.create()
    later.join()
    sessions = three.get("payment-sessions")["payment_sessions"]

    assert [200] * 3 == [reply.status_code for reply in (first, *replies)]
    assert {first.json()["token"], replies[0].json()["token"]} == {
        each["payment_session"]["token"] for each in sessions
    }
