"""The schemas inside a schema, by the keywords that contain them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.document.references import COMPOSITIONS

ONE_TEXT = """
additionalItems additionalProperties contains contentSchema else if items not propertyNames then
unevaluatedItems unevaluatedProperties
"""
ONE = frozenset(ONE_TEXT.split())
"""The keywords whose value is a schema. `items` and `dependencies` of older dialects may contain several."""

MANY = frozenset({*COMPOSITIONS, "prefixItems", "items"})
"""The keywords whose value is a list of schemas."""

CONDITIONS = ("if", "then", "else")

NAMED = frozenset({"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"})
"""The keywords whose value maps names to schemas."""


def subschemas(schema: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas directly inside a schema."""
    for keyword, value in schema.items():
        if keyword in MANY and isinstance(value, list):
            yield from value
        elif keyword in NAMED and isinstance(value, dict):
            yield from value.values()
        elif keyword in ONE and isinstance(value, dict):
            yield value


def with_subschemas(schema: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a schema, in which each schema directly inside it is changed."""
    copy = dict(schema)
    for keyword, value in schema.items():
        if keyword in MANY and isinstance(value, list):
            copy[keyword] = [change(inner) for inner in value]
        elif keyword in NAMED and isinstance(value, dict):
            copy[keyword] = {name: change(inner) for name, inner in value.items()}
        elif keyword in ONE and isinstance(value, dict):
            copy[keyword] = change(value)
    return copy


def applied_schemas(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas that a schema applies to the same value, each with the keyword that applies it."""
    for keyword in COMPOSITIONS:
        yield from ((keyword, part) for part in as_list(schema.get(keyword)))
    yield from ((keyword, schema[keyword]) for keyword in CONDITIONS if keyword in schema)
    yield from (("dependentSchemas", part) for part in as_mapping(schema.get("dependentSchemas")).values())


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value of a keyword if it is a mapping, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """The value of a keyword if it is a list, else an empty list."""
    return value if isinstance(value, list) else []
