"""HTTP/1.1 requests and replies as bytes, with as little work per message as possible."""

from __future__ import annotations

import socket

__all__ = ["BODY", "CUSTOMER", "PATH", "create_request", "parse_reply", "receive_reply", "request_bytes"]

CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
PATH = f"/v1/c/customer/{CUSTOMER}/payment/session"
BODY = b'{"operation":"add_method","address":true}'


def request_bytes(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request; underscores in the names of headers stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def create_request(body: bytes = BODY) -> bytes:
    """The request that creates a payment session."""
    return request_bytes("POST", PATH, body, wb_key="api_key_demo", content_type="application/json")


def parse_reply(received: bytes) -> tuple[int, bytes] | None:
    """The status and the body of a reply with Content-Length; None while the reply is incomplete."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return None
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return (int(head[9:12]), body) if len(body) >= length else None


def receive_reply(connection: socket.socket) -> tuple[int, bytes]:
    """Wait for a complete reply. Raises RuntimeError if the server closes the connection first."""
    received = b""
    while (reply := parse_reply(received)) is None:
        data = connection.recv(65536)
        if not data:
            raise RuntimeError(f"the server closed the connection after {received!r}")
        received += data
    return reply
