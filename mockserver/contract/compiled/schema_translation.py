"""Translates schemas of OpenAPI for jsonschema-rs, so that it accepts exactly what openapi-core accepts.

If that is not certain, the translation raises Untranslatable, and openapi-core checks the schema.
"""

from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mockserver.contract.compiled import keyword_values
from mockserver.contract.compiled.discriminator_translation import by_value
from mockserver.contract.compiled.keyword_values import Schema, Untranslatable, require
from mockserver.contract.document.discriminators import Discriminator, Discriminators
from mockserver.contract.document.document import Document
from mockserver.contract.document.references import COMPOSITIONS, resolve, resolve_pointer
from mockserver.contract.formats.number_formats import INTEGER_RANGES, MAX_SF_DECIMAL, SF_DECIMAL, SF_DECIMAL_STEP
from mockserver.contract.formats.string_formats import EXAMPLES
from mockserver.errors import SpecError

MULTIPLE_OF = "x-multiple-of"
"""Our own keyword: `multipleOf` with a fraction, computed in decimal."""

NOT_AN_INTEGER = "x-not-an-integer"
"""Our own keyword: the value is not an `int` in Python. 3.0 is not one, but JSON Schema 2020-12 calls it an integer."""

# These keywords do not restrict a value, or are handled together with others (readOnly, nullable, discriminator).
IGNORED_TEXT = """
$comment default deprecated description discriminator example examples externalDocs
nullable readOnly title writeOnly xml
"""
IGNORED = frozenset(IGNORED_TEXT.split())
# `$defs` matters only where a reference leads to it. Neither library checks the content keywords.
IGNORED_31 = IGNORED | {"$defs", "definitions", "contentEncoding", "contentMediaType", "contentSchema"}
SIZES = frozenset({"maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"})
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
SAME_31 = frozenset({"type", "minContains", "maxContains", "dependentRequired"})
ONE_SCHEMA_31 = frozenset({"if", "then", "else", "contains", "propertyNames"})
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
MAX_SCHEMAS = 5_000

Handler = Callable[[Any, Schema], Any]


def translate(document: Document, schema: Any, *, direction: str) -> tuple[dict[str, Any], set[str]]:
    """The schema as JSON Schema (draft 4 for OpenAPI 3.0, 2020-12 for 3.1), and the names of the formats in it.

    The schemas that it refers to are in its `definitions`. `direction` is "request" or "reply". Raises Untranslatable.
    """
    data, discriminators = document.data, document.discriminators
    translation: _Translation
    if document.is_31:
        translation = _Translation31(data, discriminators, direction)
    else:
        translation = _Translation30(data, discriminators, direction)
    try:
        # openapi-core ignores the keywords beside the outermost `$ref`.
        root = translation.schema(resolve(data, schema))
        translation.translate_references()
    except (SpecError, AttributeError, TypeError):
        # The last two: the value of a keyword has a wrong type.
        raise Untranslatable from None
    _reject_recursion(translation.definitions)
    return {"allOf": [root], "definitions": translation.definitions}, translation.formats


