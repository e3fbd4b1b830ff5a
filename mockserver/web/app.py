"""The ASGI app."""

from __future__ import annotations

import asyncio
from functools import cached_property

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.settings import Settings
from mockserver.web.accesslog import AccessLog
from mockserver.web.core import Core
from mockserver.web.edge import Edge
from mockserver.web.exchange import Exchange
from mockserver.web.wire import wire_of

__all__ = ["Application", "create_app"]


def create_app(
    settings: Settings | None = None, *, engine: Core | None = None, log: AccessLog | None = None
) -> ASGIApp:
    """The mock server as an ASGI app; it logs no requests unless it is given a log, which it closes at its end.

    Raises UsageError when a setting, the contract or a scenario cannot be used.
    """
    settings = settings or Settings()
    if engine is None:
        from mockserver.engine import Engine

        engine = Engine.from_settings(settings)
    return Application(settings, core=engine, log=log)


class Application:
    """One server's app: everything it knows and keeps hangs here."""

    def __init__(self, settings: Settings, *, core: Core, log: AccessLog | None) -> None:
        self._core = core
        self._edge = Edge(settings)
        self._log = log
        self._max_body = settings.max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speaks ASGI 3: http and lifespan; a websocket is turned away."""
        if scope["type"] == "http":
            exchange = Exchange(scope, receive, send, core=self._core, log=self._log)
            try:
                await exchange.run(self._edge, self._admin, max_body=self._max_body)
            except asyncio.CancelledError:
                wire = wire_of(scope)
                if wire is None or not wire.stopping.is_set():
                    raise
                # The server's grace is over; half a reply may have been sent, so nothing can be said.
                wire.close()
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    def _admin(self) -> ASGIApp:
        return self._admin_app

    @cached_property
    def _admin_app(self) -> ASGIApp:
        # Most of Starlette is imported for the control API only: a tenth of a second that no start should wait for.
        from mockserver.web.admin import create_admin

        return create_admin(self._core)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})
