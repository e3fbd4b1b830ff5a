"""Reads bodies that are not JSON: texts, binary data, XML and the parts of forms."""

# ruff: noqa: D102  # what these methods do is openapi-core's to say

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.deserializing.media_types.datatypes import MediaTypeDeserializersDict
from openapi_core.deserializing.media_types.deserializers import MediaTypeDeserializer
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.deserializing.media_types.factories import MediaTypeDeserializersFactory
from openapi_core.deserializing.media_types.util import plain_loads, xml_loads

from mockserver.contract.validation.casting import composed_kind
from mockserver.parsing.json_reader import parse_json
from mockserver.parsing.media_types import is_json

__all__ = ["BodyReaders", "Opaque", "media_type_readers"]

# These two are read by openapi-core.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class _MediaTypes(dict[str, Any]):
    """openapi-core looks media types up by their exact names; here each has a reader."""

    def __contains__(self, media_type: object) -> bool:
        return isinstance(media_type, str) and self._known(media_type) is not None

    def __getitem__(self, media_type: str) -> Any:
        return self._known(media_type)

    @staticmethod
    def _known(media_type: str) -> Any:
        if media_type in FORMS:
            return None
        if is_json(media_type):
            return _parse_json
        if media_type in {"application/xml", "text/xml"} or media_type.endswith("+xml"):
            return _well_formed
        if media_type.startswith("text/"):
            return plain_loads
        return _unread if media_type.startswith("multipart/") else _bytes_as_text


def media_type_readers() -> MediaTypeDeserializersDict:
    """The readers by media type, for openapi-core's `extra_media_type_deserializers`."""
    readers: MediaTypeDeserializersDict = _MediaTypes()
    return readers


def _bytes(value: bytes | str) -> bytes:
    """A body comes as bytes, the value of a parameter as text."""
    return value.encode() if isinstance(value, str) else value


def _parse_json(value: bytes | str, **_: str) -> Any:
    return parse_json(_bytes(value))


def _bytes_as_text(value: bytes | str, **_: str) -> str:
    return _bytes(value).decode("latin-1")


class Opaque(str):
    """A body that is text to us: whether it is what its schema means is not judged."""

    __slots__ = ()


def _well_formed(value: bytes | str, **parameters: str) -> Opaque:
    xml_loads(_bytes(value), **parameters)
    return Opaque(plain_loads(_bytes(value), **parameters))


def _unread(value: bytes | str, **_: str) -> Opaque:
    return Opaque(_bytes_as_text(value))


class BodyReaders(MediaTypeDeserializersFactory):
    """Makes readers of bodies whose parts are read as their schemas say."""

    def create(self, *args: Any, **options: Any) -> MediaTypeDeserializer:
        made = super().create(*args, **options)
        return _BodyReader(
            made.spec,
            made.style_deserializers_factory,
            made.media_types_deserializer,
            made.mimetype,
            schema=made.schema,
            schema_validator=made.schema_validator,
            schema_caster=made.schema_caster,
            encoding=made.encoding,
            **made.parameters,
        )


class _BodyReader(MediaTypeDeserializer):
    def decode(self, location: Any, schema_only: bool = False) -> Any:  # noqa: FBT001, FBT002  # openapi-core's signature
        return location if isinstance(location, Opaque) else super().decode(location, schema_only)

    def decode_property_content_type(
        self,
        prop_name: str,
        prop_schema: SchemaPath,
        location: Mapping[str, Any],
        prop_encoding: SchemaPath | None = None,
    ) -> Any:
        media_type = None
        if prop_encoding is not None and "contentType" in prop_encoding:
            media_type = (prop_encoding / "contentType").read_str()
        if composed_kind(prop_schema) != "array" or not hasattr(location, "getlist"):
            return self._part(location[prop_name], prop_schema, media_type)
        parts = location.getlist(prop_name)
        if not parts:
            raise KeyError(prop_name)
        if "items" not in prop_schema:
            return [_text(part) for part in parts]
        return [self._part(part, prop_schema / "items", media_type) for part in parts]

    def _part(self, raw: Any, schema: SchemaPath, media_type: str | None) -> Any:
        """One part: JSON where it is an object or said to be JSON, else a text, which its schema's type may cast."""
        text = _text(raw)
        if is_json(media_type or "") or (media_type is None and composed_kind(schema) == "object"):
            try:
                return parse_json(text.encode())
            except ValueError as error:
                raise MediaTypeDeserializeError("application/json", raw) from error
        return self.style_deserializers_factory.schema_casters_factory.create(self.spec, schema).cast(text)


def _text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    try:
        text: str = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text
