"""HTTP over a plain socket: the test writes the bytes, and reads the replies one by one."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

__all__ = ["RawConnection", "RawReply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReply:
    """A reply; header names are in lower case, and repeated headers are joined by a comma."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str | None:
        """The kind of refusal, if it is one."""
        return self.headers.get("mock-refused")


class RawConnection:
    """One TCP connection to a server; a context manager."""

    def __init__(self, url: str, *, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self, *, has_body: bool = True) -> RawReply:
        """The next reply; `has_body` is false for the reply to HEAD."""
        head, _, self._buffer = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            key = name.lower()
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
        length = int(headers.get("content-length", "0")) if has_body else 0
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return RawReply(status=int(status_line.split(" ")[1]), headers=headers, body=body)

    def rest(self) -> bytes:
        """All bytes until the server closes the connection."""
        data = self._buffer
        while chunk := self.socket.recv(65536):
            data += chunk
        return data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        return self._buffer

    def _more(self) -> None:
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError(f"closed after {self._buffer!r}")
        self._buffer += chunk
