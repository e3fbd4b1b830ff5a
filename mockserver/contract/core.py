"""openapi-core's validators, with the corrections that are methods and with schema validators built only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from jsonschema_path import SchemaPath
from openapi_core.casting.schemas import oas30_types_caster, oas31_types_caster
from openapi_core.casting.schemas.casters import TypesCaster
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.media_types.datatypes import MediaTypeDeserializersDict
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.deserializing.styles.factories import StyleDeserializersFactory
from openapi_core.schema.parameters import get_style_and_explode
from openapi_core.schema.schemas import get_properties
from openapi_core.security.factories import SecurityProviderFactory
from openapi_core.security.providers import BaseProvider
from openapi_core.templating.media_types.datatypes import MediaType
from openapi_core.templating.media_types.finders import MediaTypeFinder
from openapi_core.validation.request.validators import APICallRequestValidator
from openapi_core.validation.response.validators import APICallResponseValidator
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_core.validation.validators import BaseValidator
from openapi_schema_validator import (
    OAS31_BASE_DIALECT_ID,
    OAS30ReadValidator,
    OAS30WriteValidator,
    OAS31Validator,
)

from mockserver.contract import jsontext
from mockserver.contract.members import additional_properties, pattern_properties, unevaluated_properties
from mockserver.contract.patterns import compile_pattern
from mockserver.contract.styles import STYLES, exploded_members
from mockserver.contract.values import are_unique

__all__ = ["Replies", "Requests", "replies", "requests"]


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "string") or not isinstance(pattern, str):
        return
    try:
        if compile_pattern(pattern).search(instance):
            return
    except ValueError as error:
        yield ValidationError(f"the pattern {pattern!r} cannot be compiled: {error}")
        return
    yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique_items(validator: Any, wanted: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    if wanted and validator.is_type(instance, "array") and not are_unique(instance):
        yield ValidationError(f"{instance!r} has non-unique elements")


KEYWORDS: dict[str, Callable[[Any], Any]] = {
    "additionalProperties": additional_properties,
    "pattern": lambda _: _pattern,
    "patternProperties": lambda _: pattern_properties,
    "unevaluatedProperties": lambda _: unevaluated_properties,
    "uniqueItems": lambda _: _unique_items,
}
"""What is used instead of a dialect's own keyword, which is handed over."""


@cache
def _with_our_keywords(dialect: Any) -> Any:
    ours = {name: make(dialect.VALIDATORS[name]) for name, make in KEYWORDS.items() if name in dialect.VALIDATORS}
    return extend(dialect, ours)  # type: ignore[no-untyped-call]  # jsonschema has no types


class _SchemaValidators(SchemaValidatorsFactory):
    """Builds a schema's validator on its first use and keeps it: building one costs more than using it."""

    def __init__(self, validator_class: type[Validator], *, is_31: bool) -> None:
        # OpenAPI 3.1 is judged with 3.0's formats too, as openapi-core does (its issue 506).
        super().__init__(validator_class, OAS30ReadValidator.FORMAT_CHECKER)
        self._is_31 = is_31
        self._built: dict[SchemaPath, SchemaValidator] = {}

    def get_format_checker(self, *_: Any, **__: Any) -> Any:
        return self.format_checker

    def get_validator_cls(self, spec: SchemaPath, schema: SchemaPath) -> type[Validator]:
        dialect = self.schema_validator_cls
        if self._is_31:
            own = schema.get("$schema") if isinstance(schema.read_value(), dict) else None
            named = own or (spec / "jsonSchemaDialect").read_str(OAS31_BASE_DIALECT_ID)
            dialect = validator_for({"$schema": named}, default=dialect)
        return cast("type[Validator]", _with_our_keywords(dialect))

    def create(self, spec: SchemaPath, schema: SchemaPath, *args: Any, **options: Any) -> SchemaValidator:
        built = self._built.get(schema)
        if built is None:
            built = self._built[schema] = super().create(spec, schema, *args, **options)
        return built


class _SilentProvider(BaseProvider):
    def __call__(self, parameters: Any) -> Any:  # noqa: ARG002  # openapi-core's signature
        return None


class _Security(SecurityProviderFactory):
    PROVIDERS = SecurityProviderFactory.PROVIDERS | {"oauth2": _SilentProvider, "openIdConnect": _SilentProvider}


class _JsonTypes(dict[str, Any]):
    """openapi-core looks media types up by name; every +json type is JSON."""

    def __contains__(self, media_type: object) -> bool:
        return isinstance(media_type, str) and jsontext.is_json(media_type)

    def __getitem__(self, media_type: str) -> Any:
        return _parse_json


def _parse_json(text: bytes, **_: str) -> Any:
    return jsontext.parse(text)


JSON_TYPES: MediaTypeDeserializersDict = _JsonTypes()


