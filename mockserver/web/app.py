"""The ASGI app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.settings import Settings
from mockserver.web.access_log import AccessLog
from mockserver.web.access_policy import AccessPolicy
from mockserver.web.asgi_exchange import AsgiExchange
from mockserver.web.core import ControlPart, Core
from mockserver.web.dispatch import Api, Dispatcher, PagesPart, StripePart
from mockserver.web.fast_path import FastPath, PendingAnswer, RenderedAnswer
from mockserver.web.request_head import RequestHead
from mockserver.web.wire import wire_of

if TYPE_CHECKING:
    from mockserver.reloading import Reloader

__all__ = ["Application", "create_app"]


def create_app(
    settings: Settings | None = None,
    *,
    engine: Core | None = None,
    control: Callable[[], ControlPart] | None = None,
    log: AccessLog | None = None,
) -> ASGIApp:
    """The mock server as an ASGI app; it logs no requests unless it is given a log, which it closes at its end.

    With `settings.reload` it watches its files from the startup to the shutdown of the lifespan protocol.
    Raises UsageError when a setting, the contract or a scenario cannot be used.
    """
    settings = settings or Settings()
    if engine is None:
        from mockserver.loading import load_engine

        engine = load_engine(settings)
    return Application(
        settings,
        core=engine,
        control=control or _control(settings, engine),
        stripe=_stripe(settings, engine),
        pages=_pages(engine),
        saved_methods=_saved_methods(settings, engine),
        log=log,
        reloader=_reloader(settings, engine, log),
    )


def _control(settings: Settings, core: Core) -> Callable[[], ControlPart]:
    """Makes the control API when it is first called: no start should wait for it."""

    @cache
    def make() -> ControlPart:
        from mockserver.control import ControlApi
        from mockserver.engine.engine import Engine

        if not isinstance(core, Engine):
            raise TypeError("the control API needs a whole engine")
        return ControlApi(core, settings)

    return make


def _stripe(settings: Settings, core: Core) -> Callable[[], StripePart]:
    """Makes Stripe's side when it is first called, for the same reason."""

    def make() -> StripePart:
        from mockserver.engine.engine import Engine
        from mockserver.stripe import StripeApi

        if not isinstance(core, Engine):
            raise TypeError("Stripe's side needs a whole engine")
        return StripeApi(core, max_body=settings.max_body)

    return make


def _pages(core: Core) -> Callable[[], PagesPart | None]:
    """Makes the browser's side when it is first called, likewise."""

    def make() -> PagesPart | None:
        from mockserver.engine.engine import Engine
        from mockserver.pages import Pages

        # Another core has no payment sessions for a form.
        return Pages(core) if isinstance(core, Engine) else None

    return make


def _saved_methods(settings: Settings, core: Core) -> Api | None:
    from mockserver.engine.engine import Engine
    from mockserver.saved_methods import SavedMethodsApi

    return SavedMethodsApi(core, settings) if settings.has_saved_methods and isinstance(core, Engine) else None


def _reloader(settings: Settings, core: Core, log: AccessLog | None) -> Reloader | None:
    if not settings.reload:
        return None
    from mockserver.engine.engine import Engine
    from mockserver.reloading import Reloader

    # Another core has no files that could change.
    return Reloader(core, settings, tell=log.tell if log else None) if isinstance(core, Engine) else None


class Application:
    """One server's app: everything it knows and keeps hangs here."""

    def __init__(
        self,
        settings: Settings,
        *,
        core: Core,
        control: Callable[[], ControlPart],
        stripe: Callable[[], StripePart],
        pages: Callable[[], PagesPart | None],
        saved_methods: Api | None,
        log: AccessLog | None,
        reloader: Reloader | None = None,
    ) -> None:
        self._core = core
        self._control = control
        self._sides = Dispatcher(core, stripe, pages, saved_methods)
        self._access = AccessPolicy(settings)
        self._log = log
        self._reloader = reloader
        self._max_body = settings.max_body
        self._prompt = FastPath(sides=self._sides, access=self._access, log=log, max_body=settings.max_body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speaks ASGI 3: http and lifespan; a websocket is turned away."""
        if scope["type"] == "http":
            exchange = AsgiExchange(scope, receive, send, core=self._core, log=self._log)
            await _until_the_end(scope, exchange.run(self._access, self._control, self._sides, max_body=self._max_body))
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    def answer_at_once(self, head: RequestHead, body: bytes) -> RenderedAnswer | ASGIApp | None:
        """The reply to a request that was read to its end, if nothing has to be waited for.

        Else what goes on with the request as an ASGI app; None when all of it is still to be done.
        """
        answer = self._prompt.answer(head, body)
        return self._later(answer) if isinstance(answer, PendingAnswer) else answer

    def _later(self, late: PendingAnswer) -> ASGIApp:
        async def deliver(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = AsgiExchange(scope, receive, send, core=self._core, log=self._log, started=late.started)
            await _until_the_end(scope, exchange.deliver(late.answer, besides=late.besides))

        return deliver

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._reloader is not None:
            # The loop does one thing after another: what it is given runs between two requests.
            self._reloader.start(asyncio.get_running_loop().call_soon_threadsafe)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._reloader is not None:
            self._reloader.stop()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _until_the_end(scope: Scope, exchange: Awaitable[None]) -> None:
    """The exchange, to its end or to that of the server's grace."""
    try:
        await exchange
    except asyncio.CancelledError:
        wire = wire_of(scope)
        if wire is None or not wire.stopping.is_set():
            raise
        # Half a reply may have been sent, so nothing can be said.
        wire.close()
