"""From the text of a parameter or form to the value that its schema means: openapi-core's casters, made to see more."""

# ruff: noqa: D102  # what these methods do is openapi-core's to say

from __future__ import annotations

from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.casting.schemas.casters import SchemaCaster
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

__all__ = ["Casters", "Styles", "composed_kind"]


def composed_kind(schema: SchemaPath) -> str:
    """`array` or `object` where a schema means nothing else, but for null; else its type, or nothing."""
    kinds = _kinds(schema) - {"null"}
    return kinds.pop() if len(kinds) == 1 else ""


def _kinds(schema: SchemaPath) -> set[str]:
    if "type" in schema:
        types = (schema / "type").read_str_or_list()
        return {types} if isinstance(types, str) else set(types)
    kinds: set[str] = set()
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema / keyword if keyword in schema else ():
            kinds |= _kinds(part)
    return kinds


class Casters(SchemaCastersFactory):
    """Casters that know OpenAPI 3.1's lists of types."""

    def create(self, *args: Any, **options: Any) -> SchemaCaster:
        made = super().create(*args, **options)
        return _Caster(made.schema, made.schema_validator, made.types_caster)


class _Caster(SchemaCaster):
    def cast(self, value: Any) -> Any:
        types = (self.schema / "type").read_str_or_list(None)
        if not isinstance(types, list):
            return super().cast(value)
        for name in types:
            if name == "string" and isinstance(value, str):
                return value
            if name in {"string", "null"}:
                continue
            try:
                return self.get_type_caster(name)(value)
            except (ValueError, TypeError, KeyError, CastError):
                continue
        return value


class Styles(StyleDeserializersFactory):
    """Readers of styles that see an array or object also where its type is one of a list, or of alternatives."""

    def create(self, spec: SchemaPath, schema: SchemaPath, style: str, explode: bool, name: str) -> StyleDeserializer:  # noqa: FBT001  # openapi-core's signature
        caster = self.schema_casters_factory.create(spec, schema)
        read = self.style_deserializers.get(style)
        return StyleDeserializer(style, explode, name, composed_kind(schema), caster, read)
