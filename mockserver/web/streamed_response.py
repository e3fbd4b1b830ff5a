"""A response that is made while it is sent."""

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class StreamedResponse(StreamingResponse):
    """Starlette's StreamingResponse, which before 0.41 does not know that `send` can raise an error.

    From ASGI 2.4 on, it does after a disconnect. Raises ClientDisconnect.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, until the client disconnects."""
        version = scope.get("asgi", {}).get("spec_version", "2.0")
        if tuple(map(int, version.split("."))) < (2, 4):
            await super().__call__(scope, receive, send)
            return
        try:
            await self.stream_response(send)
        except OSError:
            raise ClientDisconnect from None
