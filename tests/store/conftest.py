"""Stores of both kinds, and replicas that share one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store.replicas import Replicas
from tests.support.needs import need
from tests.support.stores import StoreServer, program_of


@pytest.fixture(scope="module", params=["redis", "valkey"])
def server(request: pytest.FixtureRequest) -> Iterator[StoreServer]:
    """A store in a process of its own."""
    kind: str = request.param
    need(program_of(kind), f"{kind} is not installed")
    server = StoreServer(kind)
    yield server
    server.close()


@pytest.fixture
def store(server: StoreServer) -> StoreServer:
    """The store of the module, without any data."""
    server.client.flushall()
    return server


@pytest.fixture
def replicas(store: StoreServer) -> Iterator[Replicas]:
    """Three servers that share the store."""
    with Replicas(store.url) as replicas:
        yield replicas
