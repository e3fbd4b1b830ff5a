"""openapi-core's schema validators, with corrected keywords. Each validator is built once."""

# ruff: noqa: D102  # openapi-core documents the methods that are overridden here

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, cast

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from jsonschema_path import SchemaPath
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_schema_validator import OAS31_BASE_DIALECT_ID

from mockserver.contract.document.discriminators import Discriminators
from mockserver.contract.formats.number_formats import NUMBER_FORMATS
from mockserver.contract.formats.string_formats import EXAMPLES, has_format
from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.validation.corrected_dialects import CorrectedDialects, Correction, Errors, Keyword, Schema
from mockserver.contract.validation.discriminator_keywords import DiscriminatorKeywords
from mockserver.contract.validation.quiet_values import quiet
from mockserver.contract.validation.schema_check import current_check, scope
from mockserver.parsing.json_values import are_equal, are_unique, is_multiple

FORMAT_CHECKER = FormatChecker(())
FORMAT_CHECKER.checkers = {name: (partial(has_format, name), ()) for name in (*EXAMPLES, *NUMBER_FORMATS)}


class SchemaValidators(SchemaValidatorsFactory):
    """Builds the validator of a schema on first use and keeps it: building takes longer than validating."""

    def __init__(
        self, validator_class: type[Validator], discriminators: Discriminators, *, is_31: bool, unsent: str
    ) -> None:
        super().__init__(validator_class, FORMAT_CHECKER)
        # The classes of 3.0 treat readOnly and writeOnly themselves.
        corrections = CORRECTED_KEYWORDS | ({"required": _required(unsent)} if is_31 else {})
        self._dialects = CorrectedDialects(corrections, DiscriminatorKeywords(discriminators))
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
        return cast("type[Validator]", self._dialects.corrected(dialect))

    def create(self, spec: SchemaPath, schema: SchemaPath, *args: Any, **options: Any) -> SchemaValidator:
        built = self._built.get(schema)
        if built is None:
            made = super().create(spec, schema, *args, **options)
            built = self._built[schema] = _SchemaValidator(made.schema, made.validator)
        return built


class _SchemaValidator(SchemaValidator):
    def validate(self, value: Any) -> None:
        kept = quiet(value)
        current_check().keep(kept)
        super().validate(kept)


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
    if not unique or not validator.is_type(instance, "array"):
        return
    if not current_check().remembered(("unique", id(instance)), lambda: are_unique(instance)):
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


def _required(unsent: str) -> Correction:
    """`required`, except for members with the keyword `unsent`."""

    def required(original: Keyword, validator: Any, names: Any, instance: Any, schema: Schema) -> Errors:
        properties = schema.get("properties", {})
        expected = [name for name in names if not _has_keyword(properties.get(name), unsent)]
        yield from original(validator, expected, instance, schema)

    return required


def _has_keyword(schema: Any, keyword: str) -> bool:
    return isinstance(schema, dict) and bool(schema.get(keyword, False))


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
    key = ("members", id(schema), id(instance), *scope(validator._resolver))  # noqa: SLF001  # as jsonschema's own keywords do
    found: set[str] = current_check().remembered(key, lambda: _new_evaluated(validator, instance, schema))
    return found


def _new_evaluated(validator: Any, instance: Schema, schema: Any) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    found = described_members(instance, schema)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword in schema:
            found.update(name for name in instance if _is_valid(validator, instance[name], schema[keyword]))
    for target in _targets(validator, schema):
        found |= _evaluated(target, instance, target.schema)
    for part in _valid_parts(validator, instance, schema):
        found |= _evaluated(validator, instance, part)
    return found


def _valid_parts(validator: Any, instance: Any, schema: Schema) -> Iterator[Any]:
    """The schemas inside a schema that apply to the same instance and accept it."""
    parts = validator.DISCRIMINATOR_KEYWORDS.parts(schema, instance)
    yield from (part for part in parts if _is_valid(validator, instance, part))
    yield from (part for name, part in schema.get("dependentSchemas", {}).items() if name in instance)
    if "if" in schema:
        holds = _is_valid(validator, instance, schema["if"])
        if holds:
            yield schema["if"]
        yield schema.get("then" if holds else "else", True)


def _enum(_: Keyword, __: Any, values: Any, instance: Any, ___: Schema) -> Errors:
    check = current_check()
    if _is_hashable(instance) and isinstance(values, list):
        is_listed = instance in check.remembered(("enum", id(values)), lambda: frozenset(filter(_is_hashable, values)))
    else:
        check.budget.spend(len(values))
        is_listed = any(are_equal(value, instance) for value in values)
    if not is_listed:
        yield ValidationError("it is not one of the listed values")


def _is_hashable(value: Any) -> bool:
    """Whether the same values are equal to this one in JSON and in Python."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _unevaluated_items(_: Keyword, validator: Any, __: Any, instance: Any, schema: Schema) -> Errors:
    if not validator.is_type(instance, "array"):
        return
    evaluated = _evaluated_items(validator, instance, schema)
    if any(index not in evaluated for index in range(len(instance))):
        yield ValidationError("it has items that the contract does not allow here")


def _evaluated_items(validator: Any, instance: list[Any], schema: Any) -> set[int]:
    """The indexes of the items that a schema evaluates, like `_evaluated`."""
    key = ("items", id(schema), id(instance), *scope(validator._resolver))  # noqa: SLF001  # as jsonschema's own keywords do
    found: set[int] = current_check().remembered(key, lambda: _new_evaluated_items(validator, instance, schema))
    return found


def _new_evaluated_items(validator: Any, instance: list[Any], schema: Any) -> set[int]:
    if not isinstance(schema, dict):
        return set()
    if "items" in schema:
        return set(range(len(instance)))
    found = set(range(len(schema.get("prefixItems", ()))))
    for keyword in ("contains", "unevaluatedItems"):
        if keyword in schema:
            found.update(index for index, item in enumerate(instance) if _is_valid(validator, item, schema[keyword]))
    for target in _targets(validator, schema):
        found |= _evaluated_items(target, instance, target.schema)
    # Like jsonschema, without `dependentSchemas`: they apply to objects only.
    for part in _valid_parts(validator, instance, {**schema, "dependentSchemas": {}}):
        found |= _evaluated_items(validator, instance, part)
    return found


def _targets(validator: Any, schema: Schema) -> Iterator[Any]:
    """The validator of the schema that a schema refers to."""
    if "$ref" in schema:
        resolved = current_check().resolved(validator._resolver, schema["$ref"])  # noqa: SLF001  # see above
        yield validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)


def _is_valid(validator: Any, instance: Any, schema: Any) -> bool:
    return next(iter(validator.descend(instance, schema)), None) is None


CORRECTED_KEYWORDS: dict[str, Correction] = {
    "additionalProperties": _additional_properties,
    "enum": _enum,
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_properties,
    "uniqueItems": _unique_items,
}
