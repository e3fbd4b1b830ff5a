"""Reads bodies of every media type: JSON, text, binary data, XML and the parts of forms."""

# ruff: noqa: D102  # openapi-core documents the methods that are overridden here

from collections.abc import Mapping
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.deserializing.media_types.deserializers import MediaTypeDeserializer
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.deserializing.media_types.factories import MediaTypeDeserializersFactory
from openapi_core.deserializing.media_types.util import plain_loads, xml_loads

from mockserver.contract.validation.parameter_styles import only_type
from mockserver.parsing.json_reader import parse_json
from mockserver.parsing.media_types import is_json

# openapi-core reads these.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Opaque(str):
    """A body as text that is not checked against its schema."""

    __slots__ = ()


class MediaTypeReaders(dict[str, Any]):
    """A mapping with a reader for every media type. openapi-core's own mapping has exact names only."""

    def __contains__(self, media_type: object) -> bool:
        return isinstance(media_type, str) and media_type not in FORMS

    def __getitem__(self, media_type: str) -> Any:
        if is_json(media_type):
            return _parse_json
        if media_type in {"application/xml", "text/xml"} or media_type.endswith("+xml"):
            return _check_xml
        if media_type.startswith("text/"):
            return plain_loads
        return _opaque if media_type.startswith("multipart/") else _bytes_as_text


def _bytes(value: bytes | str) -> bytes:
    # A body is bytes, the value of a parameter is text.
    return value.encode() if isinstance(value, str) else value


def _parse_json(value: bytes | str, **_: str) -> Any:
    return parse_json(_bytes(value))


def _bytes_as_text(value: bytes | str, **_: str) -> str:
    return _bytes(value).decode("latin-1")


def _opaque(value: bytes | str, **_: str) -> Opaque:
    return Opaque(_bytes_as_text(value))


def _check_xml(value: bytes | str, **parameters: str) -> Opaque:
    xml_loads(_bytes(value), **parameters)
    return Opaque(plain_loads(_bytes(value), **parameters))


class BodyReaders(MediaTypeDeserializersFactory):
    """Makes readers that cast the parts of a form to the types in their schemas."""

    def create(self, *args: Any, **options: Any) -> MediaTypeDeserializer:
        members = vars(super().create(*args, **options))
        parameters = members.pop("parameters")
        return _BodyReader(**members, **parameters)


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
        if only_type(prop_schema) != "array" or not hasattr(location, "getlist"):
            return self._part(location[prop_name], prop_schema, media_type)
        parts = location.getlist(prop_name)
        if not parts:
            raise KeyError(prop_name)
        if "items" not in prop_schema:
            return [_text(part) for part in parts]
        return [self._part(part, prop_schema / "items", media_type) for part in parts]

    def _part(self, raw: Any, schema: SchemaPath, media_type: str | None) -> Any:
        """The value of a part: parsed if it is an object or its media type is JSON, else cast to its schema's type."""
        text = _text(raw)
        if is_json(media_type or "") or (media_type is None and only_type(schema) == "object"):
            try:
                return parse_json(text.encode())
            except ValueError as error:
                raise MediaTypeDeserializeError("application/json", raw) from error
        return self.style_deserializers_factory.schema_casters_factory.create(self.spec, schema).cast(text)


def _text(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
