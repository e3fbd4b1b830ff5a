"""Replies as ASGI messages and as header lines."""

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from starlette.responses import Response
from starlette.types import Message

from mockserver.limits.memo import Memo, length_of_fields
from mockserver.messages import Reply

RawHeader = tuple[bytes, bytes]

# A body may repeat what a website put into the request. In a sandbox, a browser runs no script of the body on the
# origin of the control API; without sniffing, it does not take JSON for a page.
_GUARDS: Final = ((b"content-security-policy", b"sandbox"), (b"x-content-type-options", b"nosniff"))

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

# The server itself decides about these; an empty name stands for what is no field name.
_FRAMING = frozenset({b"", b"content-length", b"transfer-encoding", b"upgrade", b"keep-alive", b"date"})
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def head_message(reply: Reply, *, headers: Iterable[tuple[str, str]] = (), close: bool = False) -> Message:
    """The start of a reply, with additional headers. `close` announces that the connection ends after it.

    Fields that frame the message, and names that are no field names, are left out. Control characters become spaces.
    The fields that keep scripts from running are added, unless the reply has its own. Raises ValueError: the status is
    not one of a final reply.
    """
    if not 200 <= reply.status <= 599:
        raise ValueError(f"a reply cannot have the status {reply.status}")
    own = [field for field in map(_field, reply.headers) if field[0] not in _FRAMING]
    if reply.entry is not None:
        own.append((b"mock-entry", reply.entry.encode("ascii")))
    fields = [*merged_headers(own, headers), *_guards(tuple([name for name, _ in reply.headers]))]
    if reply.status not in _BODILESS:
        fields.append((b"content-length", b"%d" % len(reply.body)))
    if close:
        fields.append((b"connection", b"close"))
    return {"type": "http.response.start", "status": reply.status, "headers": fields}


def merged_headers(fields: Iterable[RawHeader], headers: Iterable[tuple[str, str]]) -> list[RawHeader]:
    """The fields of a reply and additional headers. A field of the reply wins, except that Vary may be repeated."""
    merged = list(fields)
    names = {name for name, _ in merged} - {b"vary"}
    return merged + [field for field in map(_field, headers) if field[0] not in names]


def head_lines(reply: Reply, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """The fields of `head_message` as lines."""
    if headers:
        return b"".join([b"%b: %b\r\n" % field for field in head_message(reply, headers=headers)["headers"]])
    entry = b"" if reply.entry is None else b"mock-entry: %b\r\n" % reply.entry.encode("ascii")
    length = b"" if reply.status in _BODILESS else b"content-length: %d\r\n" % len(reply.body)
    return b"%b%b%b" % (_lines(reply.headers), entry, length)


def response_of(reply: Reply, method: str) -> Response:
    """A reply to a request with this method, as an ASGI app."""
    response = Response(sent_body(reply, method), reply.status)
    response.raw_headers = head_message(reply)["headers"]
    return response


def sent_body(reply: Reply, method: str) -> bytes:
    """The body as it is sent: empty where HTTP allows no body."""
    return b"" if method == "HEAD" or reply.status in _BODILESS else reply.body


def _guards(names: tuple[str, ...]) -> tuple[RawHeader, ...]:
    """The fields of _GUARDS that a reply with these field names lacks."""
    own = set(map(_name, names))
    return tuple(guard for guard in _GUARDS if guard[0] not in own)


@lru_cache(maxsize=512)
def _name(name: str) -> bytes:
    return name.lower().encode("ascii") if _TOKEN.fullmatch(name) else b""


def _joined_lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """The fields of a reply as lines, with the fields of _GUARDS."""
    own = [field for field in map(_field, headers) if field[0] not in _FRAMING]
    return b"".join([b"%b: %b\r\n" % field for field in (*own, *_guards(tuple([name for name, _ in headers])))])


def _field(pair: tuple[str, str]) -> RawHeader:
    name, value = pair
    if value.isascii() and value.isprintable():
        return _name(name), value.encode("ascii")
    return _name(name), _CONTROL.sub(b" ", value.encode("utf-8", "replace"))


# Most replies have the same fields.
_lines = Memo(_joined_lines, entries=256, longest=1000, size=length_of_fields).__getitem__