class _Corrected(BaseValidator):
    """The corrections that openapi-core takes no argument for."""

    def _find_media_type(self, content: SchemaPath, mimetype: str | None = None) -> MediaType:
        if mimetype is None:
            return super()._find_media_type(content)
        essence = mimetype.partition(";")[0].strip().lower()
        try:
            found = MediaTypeFinder(content).find(mimetype)
        except ValueError:
            found = MediaTypeFinder(content).find(essence)
        # openapi-core hands every parameter on as an argument of that name; only these two are ever meant.
        parameters = {name: found.parameters[name] for name in ("boundary", "charset") if name in found.parameters}
        return MediaType(essence if "*" in found.mime_type else found.mime_type, parameters, found.media_type)

    def _get_simple_param_or_header(
        self, param_or_header: SchemaPath, location: Mapping[str, Any], name: str | None = None
    ) -> tuple[Any, SchemaPath]:
        schema = param_or_header / "schema"
        try:
            value = self._deserialise_style(param_or_header, location, name=name)
        except KeyError:
            if "default" not in schema:
                raise
            return (schema / "default").read_value(), schema
        is_query = (param_or_header / "in").read_str("header") == "query"
        if value == "" and is_query and not (param_or_header / "allowEmptyValue").read_bool(default=False):
            raise EmptyQueryParameterValue((param_or_header / "name").read_str())
        return value, schema

    def _deserialise_media_type(
        self, media_type: SchemaPath, mimetype: str, parameters: Mapping[str, str], value: bytes
    ) -> Any:
        read = super()._deserialise_media_type(media_type, mimetype, parameters, value)
        if not mimetype.startswith("multipart/") or "schema" not in media_type or not isinstance(read, dict):
            return read
        # A part without a type of its own is text (RFC 7578, 4.4); only its schema says that it means a number.
        texts = {key: part.decode("latin-1") if isinstance(part, bytes) else part for key, part in read.items()}
        return self.schema_casters_factory.create(self.spec, media_type / "schema").cast(texts)

    def _deserialise_style(
        self, param_or_header: SchemaPath, location: Mapping[str, Any], name: str | None = None
    ) -> Any:
        if "in" in param_or_header and (param_or_header / "in").read_str() == "query":
            style, explode = get_style_and_explode(param_or_header)
            schema = param_or_header / "schema"
            if (style, explode, (schema / "type").read_str_or_list("")) == ("form", True, "object"):
                name = (param_or_header / "name").read_str()
                properties = list(get_properties(schema))
                members = exploded_members(location, properties or [key for key in location if key != name])
                if not members and name not in location:
                    raise KeyError(name)
                caster = self.schema_casters_factory.create(self.spec, schema)
                return caster.cast(members)
        try:
            return super()._deserialise_style(param_or_header, location, name)
        except IndexError as error:
            raise DeserializeError("", name or "") from error


class Requests(_Corrected, APICallRequestValidator):
    """Judges requests whose operation is already known."""

    # openapi-core's public entry finds the operation too, by host and decoded path; routing has found it already.
    security_errors = APICallRequestValidator._iter_security_errors  # noqa: SLF001
    parameter_errors = APICallRequestValidator._iter_parameters_errors  # noqa: SLF001
    body_errors = APICallRequestValidator._iter_body_errors  # noqa: SLF001

    def media_type(self, content: SchemaPath, mimetype: str | None) -> MediaType:
        """What the document says about a media type. Raises MediaTypeNotFound."""
        if mimetype is None:
            return MediaTypeFinder(content).find(mimetype)  # type: ignore[arg-type]  # it raises, with the list
        return self._find_media_type(content, mimetype)

    def read_body(self, content: SchemaPath, mimetype: str, body: bytes) -> Any:
        """The body as a value. Raises MediaTypeDeserializeError."""
        found = self._find_media_type(content, mimetype)
        return self._deserialise_media_type(found.media_type, found.mime_type, found.parameters, body)


class Replies(_Corrected, APICallResponseValidator):
    """Judges replies of an operation."""

    # As in Requests: the operation is known.
    errors = APICallResponseValidator._iter_errors  # noqa: SLF001

    def schema_errors(self, schema: Mapping[str, Any], value: Any) -> list[ValidationError]:
        """What is wrong with a value under a schema that is part of the document."""
        root = self.schema_validators_factory.create(self.spec, self.spec)
        return list(root.validator.evolve(schema=schema).iter_errors(value))


def requests(spec: SchemaPath, *, is_31: bool) -> Requests:
    """The validator of requests for a document."""
    return Requests(spec, security_provider_factory=_Security(), **_options(OAS30WriteValidator, is_31=is_31))


def replies(spec: SchemaPath, *, is_31: bool) -> Replies:
    """The validator of replies for a document."""
    return Replies(spec, **_options(OAS30ReadValidator, is_31=is_31))


def _options(class_30: type[Validator], *, is_31: bool) -> dict[str, Any]:
    validators = _SchemaValidators(OAS31Validator if is_31 else class_30, is_31=is_31)
    types: TypesCaster = oas31_types_caster if is_31 else oas30_types_caster
    casters = SchemaCastersFactory(validators, types)
    return {
        "schema_validators_factory": validators,
        "schema_casters_factory": casters,
        "style_deserializers_factory": StyleDeserializersFactory(casters, style_deserializers=STYLES),
        "extra_media_type_deserializers": JSON_TYPES,
    }
