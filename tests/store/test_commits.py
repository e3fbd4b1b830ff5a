"""Commits that stop halfway, that are sent again, or that compete with those of other servers."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.store import shared_store
from mockserver.store.redis_link import RedisLink
from tests.store.interference import lose_reply_to
from tests.store.replicas import Replicas, link_of
from tests.support.stores import PREFIX, StoreServer

UNAVAILABLE = (503, "store-unavailable")


@pytest.mark.parametrize("key", ["names", "journal", "entries", "bytes", "m", "c", "namespaces"])
def test_a_script_that_stops_halfway(store: StoreServer, key: str) -> None:
    """A request is refused if not all of its effects were stored, also if it is repeated."""
    with Replicas(store.url, count=2) as replicas:
        one, two = replicas.all
        first = one.create().headers["mock-entry"]
        store.client.rename(PREFIX + key, PREFIX + "kept")
        store.client.set(PREFIX + key, "of another type")
        refused = [one.create(), one.create()]
        store.client.rename(PREFIX + "kept", PREFIX + key)
        made = [reply.headers["mock-entry"] for reply in (one.create(), two.create())]
        entries = [entry["id"] for entry in two.get("journal")["entries"]]

    assert [UNAVAILABLE] * 2 == [(reply.status_code, reply.headers.get("mock-refused")) for reply in refused]
    assert [first, *made] == [each for each in entries if each in (first, *made)]


def test_many_commits_before_a_repeated_one(store: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit whose reply was lost counts once, even if another server has committed many times since then."""
    with Replicas(store.url, count=2) as replicas:
        one, two = replicas.all
        others: list[int] = []
        one.create()
        lose_reply_to(one, monkeypatch, "id", lambda: others.extend(two.create().status_code for _ in range(40)))
        assert 200 == one.create().status_code
        entries = [entry["id"] for entry in one.get("journal", limit=100)["entries"]]

    assert [200] * 40 == others
    assert 42 == len(entries) == len(set(entries))


def test_a_server_with_a_slow_connection(store: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its requests are answered, although another server changes the same namespace all the time."""
    with Replicas(store.url, count=2) as replicas:
        slow, fast = replicas.all
        link, evaluate = link_of(slow), RedisLink._evaluate

        async def evaluate_late(own: RedisLink, *call: Any) -> Any:
            await asyncio.sleep(0.04 if own is link else 0)
            reply = await evaluate(own, *call)
            await asyncio.sleep(0.04 if own is link else 0)
            return reply

        monkeypatch.setattr(RedisLink, "_evaluate", evaluate_late)
        ended = threading.Event()

        def keep_busy() -> None:
            while not ended.is_set():
                fast.create()

        with ThreadPoolExecutor(1) as pool:
            busy = pool.submit(keep_busy)
            try:
                statuses = [slow.create().status_code for _ in range(3)]
            finally:
                ended.set()
            busy.result()

    assert [200] * 3 == statuses


def test_a_namespace_that_others_change_all_the_time(store: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some time, a request is refused instead of being decided again and again."""
    monkeypatch.setattr(shared_store, "_MOST_SECONDS", 0.3)
    with Replicas(store.url, count=2) as replicas:
        one, two = replicas.all
        link, evaluate = link_of(one), RedisLink._evaluate

        async def evaluate_after_another(own: RedisLink, *call: Any) -> Any:
            if own is link:
                await asyncio.to_thread(two.create)
            return await evaluate(own, *call)

        one.create()
        monkeypatch.setattr(RedisLink, "_evaluate", evaluate_after_another)
        reply = one.create()

    assert UNAVAILABLE == (reply.status_code, reply.headers.get("mock-refused"))
    assert "other servers change" in reply.json()["detail"]
