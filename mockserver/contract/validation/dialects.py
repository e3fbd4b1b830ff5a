"""openapi-core's validators of schemas, with the keywords that err replaced, and each built only once."""

# ruff: noqa: D102  # what these methods do is openapi-core's to say

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from jsonschema_path import SchemaPath
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_schema_validator import OAS31_BASE_DIALECT_ID, OAS30ReadValidator

from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.validation.object_members import (
    additional_properties,
    pattern_properties,
    unevaluated_properties,
)
from mockserver.parsing.json_values import are_unique, is_multiple

__all__ = ["SchemaValidators"]


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


def _multiple_of(keyword: Any) -> Any:
    def wrapped(validator: Any, divisor: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(divisor, float):
            yield from keyword(validator, divisor, instance, schema)
        elif validator.is_type(instance, "number") and not is_multiple(instance, divisor):
            yield ValidationError(f"{instance!r} is not a multiple of {divisor!r}")

    return wrapped


KEYWORDS: dict[str, Callable[[Any], Any]] = {
    "additionalProperties": additional_properties,
    "multipleOf": _multiple_of,
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


class SchemaValidators(SchemaValidatorsFactory):
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
