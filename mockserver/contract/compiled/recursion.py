"""Schemas that are made of themselves, with no member or item between: openapi-core never ends there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mockserver.contract.compiled.keyword_translation import Untranslatable

__all__ = ["MANY_SCHEMAS", "reject_recursion"]

MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf"})


def reject_recursion(definitions: Mapping[str, Any]) -> None:
    """Raise Untranslatable when one of these translated schemas is made of itself."""
    names = {name: set(_made_of(schema)) for name, schema in definitions.items()}
    try:
        TopologicalSorter(names).prepare()
    except CycleError:
        raise Untranslatable("a schema that is made of itself") from None


def _made_of(schema: Any) -> Iterator[str]:
    """The names of the definitions that look at the same value as a translated schema."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for keyword in MANY_SCHEMAS & schema.keys():
        for part in schema[keyword]:
            yield from _made_of(part)
    for keyword in {"not", "if", "then", "else"} & schema.keys():
        yield from _made_of(schema[keyword])
    for part in schema.get("dependentSchemas", {}).values():
        yield from _made_of(part)
