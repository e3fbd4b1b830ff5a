"""The ASGI app of the control API: calls in slices, and replies that are made while they are sent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mockserver.control import ControlApi, EventStream, StreamedReply
from mockserver.engine.mock_headers import refusal_reply
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.web.open_streams import OpenStreams
from mockserver.web.reply_messages import head_message, response_of
from mockserver.web.slice_scheduler import SliceScheduler
from mockserver.web.streamed_response import StreamedResponse
from mockserver.web.wire import REQUEST, Wire, pause, wire_of

HEARTBEAT_SECONDS: Final = 15.0
"""A comment is sent after so much silence, so that proxies do not close the stream."""

BATCH_SECONDS: Final = 0.05
"""How much time passes between two batches of events for one listener."""


class ControlEndpoint:
    """Answers with the control API."""

    def __init__(self, control: ControlApi) -> None:
        self._control = control
        self._scheduler = SliceScheduler()
        self._streams = OpenStreams()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the result of the call."""
        request: Request = scope[REQUEST]
        answer = await self._scheduler.run(self._control.handle(request))
        if isinstance(answer, Reply):
            response = response_of(answer, request.method)
        else:
            response = self._streamed(answer, request, wire_of(scope))
        await response(scope, receive, send)

    def _streamed(self, answer: StreamedReply, request: Request, wire: Wire | None) -> Response:
        if request.method == "HEAD":
            answer.close()
            response = Response(status_code=answer.head.status)
        else:
            try:
                stream = self._streams.open(f"{request.method} {request.path}", wire)
            except Refusal as refusal:
                answer.close()
                return response_of(refusal_reply(refusal, headers=ControlApi.HEADERS), request.method)
            body = answer.body
            pieces = self._events(body, wire) if isinstance(body, EventStream) else self._scheduler.pieces(body)
            response = StreamedResponse(self._streams.sent(stream, pieces), answer.head.status)
        response.raw_headers = [
            field for field in head_message(answer.head)["headers"] if field[0] != b"content-length"
        ]
        return response

    async def _events(self, events: EventStream, wire: Wire | None) -> AsyncIterator[bytes]:
        """The events as they come, until the server stops; Starlette ends the iteration when the client disconnects."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        events.start(lambda: loop.call_soon_threadsafe(news.set))
        stopping: asyncio.Future[Any] = asyncio.ensure_future(wire.stopping.wait() if wire else asyncio.Event().wait())
        pieces, next_batch = events.pieces(), loop.time()
        try:
            while not stopping.done():
                news.clear()
                piece = await self._scheduler.next(pieces)
                if piece:
                    yield piece
                if piece is not None:
                    continue
                waiting: asyncio.Future[Any] = asyncio.ensure_future(news.wait())
                done, _ = await asyncio.wait(
                    {waiting, stopping}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                waiting.cancel()
                if not done:
                    yield events.HEARTBEAT
                # The first event is sent at once, those that follow it soon after in batches.
                await pause(wire, max(0.0, next_batch - loop.time()))
                next_batch = loop.time() + BATCH_SECONDS
        finally:
            stopping.cancel()
            events.close()
