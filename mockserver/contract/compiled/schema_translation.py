"""OpenAPI schemas translated for jsonschema-rs, to say exactly what openapi-core says, or not at all.

What cannot be translated with certainty raises Untranslatable, and the schema stays with openapi-core. Only
discriminators are translated to something stricter, and then nothing may stand around that would turn it laxer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.keyword_translation import (
    Schema,
    Untranslatable,
    constant,
    divisor,
    enum,
    flag,
    linear,
    same,
)
from mockserver.contract.compiled.recursion import MANY_SCHEMAS, reject_recursion
from mockserver.contract.document.references import resolve, resolve_pointer
from mockserver.errors import SpecError

__all__ = ["MULTIPLE_OF", "NOT_AN_INTEGER", "Translated", "translate"]

MULTIPLE_OF = "x-multiple-of"
"""A keyword of our own: `multipleOf` a fraction, as our judge takes it."""

NOT_AN_INTEGER = "x-not-an-integer"
"""A keyword of our own: true where Python read anything but an integer. 3.0 is none, to JSON Schema 2020-12 it is."""

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
# `$defs` is followed where something refers to it; the content keywords are not asserted by either library.
IGNORED_31 = IGNORED | frozenset(["$defs", "definitions", "contentEncoding", "contentMediaType", "contentSchema"])
AS_IS = frozenset(["maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"])
# Keywords of 2020-12 that OpenAPI 3.1 schemas use and that mean the same to both libraries.
AS_IS_31 = AS_IS | frozenset(["type", "minContains", "maxContains", "dependentRequired"])
ONE_SCHEMA_31 = frozenset(["if", "then", "else", "contains", "propertyNames"])
NEGATING = frozenset({"not", "oneOf", "if", "contains"})
SCHEMAS = "#/components/schemas/"
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
INTEGER_BITS = {"int32": 31, "int64": 63}
MAX_SCHEMAS = 5_000

Handler = Callable[[Any, Schema], Any]


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
    try:
        # openapi-core looks at what the outermost `$ref` leads to, and at nothing beside that `$ref`.
        root = translation.schema(resolve(document, schema))
        translation.follow()
    except (SpecError, AttributeError, TypeError) as error:
        # The last two: a keyword of a shape that it should not have.
        raise Untranslatable(str(error)) from None
    reject_recursion(translation.definitions)
    if translation.stricter and translation.negating:
        raise Untranslatable("a discriminator, and a keyword that turns what is stricter into what is laxer")
    joined = {"allOf": [root], "definitions": translation.definitions}
    return Translated(joined, frozenset(translation.formats))


class _Translation:
    """What both dialects share: each keyword has a handler, and a keyword without one ends the translation."""

    ignored = IGNORED

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.definitions: dict[str, Any] = {}
        self.formats: set[str] = set()
        self.stricter = False
        self.negating = False
        self._names: dict[str, str] = {}
        self._pending: list[str] = []
        self.handlers: dict[str, Handler] = {
            "$ref": self._reference,
            "additionalProperties": self._one,
            "enum": enum,
            "format": self._format,
            "items": self._one,
            "multipleOf": divisor,
            "not": self._one,
            "pattern": linear,
            "properties": self._named,
            "required": self._required,
            "uniqueItems": flag,
            **dict.fromkeys(MANY_SCHEMAS, self._many),
            **dict.fromkeys(AS_IS | BOUNDS, same),
        }

    def follow(self) -> None:
        """Translate what was referred to, and what that refers to."""
        while self._pending:
            ref = self._pending.pop()
            self.definitions[self._names[ref]] = self.schema(resolve_pointer(self.document, ref))

    def schema(self, schema: Any) -> Any:
        """One schema, translated."""
        if not isinstance(schema, dict):
            raise Untranslatable("a schema that is not a mapping")
        made: dict[str, Any] = {}
        parts: list[Any] = []
        if "discriminator" in schema and MANY_SCHEMAS & schema.keys():
            parts.append(self._chosen(schema))
            schema = {keyword: value for keyword, value in schema.items() if keyword not in MANY_SCHEMAS}
        for keyword, value in schema.items():
            if keyword in self.ignored or keyword.startswith("x-"):
                continue
            handler = self.handlers.get(keyword)
            self.negating |= keyword in NEGATING
            if handler is None:
                raise Untranslatable(f"the keyword {keyword!r}")
            translated = handler(value, schema)
            if keyword in {"$ref", "format"}:
                parts.append(translated)
            elif keyword == "multipleOf" and isinstance(value, float):
                made[MULTIPLE_OF] = translated
            else:
                made[keyword] = translated
        return {**made, "allOf": made.get("allOf", []) + parts} if parts else made

    def integer_bounds(self, bounds: Schema, schema: Schema) -> Schema:
        """The bounds, for integers alone."""
        raise NotImplementedError

    def _chosen(self, schema: Schema) -> Any:
        """The one schema that a discriminator's value names: openapi-core looks at no other.

        Values that name none of the alternatives, nor stand in the mapping, are left to openapi-core.
        """
        match schema["discriminator"]:
            case {"propertyName": str(member), **rest}:
                mapping: Any = rest.get("mapping", {})
            case _:
                raise Untranslatable("a discriminator without a member")
        refs = [part.get("$ref") for keyword in MANY_SCHEMAS & schema.keys() for part in schema[keyword]]
        named = {ref.removeprefix(SCHEMAS): ref for ref in refs if isinstance(ref, str) and ref.startswith(SCHEMAS)}
        self.stricter = True
        choices = [
            {"properties": {member: {"enum": [value]}}, "allOf": [self._reference(ref, schema)]}
            for value, ref in {**named, **mapping}.items()
            if value
        ]
        return {"type": "object", "required": [member], "anyOf": choices or [{"not": {}}]}

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

    def _required(self, names: Any, _: Schema) -> Any:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Untranslatable("`required` that is not a list of names")
        # Draft 4 wants each name once.
        return list(dict.fromkeys(names))

    def _format(self, name: Any, schema: Schema) -> Any:
        if not isinstance(name, str):
            raise Untranslatable("a format that is not a string")
        if name in INTEGER_BITS:
            # jsonschema-rs checks formats of strings only.
            bound = 1 << INTEGER_BITS[name]
            return self.integer_bounds({"minimum": -bound, "maximum": bound - 1}, schema)
        self.formats.add(name)
        return {"format": name}


class _Translation30(_Translation):
    def __init__(self, document: Mapping[str, Any], direction: str) -> None:
        super().__init__(document)
        self.closed = "readOnly" if direction == "request" else "writeOnly"
        self.handlers |= {"type": self._type, "additionalProperties": self._additional}

    def schema(self, schema: Any) -> Any:
        translated = super().schema(schema)
        if _closed(schema, self.closed):
            return {"not": {}}
        # Draft 4 wants at least one name.
        if not translated.get("required", True):
            del translated["required"]
        return translated

    def integer_bounds(self, bounds: Schema, schema: Schema) -> Schema:
        return bounds if schema.get("type") == "integer" else {"anyOf": [{"not": {"type": "integer"}}, bounds]}

    def _type(self, name: Any, schema: Schema) -> Any:
        if not isinstance(name, str) or name not in TYPES:
            raise Untranslatable(f"the type {name!r}")
        return [name, "null"] if schema.get("nullable") is True else name

    def _additional(self, schema: Any, _: Schema) -> Any:
        return schema if isinstance(schema, bool) else self.schema(schema)

    def _required(self, names: Any, schema: Schema) -> Any:
        properties = schema.get("properties", {})
        if not isinstance(properties, dict):
            raise Untranslatable("properties that are not a mapping")
        return [name for name in super()._required(names, schema) if not _closed(properties.get(name), self.closed)]


class _Translation31(_Translation):
    ignored = IGNORED_31

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self.handlers |= {
            **dict.fromkeys(AS_IS_31, same),
            **dict.fromkeys(ONE_SCHEMA_31, self._one),
            "const": constant,
            "dependentSchemas": self._named,
            "patternProperties": self._patterned,
            "prefixItems": self._many,
        }

    def schema(self, schema: Any) -> Any:
        return schema if isinstance(schema, bool) else super().schema(schema)

    def integer_bounds(self, bounds: Schema, _: Schema) -> Schema:
        return {"anyOf": [bounds, {NOT_AN_INTEGER: True}]}

    def _patterned(self, schemas: Any, _: Schema) -> Any:
        return {linear(pattern, _): schema for pattern, schema in self._named(schemas, _).items()}


def _closed(schema: Any, keyword: str) -> bool:
    return isinstance(schema, dict) and bool(schema.get(keyword, False))
