"""Reads the fields of forms: application/x-www-form-urlencoded (WHATWG URL) and multipart/form-data (RFC 7578)."""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import BLANK_LINE_RE, Data, Epilogue, Event, Field, File, MultipartDecoder, State

from mockserver.limits.percent_encoding import unquoted_plus
from mockserver.messages import Headers
from mockserver.parsing.media_types import essence

MAX_FIELDS: Final = 1000
MAX_PART_HEADERS: Final = 4096
"""The limit for the headers of a part, in bytes: reading a header takes time for each of its parameters."""
MAX_BOUNDARY: Final = 70
"""The limit of RFC 2046, section 5.1.1. The search for a boundary takes time for each of its characters."""

_NO_PARTS: Final = "its parts are not separated by the boundary, or a part has no Content-Disposition"
_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "base64": binascii.a2b_base64,
    "quoted-printable": binascii.a2b_qp,
}
"""The values of Content-Transfer-Encoding that change the bytes (RFC 2045, section 6)."""

# Python knows more charsets, and some are slow: decoding a megabyte of punycode takes minutes.
_CHARSETS: Final = frozenset({"iso-8859-1", "latin-1", "us-ascii", "utf-8", "utf-16", "windows-1252"})


class FormSyntaxError(ValueError):
    """The form cannot be read. The text gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of a form. Bytes that are not text in the field's charset have one character each.

    `headers` are those of the part of a multipart form.
    """

    name: str
    text: str
    headers: Headers = field(default_factory=Headers)

    @property
    def media_type(self) -> str:
        """The media type that was sent with the field; empty without one."""
        return essence(self.headers.get("content-type", ""))


def read_urlencoded(body: bytes, charset: str = "utf-8") -> list[FormField]:
    """The fields of a form in the body of a message, in their order. Raises FormSyntaxError."""
    try:
        text = body.decode(charset)
        if text.count("&") >= MAX_FIELDS:
            raise _too_many_fields()
        pairs = (pair.partition("=") for pair in text.split("&") if pair)
        return [
            FormField(name=unquoted_plus(name, charset, "strict"), text=unquoted_plus(value, charset, "strict"))
            for name, _, value in pairs
        ]
    except UnicodeDecodeError:
        raise FormSyntaxError(f"it is not valid {charset.upper()} after decoding") from None
    except LookupError:
        raise FormSyntaxError(f"the charset {charset} is not supported") from None


def read_multipart(body: bytes, boundary: str) -> list[FormField]:
    """The fields of a form whose parts are separated by a boundary. Raises FormSyntaxError."""
    if not boundary:
        raise FormSyntaxError("the Content-Type has no boundary")
    if len(boundary) > MAX_BOUNDARY:
        raise FormSyntaxError(f"the boundary has more than {MAX_BOUNDARY} characters, the limit of RFC 2046")
    delimiter = boundary.encode("latin-1", "replace")
    decoder = MultipartDecoder(delimiter)
    decoder.receive_data(_without_preamble(body, delimiter))
    decoder.receive_data(None)
    fields: list[FormField] = []
    part: Field | File | None = None
    chunks: list[bytes] = []
    while not isinstance(event := _next_event(decoder), Epilogue):
        match event:
            case Field() | File():
                part, chunks = event, []
            case Data() if part is not None:
                chunks.append(event.data)
                if not event.more_data:
                    fields.append(_field(part, b"".join(chunks)))
        if len(fields) > MAX_FIELDS:
            raise _too_many_fields()
    return fields


def _without_preamble(body: bytes, boundary: bytes) -> bytes:
    """The body from its first boundary on. werkzeug takes ten times as long to skip what comes before it."""
    first = re.search(rb"--%s(?:--|[^\S\n\r]*[\n\r])" % re.escape(boundary), body)
    if first is None:
        raise FormSyntaxError(_NO_PARTS)
    return body[first.start() :]


def _next_event(decoder: MultipartDecoder) -> Event:
    if decoder.state is State.PART and not BLANK_LINE_RE.search(decoder.buffer, 0, MAX_PART_HEADERS):
        raise FormSyntaxError(f"the headers of a part do not end within {MAX_PART_HEADERS} bytes")
    try:
        return decoder.next_event()
    except ValueError:
        raise FormSyntaxError(_NO_PARTS) from None


def _field(part: Field | File, content: bytes) -> FormField:
    # werkzeug returns None for a part without a name, which its types do not say.
    name: Any = part.name
    if name is None:
        raise FormSyntaxError("a part has no name")
    headers = Headers(part.headers.items())
    return FormField(name=name, text=_text(content, headers), headers=headers)


def _too_many_fields() -> FormSyntaxError:
    return FormSyntaxError(f"it has more than {MAX_FIELDS} fields")


def _text(content: bytes, headers: Headers) -> str:
    transfer_encoding = headers.get("content-transfer-encoding", "").strip().lower()
    try:
        content = _DECODERS.get(transfer_encoding, bytes)(content)
    except binascii.Error:
        raise FormSyntaxError(f"a part cannot be decoded as {transfer_encoding}") from None
    charset = parse_options_header(headers.get("content-type"))[1].get("charset", "").lower()
    try:
        return content.decode(charset if charset in _CHARSETS else "utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
