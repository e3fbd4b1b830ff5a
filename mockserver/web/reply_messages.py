"""A reply on its way out: plain values become ASGI messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from starlette.types import Message

from mockserver.messages import Reply

__all__ = ["head_lines", "head_message", "sent_body"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

# What the server itself says about the message; and what is no name of a field.
_FRAMING = frozenset({b"", b"content-length", b"transfer-encoding", b"upgrade", b"keep-alive", b"date"})
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def head_message(reply: Reply, *, besides: Iterable[tuple[str, str]] = (), close: bool = False) -> Message:
    """The start of a reply, with fields of the server's own besides; `close` says that it is the connection's last.

    A field the reply has itself wins over one besides. What is no header field, or frames the message, is left out;
    control characters become spaces. Raises ValueError for a status that is none.
    """
    if not 200 <= reply.status <= 599:
        raise ValueError(f"a reply cannot have the status {reply.status}")
    headers = [field for field in map(_field, reply.headers) if field[0] not in _FRAMING]
    if besides:
        own = {name for name, _ in headers} - {b"vary"}
        headers += [pair for pair in map(_field, besides) if pair[0] not in own]
    if reply.status not in _BODILESS:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    if close:
        headers.append((b"connection", b"close"))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


def head_lines(reply: Reply, *, besides: Iterable[tuple[str, str]] = ()) -> bytes:
    """The fields of a reply as lines; the same as those of `head_message`."""
    if besides:
        return b"".join([b"%b: %b\r\n" % field for field in head_message(reply, besides=besides)["headers"]])
    length = b"" if reply.status in _BODILESS else b"content-length: %d\r\n" % len(reply.body)
    lines = [_kept_line(field) if field[0] != "mock-entry" else _line(field) for field in reply.headers]
    return b"".join([*lines, length])


def sent_body(reply: Reply, method: str) -> bytes:
    """The body as it goes over the wire: none where HTTP allows none."""
    return b"" if method == "HEAD" or reply.status in _BODILESS else reply.body


@lru_cache(maxsize=512)
def _name(name: str) -> bytes:
    return name.lower().encode("ascii") if _TOKEN.fullmatch(name) else b""


# The fields of most replies are the same but for the one that is left out above.
@lru_cache(maxsize=256)
def _kept_line(pair: tuple[str, str]) -> bytes:
    return _line(pair)


def _line(pair: tuple[str, str]) -> bytes:
    name, value = _field(pair)
    return b"" if name in _FRAMING else b"%b: %b\r\n" % (name, value)


def _field(pair: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = pair
    if value.isascii() and value.isprintable():
        return _name(name), value.encode("ascii")
    return _name(name), _CONTROL.sub(b" ", value.encode("utf-8", "replace"))
