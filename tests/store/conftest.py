"""Stores of both kinds, and replicas that share one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.store.replicas import Replicas
from tests.support.needs import need
from tests.support.stores import CLUSTER, ClusterServer, StoreServer, program_of, store_server


@contextmanager
def running(kind: str) -> Iterator[StoreServer]:
    need(program_of(kind), f"{kind} is not installed")
    server = store_server(kind)
    try:
        yield server
    finally:
        server.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with every kind of store, or with those that their module lists in `STORES`."""
    if "server" in metafunc.fixturenames:
        kinds = getattr(metafunc.module, "STORES", ("redis", "valkey", CLUSTER))
        metafunc.parametrize("server", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[StoreServer]:
    """A store of any kind: one process, or a cluster."""
    with running(request.param) as server:
        yield server


@pytest.fixture(scope="module", params=["redis", "valkey"])
def process(request: pytest.FixtureRequest) -> Iterator[StoreServer]:
    """A store in one process."""
    with running(request.param) as server:
        yield server


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


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterServer]:
    need(program_of(CLUSTER), "redis-server is not installed")
    server = ClusterServer()
    yield server
    server.close()