class _Translation:
    """What OpenAPI 3.0 and 3.1 have in common. A keyword without a handler cannot be translated."""

    ignored = IGNORED

    def __init__(self, document: Mapping[str, Any], discriminators: Discriminators, direction: str) -> None:
        self.document = document
        self.unsent = "readOnly" if direction == "request" else "writeOnly"
        self.discriminators = discriminators
        self.definitions: dict[str, Any] = {}
        self.formats: set[str] = set()
        self._names: dict[str, str] = {}
        self._pending: list[tuple[str, Any]] = []
        self.handlers: dict[str, Handler] = {
            "$ref": self._reference,
            "additionalProperties": self._one,
            "enum": keyword_values.enum,
            "format": self._format,
            "items": self._one,
            "multipleOf": keyword_values.divisor,
            "not": self._one,
            "pattern": keyword_values.pattern,
            "properties": self._named,
            "required": self._required,
            "uniqueItems": keyword_values.flag,
            "allOf": self._all_of,
            "anyOf": self._many,
            "oneOf": self._many,
            **dict.fromkeys(SIZES | BOUNDS, keyword_values.same),
        }

    def translate_references(self) -> None:
        """Translate the schemas that were referred to, and those that they refer to."""
        while self._pending:
            key, schema = self._pending.pop()
            self.definitions[self._names[key]] = self.schema(
                resolve_pointer(self.document, key) if schema is None else schema
            )

    def schema(self, schema: Any) -> Any:
        """One schema, translated."""
        require(isinstance(schema, dict))
        discriminator = self.discriminators.of(schema)
        translated = self.keywords(schema, discriminator)
        if discriminator:
            translated = by_value(discriminator, sorted(discriminator.inheriting), self.schema, translated)
        return translated

    def keywords(self, schema: Schema, discriminator: Discriminator | None) -> dict[str, Any]:
        """The keywords of a schema, translated."""
        translated: dict[str, Any] = {}
        parts: list[Any] = []
        if discriminator:
            keyword = discriminator.keyword
            alternatives = {keyword: self._many(schema[keyword], schema)} if keyword else {}
            values = [value for value in discriminator.choices if value not in discriminator.inheriting]
            parts.append(by_value(discriminator, values, self.schema, alternatives))
        for keyword, value in schema.items():
            if keyword in self.ignored or keyword.startswith("x-"):
                continue
            if discriminator and keyword == discriminator.keyword:
                continue
            require(keyword in self.handlers)
            result = self.handlers[keyword](value, schema)
            if keyword in {"$ref", "format"}:
                parts.append(result)
            elif keyword == "multipleOf" and isinstance(value, float):
                translated[MULTIPLE_OF] = result
            else:
                translated[keyword] = result
        if parts:
            translated["allOf"] = translated.get("allOf", []) + parts
        return translated

    def integer_bounds(self, bounds: Schema, schema: Schema) -> Schema:
        """Bounds that apply to integers only."""
        raise NotImplementedError

    def _all_of(self, parts: Any, schema: Schema) -> Any:
        require(isinstance(parts, list) and parts)
        bases = [self.discriminators.base(part, schema) for part in parts]
        return [
            self.schema(part) if base is None else self._definition(f"base {id(base)}", base)
            for part, base in zip(parts, bases, strict=True)
        ]

    def _reference(self, ref: Any, _: Schema) -> Any:
        require(isinstance(ref, str) and (ref == "#" or ref.startswith("#/")))
        return self._definition(ref)

    def _definition(self, key: str, schema: Any = None) -> Any:
        """A reference to a definition: of a schema, or of the target of the key."""
        if key not in self._names:
            require(len(self._names) < MAX_SCHEMAS)
            self._names[key] = f"s{len(self._names)}"
            self._pending.append((key, schema))
        return {"$ref": f"#/definitions/{self._names[key]}"}

    def _one(self, schema: Any, _: Schema) -> Any:
        return self.schema(schema)

    def _many(self, schemas: Any, _: Schema) -> Any:
        require(isinstance(schemas, list) and schemas)
        return [self.schema(schema) for schema in schemas]

    def _named(self, schemas: Any, _: Schema) -> Any:
        require(isinstance(schemas, dict))
        return {name: self.schema(schema) for name, schema in schemas.items()}

    def _required(self, names: Any, schema: Schema) -> Any:
        require(isinstance(names, list) and all(isinstance(name, str) for name in names))
        properties = schema.get("properties", {})
        require(isinstance(properties, dict))
        # Draft 4 does not allow repeated names.
        return [name for name in dict.fromkeys(names) if not self.is_unsent(properties.get(name))]

    def is_unsent(self, schema: Any) -> bool:
        """Whether a member with this schema is not sent in this direction."""
        return isinstance(schema, dict) and bool(schema.get(self.unsent, False))

    def _format(self, name: Any, schema: Schema) -> Any:
        require(isinstance(name, str))
        parts: list[Schema] = []
        if name in INTEGER_RANGES:
            # jsonschema-rs checks formats of strings only.
            low, high = INTEGER_RANGES[name]
            parts.append(self.integer_bounds({"minimum": low, "maximum": high}, schema))
        if name == SF_DECIMAL:
            bounds = {"minimum": -MAX_SF_DECIMAL, "maximum": MAX_SF_DECIMAL}
            parts.append(bounds | {MULTIPLE_OF: SF_DECIMAL_STEP})
        if name in EXAMPLES:
            self.formats.add(name)
            parts.append({"format": name})
        return {"allOf": parts} if parts else {}


class _Translation30(_Translation):
    def __init__(self, document: Mapping[str, Any], discriminators: Discriminators, direction: str) -> None:
        super().__init__(document, discriminators, direction)
        self.handlers |= {"type": self._type, "additionalProperties": self._additional}

    def keywords(self, schema: Schema, discriminator: Discriminator | None) -> dict[str, Any]:
        translated = super().keywords(schema, discriminator)
        if self.is_unsent(schema):
            return {"not": {}}
        # Draft 4 does not allow an empty list.
        if not translated.get("required", True):
            del translated["required"]
        return translated

    def integer_bounds(self, bounds: Schema, schema: Schema) -> Schema:
        return bounds if schema.get("type") == "integer" else {"anyOf": [{"not": {"type": "integer"}}, bounds]}

    def _type(self, name: Any, schema: Schema) -> Any:
        require(isinstance(name, str) and name in TYPES)
        return [name, "null"] if schema.get("nullable") is True else name

    def _additional(self, schema: Any, _: Schema) -> Any:
        return schema if isinstance(schema, bool) else self.schema(schema)


class _Translation31(_Translation):
    ignored = IGNORED_31

    def __init__(self, document: Mapping[str, Any], discriminators: Discriminators, direction: str) -> None:
        super().__init__(document, discriminators, direction)
        self.handlers |= {
            **dict.fromkeys(SAME_31, keyword_values.same),
            **dict.fromkeys(ONE_SCHEMA_31, self._one),
            "const": keyword_values.constant,
            "dependentSchemas": self._named,
            "patternProperties": self._pattern_properties,
            "prefixItems": self._many,
        }

    def schema(self, schema: Any) -> Any:
        return schema if isinstance(schema, bool) else super().schema(schema)

    def integer_bounds(self, bounds: Schema, _: Schema) -> Schema:
        return {"anyOf": [bounds, {NOT_AN_INTEGER: True}]}

    def _pattern_properties(self, schemas: Any, parent: Schema) -> Any:
        return {keyword_values.pattern(text, parent): schema for text, schema in self._named(schemas, parent).items()}


def _reject_recursion(definitions: Mapping[str, Any]) -> None:
    """Raise Untranslatable if a schema applies itself to the same value, where openapi-core would never end."""
    try:
        TopologicalSorter({name: set(_applied(schema)) for name, schema in definitions.items()}).prepare()
    except CycleError:
        raise Untranslatable from None


def _applied(schema: Any) -> Iterator[str]:
    """The names of the definitions that a translated schema applies to the same value."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    single = [schema[keyword] for keyword in ("not", "if", "then", "else") if keyword in schema]
    several = [part for keyword in COMPOSITIONS for part in schema.get(keyword, ())]
    for part in (*single, *several, *schema.get("dependentSchemas", {}).values()):
        yield from _applied(part)
