"""The state that all connections of one server share."""

from __future__ import annotations

import asyncio

from uvicorn.server import ServerState

from mockserver.server.garbage_collector import GarbageCollector
from mockserver.server.known_heads import KnownHeads


class ServerWideState(ServerState):
    """uvicorn's state, and what this server adds. `stopping` is set when the server begins to stop."""

    def __init__(self, collector: GarbageCollector | None) -> None:
        super().__init__()
        self.stopping = asyncio.Event()
        self.collector = collector
        self.known_heads = KnownHeads()
        self._written: tuple[object, bytes] = None, b""

    @property
    def default_lines(self) -> bytes:
        """The header fields of every reply, such as Date, as lines. uvicorn replaces the list every second."""
        fields, lines = self._written
        if fields is not self.default_headers:
            lines = b"".join([b"%b: %b\r\n" % field for field in self.default_headers])
            self._written = self.default_headers, lines
        return lines
