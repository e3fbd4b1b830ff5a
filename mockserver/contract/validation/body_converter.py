"""Reads bodies that contain text only, and converts it to the types of the schema: forms and XML."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jsonschema.protocols import Validator
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError

from mockserver.contract.validation.body_readers import Opaque, as_opaque
from mockserver.contract.validation.converted_body import ConvertedBody
from mockserver.contract.validation.form_reader import FormReader
from mockserver.contract.validation.xml_values import XmlValues
from mockserver.parsing.form_fields import FormSyntaxError, read_multipart, read_urlencoded
from mockserver.parsing.media_types import URLENCODED, is_form, is_xml
from mockserver.parsing.xml_elements import XmlError, parse_xml


class BodyConverter:
    """Reads the bodies of a document. `validator` is one of its schema validators."""

    def __init__(self, document: Mapping[str, Any], validator: Validator) -> None:
        self._document = document
        self._validator = validator
        self._is_31 = document["openapi"].startswith("3.1")
        # The value of a body is read first, then its violations. The body is converted only once.
        self._latest: tuple[bytes, Any, Any, ConvertedBody | Opaque] | None = None

    def handles(self, name: str) -> bool:
        """Whether this class reads the bodies of a media type."""
        return name.startswith("multipart/") or name == URLENCODED or is_xml(name)

    def read(
        self, body: bytes, name: str, parameters: Mapping[str, str], described: Mapping[str, Any]
    ) -> ConvertedBody | Opaque:
        """A body with the media type `name`, which a Media Type Object describes. Raises MediaTypeDeserializeError."""
        how = (name, tuple(parameters.items()))
        latest = self._latest
        if latest is None or latest[0] is not body or latest[1] is not described or latest[2] != how:
            latest = self._latest = (body, described, how, self._read(body, name, parameters, described))
        return latest[3]

    def _read(
        self, body: bytes, name: str, parameters: Mapping[str, str], described: Mapping[str, Any]
    ) -> ConvertedBody | Opaque:
        try:
            if is_xml(name):
                return self._xml(body, parameters.get("charset"), described.get("schema", {}))
            if not is_form(name):
                return as_opaque(body)
            is_urlencoded = name == URLENCODED
            if is_urlencoded:
                fields = read_urlencoded(body, parameters.get("charset", "utf-8"))
            else:
                fields = read_multipart(body, parameters.get("boundary", ""))
        except (FormSyntaxError, XmlError) as error:
            raise MediaTypeDeserializeError(name, body) from error
        if not self._form_reader.describes(described.get("schema", {})):
            return as_opaque(body)
        return self._form_reader.read(fields, described, is_urlencoded=is_urlencoded)

    def _xml(self, body: bytes, charset: str | None, schema: Any) -> ConvertedBody | Opaque:
        root = parse_xml(body, charset)
        if self._xml_values.describes(schema):
            return self._xml_values.read(root, schema)
        return as_opaque(body, charset or "utf-8")

    @cached_property
    def _form_reader(self) -> FormReader:
        return FormReader(self._document, self._validator, is_31=self._is_31)

    @cached_property
    def _xml_values(self) -> XmlValues:
        return XmlValues(self._document, self._validator, is_31=self._is_31)
