"""openapi-core's validators of messages, with the corrections that need an overridden method."""

# ruff: noqa: SLF001  # openapi-core's public functions find the operation by themselves; the router already has

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema_path import SchemaPath
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.schema.parameters import get_style_and_explode
from openapi_core.schema.schemas import get_properties
from openapi_core.security.exceptions import SecurityProviderError
from openapi_core.security.factories import SecurityProviderFactory
from openapi_core.templating.media_types.datatypes import MediaType
from openapi_core.templating.media_types.finders import MediaTypeFinder
from openapi_core.validation.request.validators import APICallRequestValidator
from openapi_core.validation.response.exceptions import MissingHeader, MissingRequiredHeader
from openapi_core.validation.response.validators import APICallResponseValidator
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.validators import BaseValidator
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator

from mockserver.contract.document.credentials import credential_check
from mockserver.contract.document.discriminators import Discriminators
from mockserver.contract.document.transport_headers import is_transport_header
from mockserver.contract.validation.body_converter import BodyConverter
from mockserver.contract.validation.body_readers import MediaTypeReaders, Opaque, RawText, as_bytes
from mockserver.contract.validation.casters import Casters, types_of
from mockserver.contract.validation.converted_body import ConvertedBody
from mockserver.contract.validation.parameter_styles import STYLES, Styles, only_type, values_of
from mockserver.contract.validation.quiet_values import quiet
from mockserver.contract.validation.schema_check import current_check
from mockserver.contract.validation.schema_validators import SchemaValidators
from mockserver.parsing.media_types import essence

STEPS_OF_A_CHECK = 100
# Only the charsets that clients use. Python has more: decoding a megabyte of punycode takes minutes.
SUPPORTED = re.compile(
    r"boundary=.+|charset=(ascii|big5|cp|euc|gb|iso|koi8|latin|mac|shift|us-ascii|utf|windows)[\w-]*"
)


class _Security(SecurityProviderFactory):
    """Makes providers that take the request itself. openapi-core passes it on as the parameters."""

    def create(self, scheme: SchemaPath) -> Any:
        check = credential_check(scheme.read_value())

        def provide(request: Any) -> None:
            if not check(request):
                raise SecurityProviderError

        return provide


class _CorrectedValidator(BaseValidator):
    @cached_property
    def root_validator(self) -> Validator:
        """The validator whose schema is the whole document. It can evolve to any schema in the document."""
        return self.schema_validators_factory.create(self.spec, self.spec).validator

    @cached_property
    def _converter(self) -> BodyConverter:
        return BodyConverter(self.spec.read_value(), self.root_validator)

    def _deserialise_media_type(
        self, media_type: SchemaPath, mimetype: str, parameters: Mapping[str, str], value: bytes
    ) -> Any:
        if self._converter.handles(mimetype):
            return self._converter.read(as_bytes(value), mimetype, parameters, media_type.read_value())
        return super()._deserialise_media_type(media_type, mimetype, parameters, value)

    def _validate_schema(self, schema: SchemaPath, value: Any) -> None:
        if not isinstance(value, ConvertedBody):
            return super()._validate_schema(schema, value)
        errors = value.all_errors(self.schema_validators_factory.create(self.spec, schema).validator)
        if errors:
            raise InvalidSchemaValue(value.value, "object", errors)
        return None

    def _find_media_type(self, content: SchemaPath, mimetype: str | None = None) -> MediaType:
        if mimetype is None:
            return super()._find_media_type(content)
        media_type = essence(mimetype)
        try:
            found = MediaTypeFinder(content).find(mimetype)
        except ValueError:
            found = MediaTypeFinder(content).find(media_type)
        # openapi-core passes every parameter on as a keyword argument, so unknown ones would make it crash.
        parameters = {name: value for name, value in found.parameters.items() if SUPPORTED.fullmatch(f"{name}={value}")}
        return MediaType(media_type if "*" in found.mime_type else found.mime_type, parameters, found.media_type)

    def _get_param_or_header_and_schema(
        self, param_or_header: SchemaPath, location: Mapping[str, Any], name: str | None = None
    ) -> tuple[Any, SchemaPath | None]:
        if _is_empty(param_or_header, location):
            if (param_or_header / "allowEmptyValue").read_bool(default=False):
                return "", None
            if "schema" not in param_or_header or types_of(param_or_header / "schema").scalars:
                raise EmptyQueryParameterValue((param_or_header / "name").read_str())
        return super()._get_param_or_header_and_schema(param_or_header, location, name)

    def _get_simple_param_or_header(
        self, param_or_header: SchemaPath, location: Mapping[str, Any], name: str | None = None
    ) -> tuple[Any, SchemaPath]:
        return self._deserialise_style(param_or_header, location, name=name), param_or_header / "schema"

    def _get_content_schema_value_and_schema(
        self, raw: bytes, content: SchemaPath, mimetype: str | None = None
    ) -> tuple[Any, SchemaPath | None]:
        value, schema = super()._get_content_schema_value_and_schema(raw, content, mimetype)
        if schema is None or isinstance(value, Opaque):
            return value, None
        if isinstance(value, RawText):
            # jsonschema-rs, which matches the patterns, does not know subclasses of `str`.
            return str(value), schema if _describes_text(schema, essence(mimetype or "text/plain")) else None
        return value, schema

    def _deserialise_style(
        self, param_or_header: SchemaPath, location: Mapping[str, Any], name: str | None = None
    ) -> Any:
        schema = param_or_header / "schema"
        if (*get_style_and_explode(param_or_header), only_type(schema)) != ("form", True, "object"):
            return super()._deserialise_style(param_or_header, location, name)
        # The members of an exploded object are parameters of their own.
        name = (param_or_header / "name").read_str()
        names = list(get_properties(schema)) or [key for key in location if key != name]
        members = {key: location[key] for key in names if key in location}
        if not members and name not in location:
            raise KeyError(name)
        return self.schema_casters_factory.create(self.spec, schema).cast(members)


