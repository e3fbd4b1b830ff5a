"""A live server with the stand-in behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mockserver.control import ControlApi
from mockserver.loading import load_engine
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import AccessLog, create_app
from tests.support.raw import RawConnection, RawReply
from tests.support.standin import StandIn

__all__ = ["Live", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A server that listens, and the engine in it."""

    url: str
    engine: StandIn = field(default_factory=StandIn)

    def connect(self, **options: Any) -> RawConnection:
        return RawConnection(self.url, **options)

    def exchange(self, data: bytes, *, has_body: bool = True) -> RawReply:
        """One reply to these bytes, over a connection of their own."""
        with self.connect() as connection:
            connection.send(data)
            return connection.receive(has_body=has_body)


@contextmanager
def live(settings: Settings | None = None, *, log: AccessLog | None = None) -> Iterator[Live]:
    """Serves the stand-in on real sockets; the control API beside it is the real one."""
    engine = StandIn()
    with BackgroundServer(create_app(settings or Settings(), engine=engine, control=_control, log=log)) as server:
        yield Live(url=server.url, engine=engine)


@cache
def _control() -> ControlApi:
    return ControlApi(load_engine(Settings(seed=1)), Settings())
