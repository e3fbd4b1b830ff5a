"""A live server with an engine that echoes requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import AccessLog, create_app
from tests.support.echo_engine import EchoEngine
from tests.support.raw import RawConnection, RawReply

__all__ = ["Live", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A server that listens, and the engine in it."""

    url: str
    engine: EchoEngine = field(default_factory=EchoEngine)

    def connect(self, **options: Any) -> RawConnection:
        return RawConnection(self.url, **options)

    def exchange(self, data: bytes, *, has_body: bool = True) -> RawReply:
        """One reply to these bytes, over a connection of their own."""
        with self.connect() as connection:
            connection.send(data)
            return connection.receive(has_body=has_body)


@contextmanager
def live(settings: Settings | None = None, *, log: AccessLog | None = None) -> Iterator[Live]:
    """Serve an EchoEngine on real sockets; the control API beside it is the real one."""
    engine = EchoEngine()
    with BackgroundServer(create_app(settings or Settings(), engine=engine, log=log)) as server:
        yield Live(url=server.url, engine=engine)
