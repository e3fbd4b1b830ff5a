"""Reads the body of a request up to a limit and discards the rest."""

import asyncio
from typing import NamedTuple

from starlette.types import Message, Receive

from mockserver.messages import UnreadableBody

# How much is read from a client that still sends after the reply, and for how long (in seconds).
_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 10.0
# A client that sent "Expect: 100-continue" will most likely not send the body.
_EXPECTING_SECONDS = 1.0


class Body(NamedTuple):
    """The part that was read. `complete` is true when the client has sent everything.

    `unreadable` says why it could not be decoded; `data` is then empty.
    """

    data: bytes = b""
    oversized: bool = False
    complete: bool = True
    unreadable: UnreadableBody | None = None


NOT_READ = Body(complete=False)
_TOO_LONG = Body(oversized=True, complete=False)


def received_body(data: bytes, *, announced: int, limit: int) -> Body:
    """The body of a request that has been received completely, as `read_body` would have read it."""
    if announced > limit:
        return _TOO_LONG
    return Body(data) if len(data) <= limit else Body(oversized=True)


async def read_body(receive: Receive, *, announced: int, limit: int) -> Body | None:
    """The body, or an empty oversized one if it is too long; None if the client disconnects."""
    if announced > limit:
        # A client that waits for "100 Continue" does not have to upload the body.
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


async def discard(receive: Receive, *, expecting: bool) -> None:
    """Read and discard what the client still sends, within limits.

    If the connection was closed while the client is sending, it would be reset and the client would lose the reply.
    `expecting` says that the client sent "Expect: 100-continue".
    """
    left = _DISCARD_BYTES
    message: Message = {"more_body": True}
    try:
        async with asyncio.timeout(_EXPECTING_SECONDS if expecting else _DISCARD_SECONDS):
            while message.get("more_body", False) and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
    except TimeoutError:
        pass
