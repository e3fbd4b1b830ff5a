"""The Starlette application for everything under `/__mock/`, and for the scripts that stand in for Stripe.js.

Host, Origin and preflight are checked before (see `dispatch`). `AsgiExchange` hands the request over, and says in it
if its body was not read.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.control import ControlApi, EventStream
from mockserver.engine.engine import Engine
from mockserver.messages import Reply, Request
from mockserver.pages import Pages
from mockserver.settings import Settings
from mockserver.web.own_replies import internal_error
from mockserver.web.reply_messages import head_message, sent_body
from mockserver.web.slice_scheduler import SliceScheduler
from mockserver.web.wire import REQUEST, Wire, wire_of

# A comment is sent after so many seconds of silence, so that proxies do not close the stream.
_HEARTBEAT = 15.0

Handler = Callable[[Request, Mapping[str, str]], Reply]


def mock_app(engine: Engine, settings: Settings) -> ASGIApp:
    """The application. Its routes are all listed here; spec/admin.yaml describes those of the control API."""
    pages = Pages(engine, max_body=settings.max_body)
    control = ControlEndpoint(ControlApi(engine, settings), SliceScheduler())
    return Starlette(
        routes=[
            Route("/__mock/", Endpoint(pages.file("console.html"))),
            Route("/__mock/console.js", Endpoint(pages.file("console.js"))),
            Route("/__mock/demo", Endpoint(pages.file("demo.html"))),
            Route("/__mock/demo.js", Endpoint(pages.file("demo.js"))),
            Route("/__mock/icon.svg", Endpoint(pages.file("icon.svg"))),
            Route("/__mock/page.css", Endpoint(pages.file("page.css"))),
            Route("/__mock/wingback.js", Endpoint(pages.wingback_script)),
            Route("/__mock/wingback/payment-sessions/{token:path}", Endpoint(pages.payment_session)),
            Route("/v3", Endpoint(pages.stripe_script)),
            Route("/v3/", Endpoint(pages.stripe_script)),
            Route("/{train}/stripe.js", Endpoint(pages.stripe_script)),
            Route("/__mock/health", control),
            Route("/__mock/scenarios", control),
            Route("/__mock/scenario", control),
            Route("/__mock/strict", control),
            Route("/__mock/journal", control),
            Route("/__mock/events", control),
            Route("/__mock/verify", control),
            Route("/__mock/payment-sessions", control),
            Route("/__mock/payment-sessions/{token:path}", control),
            Route("/__mock/reset", control),
            Route("/__mock/coverage", control),
            Route("/__mock/openapi.json", control),
            # Every other path: the control API refuses it and names the nearest path.
            Route("/{path:path}", control),
        ],
        exception_handlers={Exception: _crashed},
    )


class Endpoint:
    """An ASGI app that answers with a handler.

    Starlette would run a plain function in a thread pool. Handlers run in the event loop, as all code of the mock does.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the handler returns."""
        answer = self._handler(scope[REQUEST], scope["path_params"])
        await _response(answer, scope)(scope, receive, send)


class ControlEndpoint:
    """An ASGI app that answers with the control API, whose calls may take long: they run in slices."""

    def __init__(self, control: ControlApi, scheduler: SliceScheduler) -> None:
        self._control = control
        self._scheduler = scheduler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the result of the call."""
        answer = await self._scheduler.run(self._control.handle(scope[REQUEST]))
        response = _response(answer, scope) if isinstance(answer, Reply) else _stream(*answer, wire_of(scope))
        await response(scope, receive, send)


def _response(reply: Reply, scope: Scope) -> Response:
    response = Response(sent_body(reply, scope["method"]), reply.status)
    response.raw_headers = head_message(reply)["headers"]
    return response


def _stream(head: Reply, events: EventStream, wire: Wire | None) -> Response:
    response = StreamingResponse(_pieces(events, wire), head.status)
    response.raw_headers = [field for field in head_message(head)["headers"] if field[0] != b"content-length"]
    return response


async def _pieces(events: EventStream, wire: Wire | None) -> AsyncIterator[bytes]:
    """The events as they come, until the server stops; Starlette ends the iteration when the client disconnects."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    events.start(lambda: loop.call_soon_threadsafe(news.set))
    stopping: asyncio.Future[Any] = asyncio.ensure_future(wire.stopping.wait() if wire else asyncio.Event().wait())
    try:
        while not stopping.done():
            if piece := events.take():
                yield piece
                continue
            waiting: asyncio.Future[Any] = asyncio.ensure_future(news.wait())
            done, _ = await asyncio.wait({waiting, stopping}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            news.clear()
            if not done:
                yield events.HEARTBEAT
    finally:
        stopping.cancel()
        events.close()


async def _crashed(request: StarletteRequest, _: Exception) -> Response:
    return _response(internal_error(), request.scope)
