"""Finds the schemas that describe the members and items of a value, also in compositions and behind references."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract.document.references import resolve
from mockserver.contract.document.subschemas import applied_schemas, as_mapping
from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.validation.schema_check import current_check

Schema = Mapping[str, Any]

# A schema without `type` means the type to which one of these keywords applies.
IMPLIED_TYPES = {
    "properties": "object",
    "patternProperties": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
}
TYPE_NAMES = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}


class MemberSchemas:
    """Finds schemas in a document. It looks at each schema once, so circles and repetitions take no longer."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def parts(self, schemas: Iterable[Any]) -> list[Schema]:
        """The schemas, and all schemas that they apply to the same value: by reference, composition or condition."""
        found: dict[int, Schema] = {}
        pending = list(schemas)[::-1]
        while pending:
            schema = pending.pop()
            if not isinstance(schema, Mapping) or id(schema) in found:
                continue
            found[id(schema)] = schema
            # In OpenAPI 3.1 a reference may have other keywords beside it.
            pending.extend([*(part for _, part in applied_schemas(schema)), resolve(self._document, schema)][::-1])
        current_check().budget.spend(len(found))
        return list(found.values())

    def member(self, parts: Iterable[Schema], name: str) -> list[Any]:
        """The schemas that parts have for a member."""
        found: list[Any] = []
        unevaluated: list[Any] = []
        for part in parts:
            found += _described(part, name) or [part.get("additionalProperties")]
            unevaluated.append(part.get("unevaluatedProperties"))
        found = [each for each in found if isinstance(each, Mapping)]
        return [each for each in found or unevaluated if isinstance(each, Mapping)]

    def prefix_length(self, parts: Iterable[Schema]) -> int:
        """How many items have schemas of their own."""
        return max((len(part["prefixItems"]) for part in parts if isinstance(part.get("prefixItems"), list)), default=0)

    def items(self, parts: Iterable[Schema], index: int) -> list[Any]:
        """The schemas that parts have for an item."""
        found = []
        for part in parts:
            prefix = part.get("prefixItems")
            listed = prefix if isinstance(prefix, list) else []
            found.append(listed[index] if index < len(listed) else part.get("items"))
        return [each for each in found if isinstance(each, Mapping)]


def names(parts: Iterable[Schema]) -> list[str]:
    """The members that parts name in `properties`, each once."""
    return list(dict.fromkeys(name for part in parts for name in as_mapping(part.get("properties"))))


def types(parts: Iterable[Schema]) -> list[str]:
    """The types that parts name or imply, each once, in the order of the document. `null` is the last."""
    found: dict[str, None] = {}
    is_nullable = False
    for part in parts:
        named = part.get("type")
        listed = [named] if isinstance(named, str) else named if isinstance(named, list) else _implied(part)
        found |= dict.fromkeys(name for name in listed if isinstance(name, str))
        is_nullable |= part.get("nullable") is True
    is_nullable |= "null" in found
    found.pop("null", None)
    return [*found, *(["null"] if is_nullable else [])]


def _described(part: Schema, name: str) -> list[Any]:
    properties = as_mapping(part.get("properties"))
    described = [properties[name]] if name in properties else []
    for pattern, schema in as_mapping(part.get("patternProperties")).items():
        try:
            if compile_pattern(pattern).search(name):
                described.append(schema)
        except ValueError:
            # The validator reports the pattern.
            continue
    return described


def _implied(part: Schema) -> list[str]:
    if "$ref" in part:
        return []
    values = part["enum"] if isinstance(part.get("enum"), list) else [part["const"]] if "const" in part else []
    if values:
        return [TYPE_NAMES.get(type(value), "string") for value in values]
    return [name for keyword, name in IMPLIED_TYPES.items() if keyword in part]
