"""The connection beneath a request, for what ASGI has no words for."""

from __future__ import annotations

import asyncio
from typing import Protocol

from starlette.types import Scope

__all__ = ["WIRE", "Wire", "pause", "wire_of"]

WIRE = "mockserver.wire"
"""The name of the ASGI extension by which our own server hands over the Wire."""


class Wire(Protocol):
    """One request's connection."""

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the server has been told to stop: what waits should wait no longer."""

    def close(self) -> None:
        """Ends the connection once what was written is sent; the reply stays as it is."""

    def reset(self) -> None:
        """Ends the connection at once with a TCP reset."""


def wire_of(scope: Scope) -> Wire | None:
    """The wire beneath a request; none when the app runs without our server, as in httpx.ASGITransport."""
    wire: Wire | None = scope.get("extensions", {}).get(WIRE)
    return wire


async def pause(wire: Wire | None, seconds: float) -> None:
    """Waits, but not for longer than the server runs: a delayed reply is sent, not lost, when it stops."""
    if wire is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wire.stopping.wait()
    except TimeoutError:
        pass
