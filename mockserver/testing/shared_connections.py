"""Connections that the httpx clients of many tests share."""

from __future__ import annotations

import httpx

__all__ = ["BorrowedTransport", "SharedTransport"]


class SharedTransport:
    """Keeps connections open; `lend` gives a transport that its client may close without closing them."""

    def __init__(self) -> None:
        self._transport = httpx.HTTPTransport(trust_env=False)

    def lend(self) -> httpx.BaseTransport:
        """A transport for one client."""
        return BorrowedTransport(self._transport)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


class BorrowedTransport(httpx.BaseTransport):
    """A transport that stays open when it is closed."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request over the shared connections."""
        return self._transport.handle_request(request)
