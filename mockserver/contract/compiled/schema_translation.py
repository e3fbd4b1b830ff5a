"""Translates schemas of OpenAPI for jsonschema-rs, so that it accepts exactly what openapi-core accepts.

If that is not certain, the translation raises Untranslatable, and openapi-core checks the schema. Only discriminators
are translated into something stricter, and only where no keyword such as `not` could turn stricter into more lenient.
"""

from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mockserver.contract.compiled import keyword_values
from mockserver.contract.compiled.keyword_values import Schema, Untranslatable, require
from mockserver.contract.document.references import COMPOSITIONS, SCHEMAS, resolve, resolve_pointer
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
# Keywords that can reject a value because a schema inside them accepts it.
NEGATING = frozenset({"not", "oneOf", "if", "contains"})
TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
INTEGER_BITS = {"int32": 31, "int64": 63}
MAX_SCHEMAS = 5_000

Handler = Callable[[Any, Schema], Any]


def translate(
    document: Mapping[str, Any], schema: Any, *, is_31: bool, direction: str
) -> tuple[dict[str, Any], set[str]]:
    """The schema as JSON Schema (draft 4 for OpenAPI 3.0, 2020-12 for 3.1), and the names of the formats in it.

    The schemas that it refers to are in its `definitions`. `direction` is "request" or "reply". Raises Untranslatable.
    """
    translation = _Translation31(document) if is_31 else _Translation30(document, direction)
    try:
        # openapi-core ignores the keywords beside the outermost `$ref`.
        root = translation.schema(resolve(document, schema))
        translation.translate_references()
    except (SpecError, AttributeError, TypeError):
        # The last two: the value of a keyword has a wrong type.
        raise Untranslatable from None
    _reject_recursion(translation.definitions)
    require(not (translation.is_stricter and translation.has_negation))
    return {"allOf": [root], "definitions": translation.definitions}, translation.formats


class _Translation:
    """What OpenAPI 3.0 and 3.1 have in common. A keyword without a handler cannot be translated."""

    ignored = IGNORED

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.definitions: dict[str, Any] = {}
        self.formats: set[str] = set()
        self.is_stricter = False
        self.has_negation = False
        self._names: dict[str, str] = {}
        self._pending: list[str] = []
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
            **dict.fromkeys(COMPOSITIONS, self._many),
            **dict.fromkeys(SIZES | BOUNDS, keyword_values.same),
        }

    def translate_references(self) -> None:
        """Translate the schemas that were referred to, and those that they refer to."""
        while self._pending:
            ref = self._pending.pop()
            self.definitions[self._names[ref]] = self.schema(resolve_pointer(self.document, ref))

    def schema(self, schema: Any) -> Any:
        """One schema, translated."""
        require(isinstance(schema, dict))
        translated: dict[str, Any] = {}
        parts: list[Any] = []
        if "discriminator" in schema and schema.keys() & COMPOSITIONS:
            parts.append(self._discriminated(schema))
            schema = {keyword: value for keyword, value in schema.items() if keyword not in COMPOSITIONS}
        for keyword, value in schema.items():
            if keyword in self.ignored or keyword.startswith("x-"):
                continue
            self.has_negation |= keyword in NEGATING
            require(keyword in self.handlers)
            result = self.handlers[keyword](value, schema)
            if keyword in {"$ref", "format"}:
                parts.append(result)
            elif keyword == "multipleOf" and isinstance(value, float):
                translated[MULTIPLE_OF] = result
            else:
                translated[keyword] = result
        return {**translated, "allOf": translated.get("allOf", []) + parts} if parts else translated

    def integer_bounds(self, bounds: Schema, schema: Schema) -> Schema:
        """Bounds that apply to integers only."""
        raise NotImplementedError

    def _discriminated(self, schema: Schema) -> Any:
        """The alternatives, each with the discriminator value that selects it: openapi-core checks only this one.

        openapi-core also accepts other values if they are the name of any schema. Here they are not accepted.
        """
        match schema["discriminator"]:
            case {"propertyName": str(member), **rest}:
                mapping: Any = rest.get("mapping", {})
            case _:
                raise Untranslatable
        refs = [part.get("$ref") for keyword in COMPOSITIONS for part in schema.get(keyword, ())]
        named = {ref.removeprefix(SCHEMAS): ref for ref in refs if isinstance(ref, str) and ref.startswith(SCHEMAS)}
        self.is_stricter = True
        choices = [
            {"properties": {member: {"enum": [value]}}, "allOf": [self._reference(ref, schema)]}
            for value, ref in {**named, **mapping}.items()
            if value
        ]
        return {"type": "object", "required": [member], "anyOf": choices or [{"not": {}}]}

    def _reference(self, ref: Any, _: Schema) -> Any:
        require(isinstance(ref, str) and (ref == "#" or ref.startswith("#/")))
        if ref not in self._names:
            require(len(self._names) < MAX_SCHEMAS)
            self._names[ref] = f"s{len(self._names)}"
            self._pending.append(ref)
        return {"$ref": f"#/definitions/{self._names[ref]}"}

    def _one(self, schema: Any, _: Schema) -> Any:
        return self.schema(schema)

    def _many(self, schemas: Any, _: Schema) -> Any:
        require(isinstance(schemas, list) and schemas)
        return [self.schema(schema) for schema in schemas]

    def _named(self, schemas: Any, _: Schema) -> Any:
        require(isinstance(schemas, dict))
        return {name: self.schema(schema) for name, schema in schemas.items()}

    def _required(self, names: Any, _: Schema) -> Any:
        require(isinstance(names, list) and all(isinstance(name, str) for name in names))
        # Draft 4 does not allow repeated names.
        return list(dict.fromkeys(names))

    def _format(self, name: Any, schema: Schema) -> Any:
        require(isinstance(name, str))
        if name in INTEGER_BITS:
            # jsonschema-rs checks formats of strings only.
            bound = 1 << INTEGER_BITS[name]
            return self.integer_bounds({"minimum": -bound, "maximum": bound - 1}, schema)
        self.formats.add(name)
        return {"format": name}


class _Translation30(_Translation):
    def __init__(self, document: Mapping[str, Any], direction: str) -> None:
        super().__init__(document)
        self.forbidding_keyword = "readOnly" if direction == "request" else "writeOnly"
        self.handlers |= {"type": self._type, "additionalProperties": self._additional}

    def schema(self, schema: Any) -> Any:
        translated = super().schema(schema)
        if self._is_forbidden(schema):
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

    def _required(self, names: Any, schema: Schema) -> Any:
        properties = schema.get("properties", {})
        require(isinstance(properties, dict))
        return [name for name in super()._required(names, schema) if not self._is_forbidden(properties.get(name))]

    def _is_forbidden(self, schema: Any) -> bool:
        """Whether a member with this schema must not be sent in this direction."""
        return isinstance(schema, dict) and bool(schema.get(self.forbidding_keyword, False))


class _Translation31(_Translation):
    ignored = IGNORED_31

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
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
