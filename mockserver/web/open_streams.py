"""The open streams of one server: limits for their number, and for what waits for clients that do not read."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from mockserver.errors import Refusal
from mockserver.web.wire import Wire

MAX_STREAMS: Final = 100
MAX_WAITING_BYTES: Final = 32 * 1024 * 1024
"""The limit for what waits for all clients, besides the buffers of the connections."""

MAX_SECONDS: Final = 30.0
"""How long a client may read nothing while there is something to read."""

MIN_SECONDS: Final = 1.0
"""How long a client has read nothing if it may be disconnected for another one."""

CHUNK: Final = 64 * 1024
"""How many bytes are sent at once. Then the server waits until the client has read most of them."""

_logger = logging.getLogger("mockserver")


class OpenStream:
    """One stream. `waiting` is the number of bytes that wait for the client, `since` the time of its last progress."""

    __slots__ = ("name", "since", "waiting", "wire")

    def __init__(self, name: str, wire: Wire | None) -> None:
        self.name = name
        self.wire = wire
        self.waiting = 0
        self.since = 0.0


class OpenStreams:
    """Knows all open streams. Clients that do not read are disconnected, with a line in the log."""

    def __init__(self) -> None:
        self._streams: set[OpenStream] = set()

    def open(self, name: str, wire: Wire | None) -> OpenStream:
        """Begin a stream; `name` appears in the log. A client that does not read gives way to it.

        Raises Refusal too-many-streams.
        """
        if len(self._streams) >= MAX_STREAMS:
            slowest = self._slowest()
            if slowest is None or asyncio.get_running_loop().time() - slowest.since < MIN_SECONDS:
                raise Refusal(
                    "too-many-streams",
                    f"{MAX_STREAMS} clients are reading events or listings of this server: close some of them, or "
                    "try again later.",
                    headers=(("Retry-After", "1"),),
                )
            self._disconnect(slowest, f"another client needed one of the {MAX_STREAMS} streams")
        stream = OpenStream(name, wire)
        self._streams.add(stream)
        return stream

    def close(self, stream: OpenStream) -> None:
        """End a stream."""
        self._streams.discard(stream)

    async def sent(self, stream: OpenStream, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The pieces in chunks; whoever takes a chunk asks for the next one when the client has room for it."""
        loop = asyncio.get_running_loop()
        async with aclosing(pieces):
            async for piece in pieces:
                stream.waiting = len(piece)
                stream.since = loop.time()
                while sum(each.waiting for each in self._streams) > MAX_WAITING_BYTES:
                    self._disconnect(self._slowest() or stream, "too much was waiting for clients that do not read")
                for start in range(0, len(piece), CHUNK):
                    timer = loop.call_later(MAX_SECONDS, self._disconnect, stream, f"{MAX_SECONDS:g} s passed")
                    stream.since = loop.time()
                    try:
                        yield piece[start : start + CHUNK]
                    finally:
                        timer.cancel()
                stream.waiting = 0

    def _slowest(self) -> OpenStream | None:
        """The stream whose client has read nothing for the longest time, if one has something to read."""
        return min((stream for stream in self._streams if stream.waiting), key=lambda each: each.since, default=None)

    def _disconnect(self, stream: OpenStream, reason: str) -> None:
        """Reset the connection: text about the reason would only wait behind what the client does not read."""
        self._streams.discard(stream)
        stream.waiting = 0
        _logger.warning("The client of %s did not read, so it was disconnected: %s.", stream.name, reason)
        if stream.wire is not None:
            stream.wire.reset()
