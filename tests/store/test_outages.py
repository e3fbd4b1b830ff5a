"""Rare failures of a store: replies that are lost or late, a store that only reads, that is full, or is upgraded."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Self

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mockserver.store import availability, redis_link
from tests.store.replicas import Replicas
from tests.support.command import run
from tests.support.mock import Mock
from tests.support.shop import prepared
from tests.support.stores import StoreServer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for a store that does not answer."""
    monkeypatch.setattr(redis_link, "CALL_SECONDS", 0.3)


@pytest.fixture
def mocks(store: StoreServer) -> Iterator[list[Mock]]:
    """Two servers, each of which has answered a call."""
    with Replicas(store.url, count=2) as replicas:
        assert [200, 200] == [mock.create().status_code for mock in replicas.all]
        yield replicas.all


def is_refused(reply: httpx.Response) -> bool:
    return (503, "store-unavailable", None) == (
        reply.status_code,
        reply.headers.get("mock-refused"),
        reply.headers.get("mock-entry"),
    )


def numbers(*replies: httpx.Response) -> list[int]:
    """The numbers of the exchanges in their namespace."""
    return [int(reply.headers["mock-entry"].rpartition("-")[2]) for reply in replies]


class CuttingProxy:
    """A TCP proxy in front of a store. It drops the next `cuts` replies to commits, with their connections."""

    def __init__(self, store: StoreServer) -> None:
        self._path = str(store.folder / "s")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # It ends `accept`, which `close` does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as store:
            store.connect(self._path)
            while data := client.recv(1 << 20):
                store.sendall(data)
                # The mock sends no other command on a connection before it has the reply.
                reply = store.recv(1 << 22)
                if self.cuts and b"EVAL" in data and b'"parts":[{' in data:
                    self.cuts -= 1
                    return
                client.sendall(reply)


@pytest.mark.parametrize("cuts", [1, 2])
def test_lost_replies(process: StoreServer, cuts: int) -> None:
    """Commits that were applied and whose replies were lost are sent again, and count once."""
    process.client.flushall()
    with CuttingProxy(process) as proxy, Replicas(proxy.url, count=1) as near, Replicas(process.url, count=1) as other:
        mock = near[0]
        made = [mock.create()]
        proxy.cuts = cuts
        assert 200 == mock.activate("retry_after_503").status_code
        for _ in range(3):
            proxy.cuts = cuts
            made.append(mock.create())
        setup = prepared(mock)
        proxy.cuts = cuts
        assert 200 == setup.confirm().status_code

        assert 0 == proxy.cuts
        assert [200, 503, 503, 200] == [reply.status_code for reply in made]
        assert [1, 2, 3, 4] == numbers(*made)
        entries = [int(each["id"].rpartition("-")[2]) for each in other[0].get("journal")["entries"]]
        assert [1, 2, 3, 4, 5, 6] == entries
        assert 3 == other[0].get("payment-sessions")["count"]
        assert 1 == len(setup.saved())


@pytest.mark.parametrize("key", ["api_key_demo", None], ids=["namespace", "server"])
def test_a_lost_reply_to_a_reset(process: StoreServer, key: str | None) -> None:
    """A reset whose reply was lost has its effect once."""
    process.client.flushall()
    with CuttingProxy(process) as proxy, Replicas(proxy.url, count=1) as replicas:
        mock = replicas[0]
        first = mock.create()
        proxy.cuts = 1
        assert 204 == mock.caller(key).http.post("/__mock/reset").status_code
        assert 0 == proxy.cuts
        assert first.content == mock.create().content
        assert 1 == mock.get("journal")["count"]


def test_late_replies(store: StoreServer, mocks: list[Mock]) -> None:
    """A reply that comes too late is not taken for that to a later call, and listings are refused meanwhile."""
    one, two = mocks
    store.send_signal(signal.SIGSTOP)
    try:
        assert is_refused(one.create())
        assert is_refused(one.http.get("/__mock/journal"))
        assert 503 == one.http.get("/__mock/health/ready").status_code
        assert 200 == one.http.get("/__mock/health/live").status_code
    finally:
        store.send_signal(signal.SIGCONT)
    made = [mock.create() for mock in (one, two, one)]
    entries = [entry["id"] for entry in one.get("journal")["entries"]]
    tokens = {each["payment_session"]["token"] for each in two.get("payment-sessions")["payment_sessions"]}

    assert [200] * 3 == [reply.status_code for reply in made]
    assert [reply.headers["mock-entry"] for reply in made] == entries[-3:]
    assert {reply.json()["token"] for reply in made} <= tokens


def test_a_refused_call_has_no_effect(store: StoreServer, mocks: list[Mock]) -> None:
    """A call that was refused while the store was away does not count when it is back."""
    store.kill()
    assert [True] * 3 == [is_refused(mock.create()) for mock in (*mocks, mocks[0])]
    assert 1 == run("health", mocks[0].url).returncode
    store.start()

    assert 0 == mocks[1].get("journal")["count"]
    assert [1, 2] == numbers(mocks[0].create(), mocks[1].create())


