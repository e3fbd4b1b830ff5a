"""A reply without an end: what comes is sent as it comes, until the client goes or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from starlette.types import Receive, Send

from mockserver.messages import Reply
from mockserver.web.reply_messages import head_message
from mockserver.web.wire import Wire

__all__ = ["Source", "stream"]

# After so long a silence whoever is in between is told that the stream goes on; in seconds.
_BEAT = 15.0


class Source(Protocol):
    """Where the pieces of a stream come from."""

    @property
    def beat(self) -> bytes:
        """What is sent when nothing has come for a while."""

    def start(self, wake: Callable[[], object]) -> None:
        """Have a function called, from any thread, when there is something to take."""

    def take(self) -> bytes:
        """What has come since it was asked last."""

    def close(self) -> None:
        """Nothing more is wanted."""


async def stream(
    head: Reply,
    source: Source,
    *,
    besides: tuple[tuple[str, str], ...],
    wire: Wire | None,
    receive: Receive,
    send: Send,
) -> int:
    """Sends a head and then all that the source gives; tells how many bytes those were."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    source.start(lambda: loop.call_soon_threadsafe(news.set))
    ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(receive())]
    if wire is not None:
        ends.append(asyncio.ensure_future(wire.stopping.wait()))
    size = 0
    try:
        message = head_message(head, besides=besides)
        # How long it is nobody knows.
        message["headers"] = [field for field in message["headers"] if field[0] != b"content-length"]
        await send(message)
        while not any(end.done() for end in ends):
            piece = source.take()
            if piece:
                size += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            elif not await _wait(news, ends):
                await send({"type": "http.response.body", "body": source.beat, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        source.close()
        for end in ends:
            end.cancel()
    return size


async def _wait(news: asyncio.Event, ends: list[asyncio.Future[Any]]) -> bool:
    """Waits for news or an end; false when neither has come for a while."""
    waiting: asyncio.Future[Any] = asyncio.ensure_future(news.wait())
    try:
        done, _ = await asyncio.wait([waiting, *ends], timeout=_BEAT, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    news.clear()
    return bool(done)
