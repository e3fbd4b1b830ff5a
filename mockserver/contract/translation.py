"""OpenAPI schemas translated for jsonschema-rs, as strict as openapi-core or stricter, or not at all.

A translation may only ever say yes where openapi-core says yes; it may say no too often. What cannot be translated
with certainty raises Untranslatable, and the schema stays with openapi-core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.patterns import linear_pattern
from mockserver.contract.tree import resolve_pointer
from mockserver.errors import SpecError

__all__ = ["Translated", "Untranslatable", "translate"]

# What says nothing about a value; readOnly and writeOnly are looked at apart.
IGNORED = frozenset(
    [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "externalDocs",
        "xml",
        "deprecated",
        "$comment",
        "nullable",
        "readOnly",
        "writeOnly",
        "discriminator",
    ]
)
AS_IS = frozenset(
    [
        "enum",
        "maxLength",
        "minLength",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
    ]
)
# Keywords of 2020-12 that OpenAPI 3.1 schemas use and that mean the same to both libraries.
AS_IS_31 = AS_IS | frozenset(["type", "const", "minContains", "maxContains", "dependentRequired"])
ONE_SCHEMA_31 = frozenset(["not", "if", "then", "else", "contains", "propertyNames", "items", "additionalProperties"])
MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf"})
NAMED_SCHEMAS_31 = frozenset({"patternProperties", "dependentSchemas", "$defs"})
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
INTEGER_BITS = {"int32": 31, "int64": 63}
MAX_SCHEMAS = 5_000

Schema = Mapping[str, Any]
Handler = Callable[[Any, Schema], Any]


class Untranslatable(Exception):  # noqa: N818  # it is no error: the schema stays with openapi-core
    """The schema says something that cannot be translated with certainty."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A schema for jsonschema-rs, and the names of the formats it uses."""

    schema: dict[str, Any]
    formats: frozenset[str]


def translate(document: Mapping[str, Any], schema: Any, *, is_31: bool, direction: str) -> Translated:
    """The schema as JSON Schema (draft 4 for OpenAPI 3.0, 2020-12 for 3.1), with all it refers to.

    `direction` is "request" or "reply". Raises Untranslatable.
    """
    translation = _Translation31(document) if is_31 else _Translation30(document, direction)
    root = translation.schema(schema)
    translation.follow()
    joined = {"allOf": [root], "definitions": translation.definitions}
    return Translated(joined, frozenset(translation.formats))


class _Translation:
    """What both dialects share: each keyword has a handler, and a keyword without one ends the translation."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.definitions: dict[str, Any] = {}
        self.formats: set[str] = set()
        self._names: dict[str, str] = {}
        self._pending: list[str] = []
        self.handlers: dict[str, Handler] = {
            "$ref": self._reference,
            "format": self._format,
            "multipleOf": _whole,
            "pattern": _linear,
            "not": self._one,
            "items": self._one,
            "properties": self._named,
            "additionalProperties": self._one,
            **dict.fromkeys(MANY_SCHEMAS, self._many),
            **dict.fromkeys(AS_IS | BOUNDS, _same),
        }

    def follow(self) -> None:
        """Translate what was referred to, and what that refers to."""
        while self._pending:
            ref = self._pending.pop()
            try:
                target = resolve_pointer(self.document, ref)
            except SpecError as error:
                raise Untranslatable(str(error)) from None
            self.definitions[self._names[ref]] = self.schema(target)

    def schema(self, schema: Any) -> Any:
        """One schema, translated."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise Untranslatable("a schema that is not a mapping")
        if "discriminator" in schema and MANY_SCHEMAS & schema.keys():
            raise Untranslatable("a discriminator: openapi-core follows it in a way of its own")
        made: dict[str, Any] = {}
        parts: list[Any] = []
        for keyword, value in schema.items():
            if keyword in IGNORED or keyword.startswith("x-"):
                continue
            handler = self.handlers.get(keyword)
            if handler is None:
                raise Untranslatable(f"the keyword {keyword!r}")
            translated = handler(value, schema)
            if keyword in {"$ref", "format"}:
                parts.append(translated)
            else:
                made[keyword] = translated
        return {**made, "allOf": made.get("allOf", []) + parts} if parts else made

    def _reference(self, ref: Any, _: Schema) -> Any:
        if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
            raise Untranslatable(f"$ref {ref!r}")
        if ref not in self._names:
            if len(self._names) >= MAX_SCHEMAS:
                raise Untranslatable(f"it refers to more than {MAX_SCHEMAS} schemas")
            self._names[ref] = f"s{len(self._names)}"
            self._pending.append(ref)
        return {"$ref": f"#/definitions/{self._names[ref]}"}

    def _one(self, schema: Any, _: Schema) -> Any:
        return self.schema(schema)

    def _many(self, schemas: Any, _: Schema) -> Any:
        if not isinstance(schemas, list) or not schemas:
            raise Untranslatable("alternatives that are not a list")
        return [self.schema(schema) for schema in schemas]

    def _named(self, schemas: Any, _: Schema) -> Any:
        if not isinstance(schemas, dict):
            raise Untranslatable("properties that are not a mapping")
        return {name: self.schema(schema) for name, schema in schemas.items()}

    def _format(self, name: Any, _: Schema) -> Any:
        if not isinstance(name, str):
            raise Untranslatable("a format that is not a string")
        if name in INTEGER_BITS:
            # jsonschema-rs checks formats of strings only. For a float this is stricter than openapi-core is.
            bound = 1 << INTEGER_BITS[name]
            return {"minimum": -bound, "maximum": bound - 1}
        self.formats.add(name)
        return {"format": name}


class _Translation30(_Translation):
    def __init__(self, document: Mapping[str, Any], direction: str) -> None:
        super().__init__(document)
        self.closed = "readOnly" if direction == "request" else "writeOnly"
        self.handlers |= {"type": self._type, "required": self._required}

    def schema(self, schema: Any) -> Any:
        if isinstance(schema, bool):
            raise Untranslatable("a boolean for a schema")
        if _closed(schema, self.closed):
            return {"not": {}}
        translated = super().schema(schema)
        # Draft 4 wants at least one name.
        if not translated.get("required", True):
            del translated["required"]
        return translated

    def _type(self, name: Any, schema: Schema) -> Any:
        if not isinstance(name, str) or name not in TYPES:
            raise Untranslatable(f"the type {name!r}")
        return [name, "null"] if schema.get("nullable") is True else name

    def _required(self, names: Any, schema: Schema) -> Any:
        properties = schema.get("properties", {})
        if not isinstance(names, list) or not isinstance(properties, dict):
            raise Untranslatable("`required` that is not a list")
        return [name for name in names if not _closed(properties.get(name), self.closed)]


class _Translation31(_Translation):
    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self.handlers |= {
            **dict.fromkeys(AS_IS_31, _same),
            **dict.fromkeys(ONE_SCHEMA_31, self._one),
            **dict.fromkeys(NAMED_SCHEMAS_31, self._named),
            "prefixItems": self._many,
        }


def _same(value: Any, _: Schema) -> Any:
    return value


def _linear(pattern: Any, _: Schema) -> Any:
    try:
        return linear_pattern(pattern)
    except (TypeError, ValueError) as error:
        raise Untranslatable(str(error)) from None


def _closed(schema: Any, keyword: str) -> bool:
    return isinstance(schema, dict) and bool(schema.get(keyword, False))


def _whole(value: Any, _: Schema) -> Any:
    # The two libraries round differently where the divisor is a fraction.
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise Untranslatable(f"multipleOf {value!r}")
    return value
