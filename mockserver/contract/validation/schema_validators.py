"""openapi-core's schema validators, with corrected keywords. Each validator is built once."""

# ruff: noqa: D102  # openapi-core documents the methods that are overridden here

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from jsonschema_path import SchemaPath
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_schema_validator import OAS31_BASE_DIALECT_ID

from mockserver.contract.document.discriminators import Discriminators
from mockserver.contract.formats.number_formats import INTEGER_RANGES
from mockserver.contract.formats.string_formats import EXAMPLES, has_format
from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.validation.discriminator_keywords import DiscriminatorKeywords
from mockserver.parsing.json_values import are_unique, is_multiple

Schema = Mapping[str, Any]
Errors = Iterator[ValidationError]
Keyword = Callable[[Any, Any, Any, Schema], Errors]
"""A keyword of jsonschema: it takes the validator, the keyword's value, the instance and the whole schema."""

FORMAT_CHECKER = FormatChecker(())
FORMAT_CHECKER.checkers = {name: (partial(has_format, name), ()) for name in (*EXAMPLES, *INTEGER_RANGES)}


class SchemaValidators(SchemaValidatorsFactory):
    """Builds the validator of a schema on first use and keeps it: building takes longer than validating."""

    def __init__(self, validator_class: type[Validator], discriminators: Discriminators, *, is_31: bool) -> None:
        super().__init__(validator_class, FORMAT_CHECKER)
        self._is_31 = is_31
        self._keywords = DiscriminatorKeywords(discriminators)
        self._classes: dict[Any, Any] = {}
        self._built: dict[SchemaPath, SchemaValidator] = {}

    def get_format_checker(self, *_: Any, **__: Any) -> Any:
        return self.format_checker

    def get_validator_cls(self, spec: SchemaPath, schema: SchemaPath) -> type[Validator]:
        dialect = self.schema_validator_cls
        if self._is_31:
            own = schema.get("$schema") if isinstance(schema.read_value(), dict) else None
            named = own or (spec / "jsonSchemaDialect").read_str(OAS31_BASE_DIALECT_ID)
            dialect = validator_for({"$schema": named}, default=dialect)
        return cast("type[Validator]", _with_corrected_keywords(dialect, self._keywords, self._classes))

    def create(self, spec: SchemaPath, schema: SchemaPath, *args: Any, **options: Any) -> SchemaValidator:
        built = self._built.get(schema)
        if built is None:
            built = self._built[schema] = super().create(spec, schema, *args, **options)
        return built


def described_members(instance: Schema, schema: Schema) -> set[str]:
    """The members that `properties` or `patternProperties` of a schema describe."""
    described = set(schema.get("properties", ())) & instance.keys()
    for pattern in schema.get("patternProperties", ()):
        described.update(_matching(pattern, instance))
    return described


def _matching(pattern: str, names: Iterable[str]) -> list[str]:
    compiled = compile_pattern(pattern)
    return [name for name in names if compiled.search(name)]


def _pattern(_: Keyword, validator: Any, pattern: str, instance: Any, __: Schema) -> Errors:
    if not validator.is_type(instance, "string") or not isinstance(pattern, str):
        return
    try:
        if not compile_pattern(pattern).search(instance):
            yield ValidationError(f"{instance!r} does not match {pattern!r}")
    except ValueError as error:
        yield ValidationError(f"the pattern {pattern!r} cannot be compiled: {error}")


def _unique_items(_: Keyword, validator: Any, unique: Any, instance: Any, __: Schema) -> Errors:
    if unique and validator.is_type(instance, "array") and not are_unique(instance):
        yield ValidationError(f"{instance!r} has non-unique elements")


def _multiple_of(original: Keyword, validator: Any, divisor: Any, instance: Any, schema: Schema) -> Errors:
    if not isinstance(divisor, float):
        yield from original(validator, divisor, instance, schema)
    elif validator.is_type(instance, "number") and not is_multiple(instance, divisor):
        yield ValidationError(f"{instance!r} is not a multiple of {divisor!r}")


