"""Makes samples for schemas in tests, validated by openapi-core's own schema validators."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from openapi_schema_validator import OAS30ReadValidator, OAS31Validator

from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.validation.schema_validators import FORMAT_CHECKER
from mockserver.samples import SchemaSamples


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not compile_pattern(pattern).search(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _required(_: Any, names: list[str], value: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    for name in names if isinstance(value, dict) else ():
        if name not in value and schema.get("properties", {}).get(name, {}).get("writeOnly") is not True:
            yield ValidationError(f"{name!r} is a required property")


VALIDATORS = {
    "3.0": extend(OAS30ReadValidator, {"pattern": _pattern}),  # type: ignore[no-untyped-call]  # jsonschema has no types
    "3.1": extend(OAS31Validator, {"pattern": _pattern, "required": _required}),  # type: ignore[no-untyped-call]  # jsonschema has no types
}


def document(schemas: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A document with these schemas in its components."""
    return {"components": {"schemas": dict(schemas or {})}}


def validator_of(data: Mapping[str, Any], version: str) -> Callable[[Mapping[str, Any], Any], list[str]]:
    """The function with which SchemaSamples validates."""
    validator = VALIDATORS[version](dict(data), format_checker=FORMAT_CHECKER)
    return lambda schema, value: [error.message for error in validator.evolve(schema=schema).iter_errors(value)]


def samples(schemas: Mapping[str, Any] | None = None, version: str = "3.0") -> SchemaSamples:
    """The samples of a document with these schemas."""
    data = document(schemas)
    return SchemaSamples(data, openapi_31=version == "3.1", problems=validator_of(data, version))


def sample(schema: Any, version: str = "3.0", *, schemas: Mapping[str, Any] | None = None, seed: int = 1) -> Any:
    """A value for the schema, which is validated once more here."""
    value = samples(schemas, version).value(schema, random.Random(seed))
    assert schema is True or validator_of(document(schemas), version)(schema, value) == []
    return value