def test_another_format_later(store: StoreServer, mocks: list[Mock]) -> None:
    """If a newer version has taken over the store, a running server refuses, and says which format was found."""
    store.client.hset("{mockserver}:server", mapping={"format": "9", "h": "whatever", "v": "x"})
    for _ in range(2):
        reply = mocks[0].create()
        assert is_refused(reply), reply.text
        assert "the format 9" in reply.json()["detail"]


def test_a_store_that_only_reads(process: StoreServer) -> None:
    """A former primary refuses writes, and so does the mock."""
    with Replicas(process.url, count=1) as replicas:
        assert 200 == replicas[0].create().status_code
        process.client.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            assert is_refused(replicas[0].create())
        finally:
            process.client.execute_command("REPLICAOF", "NO", "ONE")
        assert 200 == replicas[0].create().status_code


def test_reset_of_a_full_store(store: StoreServer, mocks: list[Mock]) -> None:
    """A full store can be read, and a server-wide reset makes room in it."""
    for index in range(20):
        mocks[index % 2].create(extra="x" * 50_000)
    node = store.shared_node
    node.set_option("maxmemory", node.client.info("memory")["used_memory"] - 500_000)
    try:
        assert is_refused(mocks[0].create())
        assert 22 == mocks[1].get("journal")["count"]
        assert 204 == mocks[0].caller(None).http.post("/__mock/reset").status_code
        assert 200 == mocks[1].create().status_code
    finally:
        node.set_option("maxmemory", 0)


def test_a_store_that_is_emptied_again_and_again(store: StoreServer, mocks: list[Mock]) -> None:
    """Whatever has gone between two calls, each call is answered."""
    setup = prepared(mocks[0])
    for index in range(8):
        store.client.flushall()
        assert 200 == mocks[index % 2].create().status_code
        store.client.flushall()
        assert 404 == setup.retrieve().status_code
        assert 200 == mocks[index % 2].http.get("/__mock/journal").status_code


def metrics_of_store(mock: Mock) -> dict[str, float]:
    """The metrics about the store, by their names. They are those of one process."""
    reply = mock.http.get("/__mock/metrics")
    assert 200 == reply.status_code
    samples = [sample for family in text_string_to_metric_families(reply.text) for sample in family.samples]
    own = [sample for sample in samples if "process" in sample.labels]
    assert {f"{socket.gethostname()}:{os.getpid()}"} == {sample.labels["process"] for sample in own}
    found = {sample.name.removeprefix("mockserver_store_"): sample.value for sample in own}
    return {name: found[name] for name in ("up", "failures_total", "refusals_total", "seconds_count")}


def test_metrics_and_log_of_an_outage(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The metrics show the outage while it lasts. The log says when it begins, why, and when it ends."""
    monkeypatch.setattr(availability, "_CALM_SECONDS", 0.0)
    mock = mocks[0]
    before = metrics_of_store(mock)
    store.kill()
    for _ in range(3):
        assert is_refused(mock.create())
    during = metrics_of_store(mock)
    store.start()
    assert 200 == mock.create().status_code
    after = metrics_of_store(mock)
    logged = [record.getMessage() for record in caplog.records if "store" in record.getMessage()]

    assert (1, 0, 0) == (before["up"], before["failures_total"], before["refusals_total"])
    assert (0, 3) == (during["up"], during["refusals_total"])
    assert 3 <= during["failures_total"] <= after["failures_total"]
    assert before["seconds_count"] < during["seconds_count"] < after["seconds_count"]
    assert (1, 3) == (after["up"], after["refusals_total"])
    assert "The store of --store cannot be used: " == logged[0][:37]
    assert "The store of --store can be used again, after " == logged[1][:46]
    assert 2 == len(logged)


def test_the_log_of_a_store_that_refuses_to_write(
    store: StoreServer, mocks: list[Mock], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Reads that succeed in the meantime do not look like the end of the problem."""
    monkeypatch.setattr(availability, "_CALM_SECONDS", 0.0)
    mock = mocks[0]
    token = mock.create().json()["token"]
    store.set_option("maxmemory", 1)
    try:
        for _ in range(3):
            mock.create()
            assert 200 == mock.http.get(f"/__mock/payment-sessions/{token}").status_code
            assert 503 == mock.http.get("/__mock/health/ready").status_code
        assert 0 == metrics_of_store(mock)["up"]
        lines = [record.getMessage() for record in caplog.records if "store" in record.getMessage()]
    finally:
        store.set_option("maxmemory", 0)

    assert ["The store of --store cannot be used: "] == [line[:37] for line in lines]
    assert "memory" in lines[0]