def _is_empty(parameter: SchemaPath, location: Mapping[str, Any]) -> bool:
    """Whether a parameter is sent in the query, once and without a value."""
    is_query = (parameter / "in").read_str("header") == "query"
    return is_query and values_of((parameter / "name").read_str(), location) == [""]


def _describes_text(schema: SchemaPath, media_type: str) -> bool:
    """Whether a schema describes the text of a body, and not the values that the text encodes."""
    if "string" not in types_of(schema).scalars:
        return False
    # A PDF or an image with the format `byte` is binary data, whatever the format says.
    is_base64 = (schema / "format").read_str("") == "byte" or "contentEncoding" in schema
    return media_type.startswith("text/") or not is_base64


class RequestValidator(_CorrectedValidator, APICallRequestValidator):
    """Validates requests to a known operation."""

    def __init__(self, spec: SchemaPath, discriminators: Discriminators, *, is_31: bool) -> None:
        options = _options(OAS30WriteValidator, discriminators, is_31=is_31)
        super().__init__(spec, security_provider_factory=_Security(), **options)

    security_errors = APICallRequestValidator._iter_security_errors
    parameter_errors = APICallRequestValidator._iter_parameters_errors
    body_errors = APICallRequestValidator._iter_body_errors

    def value_errors(self, schema: SchemaPath, value: Any) -> Iterator[Any]:
        """The errors of a value that was read from a JSON body."""
        try:
            self._validate_schema(schema, value)
        except InvalidSchemaValue as error:
            yield from error.schema_errors

    def body_values(self, content: SchemaPath, mimetype: str | None, body: bytes) -> Iterator[Any]:
        """Yields the value of the body. Raises MediaTypeNotFound and MediaTypeDeserializeError."""
        if mimetype is None:
            MediaTypeFinder(content).find(mimetype)  # type: ignore[arg-type]  # it raises, with the documented types
        found = self._find_media_type(content, mimetype)
        value = self._deserialise_media_type(found.media_type, found.mime_type, found.parameters, body)
        if isinstance(value, ConvertedBody):
            yield value.value
        else:
            yield str(value) if isinstance(value, RawText | Opaque) else value


class ReplyValidator(_CorrectedValidator, APICallResponseValidator):
    """Validates replies of a known operation."""

    def __init__(self, spec: SchemaPath, discriminators: Discriminators, *, is_31: bool) -> None:
        super().__init__(spec, **_options(OAS30ReadValidator, discriminators, is_31=is_31))

    errors = APICallResponseValidator._iter_errors

    def _get_header(self, headers: Mapping[str, Any], name: str, header: SchemaPath) -> Any:
        try:
            return super()._get_header(headers, name, header)
        except MissingRequiredHeader:
            if is_transport_header(name):
                raise MissingHeader(name) from None
            raise

    def schema_errors(self, schema: Mapping[str, Any], value: Any) -> list[ValidationError]:
        """The errors of a value under a schema that is part of the document."""
        current_check().budget.spend(STEPS_OF_A_CHECK)
        return list(self.root_validator.evolve(schema=schema).iter_errors(quiet(value)))


def _options(class_30: type[Validator], discriminators: Discriminators, *, is_31: bool) -> dict[str, Any]:
    unsent = "readOnly" if class_30 is OAS30WriteValidator else "writeOnly"
    validators = SchemaValidators(OAS31Validator if is_31 else class_30, discriminators, is_31=is_31, unsent=unsent)
    styles = Styles(Casters(validators, discriminators, is_31=is_31), style_deserializers=STYLES)
    return {
        "schema_validators_factory": validators,
        "schema_casters_factory": styles.schema_casters_factory,
        "style_deserializers_factory": styles,
        "extra_media_type_deserializers": MediaTypeReaders(),
    }
