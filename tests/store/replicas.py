"""Several servers that share one store."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Self

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.store import SharedState
from mockserver.store.redis_link import RedisLink
from mockserver.web import create_app, open_engine
from tests.support.mock import Mock


class Replicas:
    """Servers with the same store and the same settings, by number."""

    def __init__(self, url: str, *, count: int = 3, **settings: Any) -> None:
        self._settings = Settings(**{"seed": 1, "store": url, **settings})
        self._count = count
        self._stack = ExitStack()
        self._mocks: list[Mock] = []

    def __enter__(self) -> Self:
        for _ in range(self._count):
            engine = open_engine(self._settings)
            server = self._stack.enter_context(BackgroundServer(create_app(self._settings, engine=engine)))
            self._mocks.append(Mock(server.url, engine, self._stack))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def all(self) -> list[Mock]:
        """All replicas, each as the caller `api_key_demo`."""
        return self._mocks

    def __getitem__(self, number: int) -> Mock:
        """The replica with a number, as the caller `api_key_demo`. After the last one comes the first one again."""
        return self._mocks[number % self._count]


def link_of(mock: Mock) -> RedisLink:
    """The connection of a replica to its store."""
    state = mock.engine.state
    assert isinstance(state, SharedState)
    return state._link
