"""The server beneath the app: sockets, HTTP/1.1 and signals."""

from __future__ import annotations

from mockserver.server.background import BackgroundServer
from mockserver.server.running import serve

__all__ = ["BackgroundServer", "serve"]
