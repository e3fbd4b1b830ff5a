"""Listings of a store have the same pages as those of memory, also when the oldest payment sessions were removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.settings import Settings
from mockserver.store import listings, shared_sessions
from mockserver.store.transaction import ItemKind
from tests.store.replicas import Replicas
from tests.support.mock import Mock, mock_of
from tests.support.stores import TEST_STORE, StoreServer

KEPT = 9
CALLERS = ("api_key_one", "api_key_two")


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    monkeypatch.delenv(TEST_STORE, raising=False)
    with mock_of(Settings(seed=1)) as mock:
        # No flag changes how many sessions are kept.
        mock.engine.ledger.sessions._sessions._cap = KEPT  # type: ignore[attr-defined]  # sessions in memory
        yield mock


def pages(mock: Mock, query: str) -> list[tuple[Any, ...]]:
    """The tokens, the count and the relations of the links of a page, and of all pages that follow it."""
    found: list[tuple[Any, ...]] = []
    path = f"/__mock/payment-sessions?{query}"
    while path:
        reply = mock.http.get(path)
        body, links = reply.json(), reply.links
        tokens = [each["payment_session"]["token"] for each in body["payment_sessions"]]
        found.append((tokens, body["count"], set(links)))
        path = links["next"]["url"] if "next" in links else ""
        assert len(found) < 30
    return found


QUERIES = ("", "limit=1&after=0", "limit=2&after=0", "limit=3", "after=1000", "limit=20&after=2")


@pytest.mark.parametrize("made", [0, 1, 4, 15])
@pytest.mark.parametrize("query", QUERIES)
def test_pages(store: StoreServer, memory: Mock, monkeypatch: pytest.MonkeyPatch, made: int, query: str) -> None:
    """Every page of both namespaces and of the whole server is the same. The numbers in the links may differ."""
    for module in (shared_sessions, listings):
        monkeypatch.setattr(module, "SESSION", ItemKind("session", KEPT, 1 << 30))
    with Replicas(store.url, count=2) as replicas:
        for number in range(made):
            for mock in (memory, replicas[number]):
                mock.caller(CALLERS[number % 3 == 0]).create()
        for key in (*CALLERS, None):
            assert pages(memory.caller(key), query) == pages(replicas[1].caller(key), query), key
