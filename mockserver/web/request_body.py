"""The body of a request: read up to a limit, and what is beyond it thrown away."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from starlette.types import Message, Receive

__all__ = ["NOT_READ", "Body", "discard", "read_body", "received_body"]

# How much more is taken from a client that is still sending when it has been answered, and for how long, in seconds.
_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 10.0
# Who asked first will most likely not send.
_ASKED_SECONDS = 1.0


class Body(NamedTuple):
    """What was read. `complete` says that the client has nothing more to send."""

    data: bytes = b""
    oversized: bool = False
    complete: bool = True


NOT_READ = Body(complete=False)
_TOO_LONG = Body(oversized=True, complete=False)


def received_body(data: bytes, *, announced: int, limit: int) -> Body:
    """The body of a request that has been received completely, as `read_body` would have read it."""
    if announced > limit:
        return _TOO_LONG
    return Body(data) if len(data) <= limit else Body(oversized=True)


async def read_body(receive: Receive, *, announced: int, limit: int) -> Body | None:
    """The body, or as much as it takes to know that it is too long; None when the client has gone."""
    if announced > limit:
        # Not even asked for: a client that waits for "100 Continue" is spared the upload.
        return _TOO_LONG
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    data: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return Body(data) if len(data) <= limit else Body(oversized=True)
    chunks, size = [data], len(data)
    while message.get("more_body", False):
        if size > limit:
            return _TOO_LONG
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
    return Body(b"".join(chunks)) if size <= limit else Body(oversized=True)


async def discard(receive: Receive, *, asked: bool) -> None:
    """Takes what the client still sends, within bounds; `asked` says that it asked whether it may (Expect).

    A connection closed on a client that is still sending is reset, and the client never sees its reply.
    """
    left = _DISCARD_BYTES
    message: Message = {"more_body": True}
    try:
        async with asyncio.timeout(_ASKED_SECONDS if asked else _DISCARD_SECONDS):
            while message.get("more_body", False) and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
    except TimeoutError:
        pass
