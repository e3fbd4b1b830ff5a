"""What an app can do to the connection of a request: close it, reset it, and notice that the server stops."""

from __future__ import annotations

import asyncio
import socket
import struct
import weakref

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class ConnectionWire:
    """The connection of one request, for the app.

    It holds only a weak reference to the request, which refers to it. A reference cycle would never be freed.
    """

    __slots__ = ("_cycle", "_transport", "stopping")

    def __init__(self, cycle: RequestResponseCycle, transport: asyncio.Transport, stopping: asyncio.Event) -> None:
        self._cycle = weakref.ref(cycle)
        self._transport = transport
        self.stopping = stopping

    def close(self) -> None:
        """Close the connection after the written bytes are sent."""
        self._disconnect()
        self._transport.close()

    def reset(self) -> None:
        """Close the connection immediately with a TCP reset."""
        self._disconnect()
        # SO_LINGER 0: unsent data is dropped and the peer gets a reset (RFC 9293, section 3.9.1).
        connected = self._transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _disconnect(self) -> None:
        # As if the client had disconnected, so that uvicorn does not complain about an incomplete reply.
        cycle = self._cycle()
        if cycle is not None:
            cycle.disconnected = True
