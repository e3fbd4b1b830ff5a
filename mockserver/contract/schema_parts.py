"""Finds all schemas that apply to one value: through references, compositions, conditions and discriminators."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.contract.document.discriminators import ANYTHING
from mockserver.contract.document.document import Document
from mockserver.contract.document.families import core
from mockserver.contract.document.subschemas import applied_schemas
from mockserver.errors import SpecError

Schema = Mapping[str, Any]

# A schema with only these keywords accepts objects with members of any name.
UNRESTRICTING: Final = frozenset(
    {"$comment", "default", "deprecated", "description", "example", "examples", "externalDocs", "maxProperties"}
    | {"minProperties", "nullable", "readOnly", "title", "type", "writeOnly", "xml"}
)


class SchemaPart(NamedTuple):
    """One of the schemas that apply to a value.

    `is_open` is true if it accepts an object whatever its members are, so that any name is allowed.
    """

    schema: Schema
    is_open: bool


def schema_parts(document: Document, schemas: Iterable[Any]) -> Iterator[SchemaPart]:
    """The schemas, and all schemas that they apply to the same value. All alternatives of `anyOf` and `oneOf` count."""
    seen: set[int] = set()
    pending = deque((schema, False) for schema in schemas)
    while pending:
        schema, is_alternative = pending.popleft()
        is_open = is_alternative and _accepts_any_object(core(schema))
        if not isinstance(schema, dict):
            if is_open:
                yield SchemaPart({}, is_open)
            continue
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        try:
            target = document.resolve(schema)
        except SpecError:
            target = schema
        if target is not schema:
            pending.append((target, is_alternative))
        is_broken = target is schema and "$ref" in schema
        yield SchemaPart(schema, is_open or is_broken)
        pending.extend(_applied(document, schema))


def _applied(document: Document, schema: Schema) -> Iterator[tuple[Any, bool]]:
    """The schemas inside a schema that describe the same value, and whether each is one of several alternatives."""
    for keyword, part in applied_schemas(schema):
        yield part, keyword in {"anyOf", "oneOf"}
    discriminator = document.discriminators.of(schema)
    for choice in discriminator.choices.values() if discriminator else ():
        if choice is not ANYTHING:
            yield choice, False


def _accepts_any_object(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return schema is True
    kinds = schema.get("type", "object")
    is_object = kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
    return is_object and all(keyword in UNRESTRICTING or keyword.startswith("x-") for keyword in schema)
