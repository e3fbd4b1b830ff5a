"""A whole ASGI app beneath ours: it is given what was read already, and what it sends passes through us."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.exchange import Reply

__all__ = ["Beneath"]


class Beneath:
    """One exchange with an app beneath. `besides` are header fields of ours; `sent` and `size` tell what was sent."""

    def __init__(self, *, besides: tuple[tuple[str, str], ...], method: str, receive: Receive, send: Send) -> None:
        self._besides = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in besides]
        self._is_head = method == "HEAD"
        self._receive = receive
        self._send = send
        self._body: bytes | None = None
        self.sent: Reply | None = None
        self.size = 0

    async def run(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        """Runs the app on a request whose body was read to its end."""
        self._body = body
        await app(scope, self._next, self._pass)

    async def _next(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            self.sent = Reply(
                status=message["status"],
                headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers),
            )
            message = {**message, "headers": [*headers, *self._besides]}
        elif message["type"] == "http.response.body":
            if self._is_head:
                message = {**message, "body": b""}
            self.size += len(message.get("body", b""))
        await self._send(message)
