"""The ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from itertools import chain
from time import perf_counter
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.engine.engine import Engine
from mockserver.messages import Reply
from mockserver.reloading import Reloader
from mockserver.settings import Settings
from mockserver.web.access_log import AccessLog
from mockserver.web.asgi_exchange import AsgiExchange
from mockserver.web.content_codings import decoded
from mockserver.web.dispatch import Decision, Dispatcher
from mockserver.web.large_requests import is_large
from mockserver.web.opened_engine import open_engine
from mockserver.web.reply_messages import head_lines, sent_body
from mockserver.web.request_body import Body, received_body
from mockserver.web.request_head import RequestHead
from mockserver.web.warm_up import WarmUp
from mockserver.web.wire import wire_of

# In seconds: servers listen soon after the startup, and their first reply should not wait for the warm-up.
_WARM_UP_DELAY = 0.2


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    log: AccessLog | None = None,
    warm_up: bool = False,
) -> Application:
    """The mock server as an ASGI app.

    It logs requests only to a `log`, which it closes at the shutdown of the lifespan protocol. With `settings.reload`
    it watches its files from the startup to the shutdown. With `warm_up`, soon after the startup, a thread imports and
    compiles what the first calls of the other APIs need, so that they do not wait for it; this is for servers that run
    long. Raises UsageError: a setting, the contract or a scenario cannot be used.
    """
    settings = settings or Settings()
    engine = engine or open_engine(settings)
    reloader = Reloader(engine, settings, log=log.tell if log else None) if settings.reload else None
    return Application(settings, engine, log=log, reloader=reloader, warm_up=warm_up)


class RenderedAnswer(NamedTuple):
    """A reply as bytes. The server adds the status line and its own header fields."""

    status: int
    lines: bytes
    body: bytes


class Application:
    """The app of one server. All state of the server is in it."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        *,
        log: AccessLog | None,
        reloader: Reloader | None = None,
        warm_up: bool = False,
    ) -> None:
        self._redactor = engine.redactor
        self._state = engine.state
        self.is_shared = engine.state.is_shared
        """Whether state is in a store. Then `answer_when_stored` answers."""
        self._log = log
        self._reloader = reloader
        self._max_body = settings.max_body
        self._dispatcher = Dispatcher(engine, settings)
        self._warm_up: WarmUp | None = None
        if warm_up:
            self._warm_up = WarmUp(self._dispatcher.apis.preparations(), delay=_WARM_UP_DELAY)

    def prepare(self) -> None:
        """Import and compile now what requests can need: worker processes then share it. Returns when all is done."""
        apis = self._dispatcher.apis
        WarmUp(chain(apis.preparations(), apis.imports())).run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI 3: http and lifespan. A websocket is closed."""
        if scope["type"] == "http":
            exchange = AsgiExchange(scope, receive, send, redactor=self._redactor, log=self._log)
            await _until_stopped(scope, exchange.run(self._dispatcher, max_body=self._max_body))
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    def answer_at_once(self, head: RequestHead, body: bytes) -> RenderedAnswer | ASGIApp:
        """The fast path: the answer to a complete request, without a task and without ASGI messages.

        If the answer has to wait, as a fault or a delayed reply does, this is an ASGI app that delivers it. A large
        request, one that misses something which takes long, and every request if state is in a store, is left to the
        app itself.
        """
        if self.is_shared:
            return self._stored(head)
        started = perf_counter()
        received = self._received(head, body)
        if is_large(head, received.data):
            return self
        return self._rendered(self._dispatcher.decide(head, received), head, received, started)

    async def answer_when_stored(self, head: RequestHead, body: bytes) -> RenderedAnswer | ASGIApp:
        """The same if state is in a store: the answer when its effects are stored, still without ASGI messages."""
        started = perf_counter()
        received = self._received(head, body)
        if is_large(head, received.data):
            return self._stored(head)
        return self._rendered(await self._dispatcher.decide_when_ready(head, received), head, received, started)

    def _received(self, head: RequestHead, body: bytes) -> Body:
        received = received_body(body, announced=head.fields.length, limit=self._max_body)
        if head.fields.content_coding:
            received = decoded(received, coding=head.fields.content_coding, limit=self._max_body)
        return received

    def _rendered(
        self, decision: Decision, head: RequestHead, received: Body, started: float
    ) -> RenderedAnswer | ASGIApp:
        """The decision as bytes, or as an app if it cannot be sent at once."""
        reply = decision.outcome
        if (
            not isinstance(reply, Reply)
            or decision.before_body
            or not received.complete
            or reply.delay > 0
            or not 200 <= reply.status <= 599
        ):
            return self if decision.missing is not None else self._later(decision, received, started)
        lines = head_lines(reply, headers=decision.headers)
        if b"connection: " in lines:
            return self._later(decision, received, started)
        sent = sent_body(reply, head.method)
        if self._log is not None:
            self._log.add(head, reply, seconds=perf_counter() - started, size=len(sent))
        return RenderedAnswer(reply.status, lines, sent)

    def _later(self, decision: Decision, body: Body, started: float) -> ASGIApp:
        async def deliver(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = AsgiExchange(scope, receive, send, redactor=self._redactor, log=self._log, started=started)
            await _until_stopped(scope, exchange.deliver(decision, body))

        return deliver

    def _stored(self, head: RequestHead) -> ASGIApp:
        """Answers a request when the effects of the answer are stored. The head is known, also to later requests."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = AsgiExchange(scope, receive, send, redactor=self._redactor, log=self._log, head=head)
            await _until_stopped(scope, exchange.run(self._dispatcher, max_body=self._max_body))

        return answer

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._reloader is not None:
            # The event loop runs one callback after another, so a reload takes place between two requests.
            self._reloader.start(asyncio.get_running_loop().call_soon_threadsafe)
        await send({"type": "lifespan.startup.complete"})
        if self._warm_up is not None:
            self._warm_up.start()
        await receive()
        if self._warm_up is not None:
            self._warm_up.stop()
        if self._reloader is not None:
            self._reloader.stop()
        await self._state.close()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _until_stopped(scope: Scope, exchange: Awaitable[None]) -> None:
    """Run an exchange to its end, or until the server's grace period is over."""
    try:
        await exchange
    except asyncio.CancelledError:
        wire = wire_of(scope)
        if wire is None or not wire.stopping.is_set():
            raise
        # Half a reply may have been sent, so the connection can only be closed.
        wire.close()