def _pattern_properties(_: Keyword, validator: Any, patterns: Any, instance: Any, __: Schema) -> Errors:
    if validator.is_type(instance, "object"):
        for pattern, schema in patterns.items():
            for name in _matching(pattern, instance):
                yield from validator.descend(instance[name], schema, path=name, schema_path=pattern)


def _additional_properties(original: Keyword, validator: Any, value: Any, instance: Any, schema: Schema) -> Errors:
    if "patternProperties" in schema and isinstance(instance, dict):
        # The original would match the patterns with Python's `re`. It gets the names instead.
        schema = {"properties": list(described_members(instance, schema))}
    yield from original(validator, value, instance, schema)


def _unevaluated_properties(_: Keyword, validator: Any, value: Any, instance: Any, schema: Schema) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    evaluated = _evaluated(validator, instance, schema)
    for name in instance:
        if name in evaluated:
            continue
        if value is False:
            yield ValidationError(f"{name!r} is not a member that the contract allows here", path=[name])
        else:
            yield from validator.descend(instance[name], value, path=name, schema_path=name)


def _evaluated(validator: Any, instance: Schema, schema: Any) -> set[str]:
    """The members that a schema evaluates, directly or through the schemas that it refers to or combines."""
    if not isinstance(schema, dict):
        return set()
    found = described_members(instance, schema)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword in schema:
            found.update(name for name in instance if _is_valid(validator, instance[name], schema[keyword]))
    if "$ref" in schema:
        resolved = validator._resolver.lookup(schema["$ref"])  # noqa: SLF001  # as jsonschema's own keywords do
        target = validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)
        found |= _evaluated(target, instance, resolved.contents)
    for part in _valid_parts(validator, instance, schema):
        found |= _evaluated(validator, instance, part)
    return found


def _valid_parts(validator: Any, instance: Schema, schema: Schema) -> Iterator[Any]:
    """The schemas inside a schema that apply to the same instance and accept it."""
    parts = validator.DISCRIMINATOR_KEYWORDS.parts(schema, instance)
    yield from (part for part in parts if _is_valid(validator, instance, part))
    yield from (part for name, part in schema.get("dependentSchemas", {}).items() if name in instance)
    if "if" in schema:
        holds = _is_valid(validator, instance, schema["if"])
        if holds:
            yield schema["if"]
        yield schema.get("then" if holds else "else", True)


def _is_valid(validator: Any, instance: Any, schema: Any) -> bool:
    return next(iter(validator.descend(instance, schema)), None) is None


# Each function takes the dialect's own keyword, and then what a keyword takes.
CORRECTED_KEYWORDS: dict[str, Callable[[Keyword, Any, Any, Any, Schema], Errors]] = {
    "additionalProperties": _additional_properties,
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "uniqueItems": _unique_items,
}


def _with_corrected_keywords(
    dialect: Any, discriminator_keywords: DiscriminatorKeywords, classes: dict[Any, Any]
) -> Any:
    """The corrected validator class of a dialect. `classes` are those that were built before."""
    if dialect in classes:
        return classes[dialect]
    own = dialect.VALIDATORS
    corrected: dict[str, Any] = {}
    corrected |= {name: partial(correct, own[name]) for name, correct in CORRECTED_KEYWORDS.items() if name in own}
    if "discriminator" in own:
        corrected |= discriminator_keywords.functions
    extended = extend(dialect, corrected)  # type: ignore[no-untyped-call]  # jsonschema has no types
    extended.DISCRIMINATOR_KEYWORDS = discriminator_keywords
    evolve = extended.evolve

    def corrected_evolve(validator: Any, **changes: Any) -> Any:
        """The corrected validator also for a schema that names another dialect with `$schema`."""
        evolved = evolve(validator, **changes)
        if type(evolved) is type(validator):
            return evolved
        corrected_class = _with_corrected_keywords(type(evolved), discriminator_keywords, classes)
        return corrected_class(changes["schema"], format_checker=FORMAT_CHECKER, _resolver=changes["_resolver"])

    extended.evolve = corrected_evolve
    classes[dialect] = extended
    return extended
