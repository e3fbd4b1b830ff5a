"""The ASGI app of the control API: calls in slices, and replies that are made while they are sent."""

import asyncio
from collections.abc import AsyncGenerator
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
from mockserver.web.streamed_response import Disconnect, StreamedResponse
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
            await response_of(answer, request.method)(scope, receive, send)
            return
        try:
            if request.method == "HEAD":
                await _head_response(answer)(scope, receive, send)
            else:
                await self._stream(answer, scope, receive, send)
        finally:
            answer.close()

    async def _stream(self, answer: StreamedReply, scope: Scope, receive: Receive, send: Send) -> None:
        request, wire = scope[REQUEST], wire_of(scope)
        try:
            stream = self._streams.open(f"{request.method} {request.path}", wire)
        except Refusal as refusal:
            reply = refusal_reply(refusal, headers=ControlApi.HEADERS)
            await response_of(reply, request.method)(scope, receive, send)
            return

        def pieces(disconnect: Disconnect) -> AsyncGenerator[bytes, None]:
            body = answer.body
            if isinstance(body, EventStream):
                return self._streams.sent(stream, self._events(body, wire, disconnect))
            return self._streams.sent(stream, self._scheduler.pieces(body))

        try:
            await StreamedResponse(answer.head.status, _fields(answer), pieces)(scope, receive, send)
        finally:
            self._streams.close(stream)

    async def _events(
        self, events: EventStream, wire: Wire | None, disconnect: Disconnect
    ) -> AsyncGenerator[bytes, None]:
        """The events as they come, until the client disconnects or the server stops."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        events.start(lambda: loop.call_soon_threadsafe(news.set))
        stopping: asyncio.Future[Any] = asyncio.ensure_future(wire.stopping.wait() if wire else asyncio.Event().wait())
        for end in (disconnect, stopping):
            end.add_done_callback(lambda _: news.set())
        pieces, next_batch = events.pieces(), loop.time()
        try:
            while not (disconnect.done() or stopping.done()):
                news.clear()
                piece = await self._scheduler.next(pieces)
                if piece:
                    yield piece
                if piece is not None:
                    continue
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await news.wait()
                except TimeoutError:
                    yield events.HEARTBEAT
                # The first event is sent at once, those that follow it soon after in batches.
                await pause(wire, max(0.0, next_batch - loop.time()))
                next_batch = loop.time() + BATCH_SECONDS
        finally:
            stopping.cancel()


def _head_response(answer: StreamedReply) -> Response:
    response = Response(status_code=answer.head.status)
    response.raw_headers = _fields(answer)
    return response


def _fields(answer: StreamedReply) -> list[tuple[bytes, bytes]]:
    """The header fields of a reply whose length is not known yet."""
    return [field for field in head_message(answer.head)["headers"] if field[0] != b"content-length"]
