"""Reads bodies of every media type except forms and XML: JSON, text and binary data."""

from typing import Any

from openapi_core.deserializing.media_types.util import plain_loads

from mockserver.parsing.json_reader import parse_json
from mockserver.parsing.media_types import is_json


class Opaque(str):
    """A body as text that is not checked against its schema."""

    __slots__ = ()


class RawText(str):
    """A body as text, in a format that the mock does not parse. It is a value only where the schema allows a string."""

    __slots__ = ()


class MediaTypeReaders(dict[str, Any]):
    """A mapping with a reader for every media type. openapi-core's own mapping has exact names only."""

    def __contains__(self, media_type: object) -> bool:
        return isinstance(media_type, str)

    def __getitem__(self, media_type: str) -> Any:
        if is_json(media_type):
            return _parse_json
        return _decoded_text if media_type.startswith("text/") else _bytes_as_text


def as_bytes(value: bytes | str) -> bytes:
    """The bytes of a value to read: a body is bytes, a parameter is text."""
    return value.encode() if isinstance(value, str) else value


def _parse_json(value: bytes | str, **_: str) -> Any:
    return parse_json(as_bytes(value))


def _decoded_text(value: bytes | str, **parameters: str) -> RawText:
    return RawText(plain_loads(as_bytes(value), **parameters))


def _bytes_as_text(value: bytes | str, **_: str) -> RawText:
    return RawText(as_bytes(value).decode("latin-1"))


def as_opaque(value: bytes, charset: str = "latin-1") -> Opaque:
    """The body as text that is not checked."""
    return Opaque(value.decode(charset, "replace"))
