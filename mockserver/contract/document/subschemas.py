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
