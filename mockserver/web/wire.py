"""The connection below a request, for what ASGI cannot express."""

import asyncio
from typing import Protocol

from starlette.types import Scope

REQUEST = "mockserver.request"
"""The key in an ASGI scope under which the request and its body are handed to the application under `/__mock/`."""

WIRE = "mockserver.wire"
"""The name of the ASGI extension in which this project's server passes the Wire."""


class Wire(Protocol):
    """The connection of one request."""

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the server is stopping: everything that waits should end."""

    def close(self) -> None:
        """Close the connection after the written bytes are sent, even if the reply is incomplete."""

    def reset(self) -> None:
        """Close the connection immediately with a TCP reset."""


def wire_of(scope: Scope) -> Wire | None:
    """The wire of a request; None if the app runs without this project's server, as in httpx.ASGITransport."""
    wire: Wire | None = scope.get("extensions", {}).get(WIRE)
    return wire


async def pause(wire: Wire | None, seconds: float) -> None:
    """Wait, but at most until the server stops: a delayed reply is then sent at once and not lost."""
    if wire is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wire.stopping.wait()
    except TimeoutError:
        pass
