"""A response whose body is made while it is sent."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

Disconnect = asyncio.Future[Any]
"""Done when the client has disconnected."""


class StreamedResponse:
    """Sends pieces as they are made, until the client disconnects.

    Starlette's StreamingResponse cancels the task that sends. The traceback of that error and its frames refer to each
    other, and this server never frees such cycles (see `server.garbage_collector`). Therefore nothing is cancelled
    here: `pieces` gets a future, and what waits for new pieces has to wait for this future, too.
    """

    def __init__(
        self,
        status: int,
        headers: list[tuple[bytes, bytes]],
        pieces: Callable[[Disconnect], AsyncGenerator[bytes, None]],
    ) -> None:
        self._status = status
        self._headers = headers
        self._pieces = pieces

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response. Raises ClientDisconnect: `send` has raised an error, as it does from ASGI 2.4 on."""
        disconnect = asyncio.ensure_future(_until_disconnect(receive))
        try:
            await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
            async with aclosing(self._pieces(disconnect)) as pieces:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    if disconnect.done():
                        return
            await send({"type": "http.response.body", "body": b""})
        except OSError:
            raise ClientDisconnect from None
        finally:
            disconnect.cancel()


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
