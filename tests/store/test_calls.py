"""How many calls of the store a request takes, one after another."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.store.replicas import Replicas, link_of
from tests.store.test_replicas import stripe_call
from tests.support.mock import Mock
from tests.support.stores import CLUSTER, ONE_SLOT, StoreServer

STORES = ("redis", "valkey", CLUSTER, ONE_SLOT)

# A request about a payment session.
Ask = Callable[[Mock, dict[str, Any]], httpx.Response]


def _create(mock: Mock, _: dict[str, Any]) -> httpx.Response:
    return mock.create()


def _create_in_a_new_namespace(mock: Mock, _: dict[str, Any]) -> httpx.Response:
    return mock.caller("api_key_new").create()


def _confirm(mock: Mock, session: dict[str, Any]) -> httpx.Response:
    return stripe_call(mock, session, "confirm", payment_method="pm_card_visa")


def _retrieve(mock: Mock, session: dict[str, Any]) -> httpx.Response:
    return stripe_call(mock, session, "")


def _read(mock: Mock, session: dict[str, Any]) -> httpx.Response:
    return mock.http.get(f"/__mock/payment-sessions/{session['token']}")


# How many calls a request makes, one after another, in three cases: this server has created the session; it does not
# know the namespace; it knows an older state of the namespace. The second numbers are for a cluster, where the shared
# keys need calls of their own.
REQUESTS: dict[str, tuple[Ask, tuple[int, int, int], tuple[int, int, int]]] = {
    "create": (_create, (1, 2, 2), (2, 3, 3)),
    "create in a new namespace": (_create_in_a_new_namespace, (1, 1, 1), (2, 2, 2)),
    "confirm": (_confirm, (1, 2, 2), (2, 4, 4)),
    "retrieve": (_retrieve, (1, 2, 2), (2, 4, 4)),
    "read": (_read, (1, 2, 2), (1, 1, 1)),
}


class Calls:
    """Records when the calls of a server begin and end."""

    def __init__(self, mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
        self._times: list[tuple[float, float]] = []
        link = link_of(mock)
        run = link.run

        async def recorded(*call: Any, **options: Any) -> Any:
            began = time.perf_counter()
            # Calls that begin at the same time overlap, however fast the store is.
            await asyncio.sleep(0.01)
            reply = await run(*call, **options)
            self._times.append((began, time.perf_counter()))
            return reply

        monkeypatch.setattr(link, "run", recorded)

    def in_a_row(self) -> int:
        """The number of calls, one after another. Calls at the same time count once."""
        count, end = 0, -math.inf
        for began, ended in sorted(self._times):
            if began >= end:
                count, end = count + 1, ended
            end = min(end, ended)
        return count


def _calls(mock: Mock) -> int:
    """The number of calls of the store that a server has made."""
    calls = mock.engine.state.store_calls
    assert calls is not None
    return sum(calls.durations.buckets)


@pytest.mark.parametrize("name", REQUESTS)
def test_calls_of_a_request(store: StoreServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A request takes at most two calls of a store, and one if the server knows what it needs."""
    ask, of_process, of_cluster = REQUESTS[name]
    found = []
    for knows in ("everything", "nothing", "an older state"):
        store.client.flushall()
        with Replicas(store.url, count=2) as replicas:
            other = replicas[0] if knows == "everything" else replicas[1]
            for mock in replicas.all:
                mock.caller("api_key_other").create()
            if knows == "an older state":
                replicas[0].create()
            session = other.create().json()
            calls = Calls(replicas[0], monkeypatch)
            assert 200 == ask(replicas[0], session).status_code
            found.append(calls.in_a_row())

    assert (of_cluster if store.has_slots else of_process) == tuple(found)


@pytest.mark.parametrize("path", ["journal", "payment-sessions"])
def test_calls_of_a_page(store: StoreServer, path: str) -> None:
    """A page of a listing takes as many calls as before if there are many more entries."""
    found = []
    with Replicas(store.url, count=1) as replicas:
        for count in (1, 250):
            for _ in range(count):
                replicas[0].create()
            before = _calls(replicas[0])
            assert 1 == len(next(each for each in replicas[0].get(path, limit=1).values() if isinstance(each, list)))
            found.append(_calls(replicas[0]) - before)

    assert found[0] == found[1]
