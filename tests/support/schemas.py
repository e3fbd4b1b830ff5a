"""Strategies for schemas and values as documents contain them, also for those that they should not contain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

__all__ = ["IDENTIFIED", "likely_values", "schemas", "values"]

NAMES = ("a", "b", "id", "$ref", "type")
TEXTS = (
    "",
    "a",
    "ab",
    "abc",
    "1",
    "é",
    "😀",
    "a\n",
    "2024-01-31",
    "2024-01-31T10:00:00Z",
    "a@b.example",
    "127.0.0.1",
    "YQ==",
    "10:00:00",
    "10:00:00Z",
    "23:59:60Z",
    "P1D",
    "https://a.example/",
    "9223372036854775808",
)
UUID = "c40bea18-c0c9-44b1-bd0c-43f5283e1670"
# Numbers that equal a boolean or a number of another type, and numbers above which floats are not exact.
NUMBERS = (
    0,
    1,
    2,
    3,
    -1,
    6,
    1.0,
    1.5,
    -0.0,
    0.1,
    2**31,
    -(2**31) - 1,
    2.0**31,
    3e9,
    2**53 + 1,
    2.0**53,
    2**63,
    2**64,
    2.0**64,
    1e300,
)
PATTERNS = ("^a", "b$", "^[a-z]+$", "\\d", "^.{2}$", "^(a|b)*$", "é", "^$", "\\w", "a(?=b)")
FORMATS = (
    "media-range",
    "sf-decimal",
    "date",
    "date-time",
    "email",
    "uuid",
    "ipv4",
    "byte",
    "binary",
    "password",
    "uri",
    "time",
    "duration",
    "hostname",
    "regex",
    "char",
    "uint8",
    "uint64",
    "int32",
    "int64",
    "float",
    "unknown-format",
)
COMPONENTS = ("A", "B", "C")
# Values of a discriminator's member, and targets of its mapping: the last one does not exist.
SELECTING = ("A", "B", "C", "a", "1", "true")
MAPPED = ("A", "#/components/schemas/B", "C", "D")

scalars = st.sampled_from((None, True, False, UUID, *TEXTS, *NUMBERS))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value, often an edge case."""

OF_KIND = {
    "string": st.sampled_from((*TEXTS, UUID)),
    "integer": st.sampled_from([number for number in NUMBERS if isinstance(number, int)]),
    "number": st.sampled_from(NUMBERS),
    "boolean": st.booleans(),
    "null": st.none(),
}

few = st.integers(0, 3)


IDENTIFIED: dict[str, Any] = {
    "Anchored": {"$anchor": "anchored", "$ref": "#/components/schemas/A"},
    "List": {
        "$id": "https://example.com/list",
        "type": "array",
        "items": {"$dynamicRef": "#item"},
        "$defs": {"any": {"$dynamicAnchor": "item", "$ref": "#/components/schemas/B"}},
    },
    "Numbers": {
        "$id": "https://example.com/numbers",
        "$ref": "list",
        "$defs": {"item": {"$dynamicAnchor": "item", "type": ["number", "array"]}},
    },
}
"""Components of OpenAPI 3.1 to which IDENTIFYING refers."""

IDENTIFYING = (
    {"$ref": "#anchored"},
    {"$dynamicRef": "#anchored"},
    {"$ref": "https://example.com/list"},
    {"$ref": "https://example.com/numbers", "minItems": 1},
    {"$dynamicRef": "https://example.com/list#item"},
)


@cache
def schemas(version: str) -> st.SearchStrategy[Any]:
    """Schemas of OpenAPI 3.0 or 3.1, which may refer to the components A, B and C."""
    is_31 = version == "3.1"
    leaf = _leaf(is_31=is_31)
    return st.recursive(leaf, lambda inner: _composed(inner, is_31=is_31), max_leaves=6)


def _optional(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def _leaf(*, is_31: bool) -> st.SearchStrategy[Any]:
    bounds = st.sampled_from((0, 1, 2.5, 2**31, 2**53 + 1))
    exclusive = bounds if is_31 else st.booleans()
    numbers = _optional(
        minimum=bounds,
        maximum=bounds,
        exclusiveMinimum=exclusive,
        exclusiveMaximum=exclusive,
        multipleOf=st.sampled_from((1, 2, 3, 0.5, 0.1)),
        format=st.sampled_from(FORMATS),
    )
    texts = _optional(minLength=few, maxLength=few, pattern=st.sampled_from(PATTERNS), format=st.sampled_from(FORMATS))
    names = ("string", "integer", "number", "boolean", "object", "array")
    types: st.SearchStrategy[Any] = st.sampled_from(names)
    if is_31:
        types |= st.just("null") | st.lists(st.sampled_from((*names, "null")), min_size=1, max_size=3, unique=True)
    typed = st.builds(lambda kind: {"type": kind}, types)
    choices = st.builds(lambda chosen: {"enum": chosen}, st.lists(values, min_size=1, max_size=3))
    flags = _optional(nullable=st.booleans(), readOnly=st.booleans(), writeOnly=st.booleans(), example=values)
    references = st.builds(lambda name: {"$ref": f"#/components/schemas/{name}"}, st.sampled_from(COMPONENTS))
    leaves = [typed, choices, references, _merged(typed, flags), _merged(typed, numbers), _merged(typed, texts)]
    leaves += [_merged(typed, numbers, texts, flags), _merged(references, flags)]
    if is_31:
        leaves += [st.booleans(), st.builds(lambda value: {"const": value}, values), st.sampled_from(IDENTIFYING)]
    return st.one_of(leaves)


def _composed(inner: st.SearchStrategy[Any], *, is_31: bool) -> st.SearchStrategy[Any]:
    many = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    names = st.lists(st.sampled_from(NAMES), max_size=3)
    objects = _optional(
        type=st.just("object"),
        properties=named,
        required=names,
        additionalProperties=inner | st.booleans(),
        minProperties=few,
        maxProperties=few,
        nullable=st.booleans(),
    )
    arrays = _optional(type=st.just("array"), items=inner, minItems=few, maxItems=few, uniqueItems=st.booleans())
    combined = _optional(allOf=many, anyOf=many, oneOf=many, nullable=st.booleans()) | _optional(**{"not": inner})
    discriminators = _optional(mapping=st.dictionaries(st.sampled_from(SELECTING), st.sampled_from(MAPPED), max_size=2))
    discriminated = st.builds(
        lambda keyword, references, others, member, mapping: {
            keyword: [*({"$ref": f"#/components/schemas/{name}"} for name in references), *others],
            "discriminator": {"propertyName": member, **mapping},
        },
        st.sampled_from(("oneOf", "anyOf", "allOf")),
        st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=2),
        st.lists(inner, max_size=1),
        st.sampled_from(NAMES),
        discriminators,
    )
    bases = st.builds(
        lambda described, member, mapping: {**described, "discriminator": {"propertyName": member, **mapping}},
        objects,
        st.sampled_from(NAMES),
        discriminators,
    )
    children = st.builds(
        lambda name, parts: {"allOf": [{"$ref": f"#/components/schemas/{name}"}, *parts]},
        st.sampled_from(COMPONENTS),
        st.lists(inner, max_size=2),
    )
    families = bases | children | _merged(bases, discriminated)
    kinds = [objects, arrays, combined, discriminated, families, _merged(objects, combined), _merged(inner, combined)]
    if is_31:
        patterned = st.dictionaries(st.sampled_from(PATTERNS), inner, min_size=1, max_size=2)
        dependent = st.dictionaries(st.sampled_from(NAMES), names, max_size=2)
        more = _optional(
            patternProperties=patterned,
            propertyNames=inner,
            dependentRequired=dependent,
            dependentSchemas=named,
            unevaluatedProperties=inner,
        )
        listed = _optional(prefixItems=many, contains=inner, minContains=few, maxContains=few)
        chosen = st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner})
        kinds += [chosen, _merged(objects, more), _merged(arrays, listed)]
    return st.one_of(kinds)


def _merged(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def join(*found: Any) -> Any:
        joined: dict[str, Any] = {}
        for part in found:
            joined |= part if isinstance(part, dict) else {}
        return joined

    return st.builds(join, *parts)


def likely_values(schema: Any, components: Mapping[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that a schema is likely to accept: of its type, from its `enum`, with its members."""
    if not isinstance(schema, dict) or depth > 3:
        return values
    deeper = [components[name] for name in COMPONENTS if schema.get("$ref", "").endswith(f"/{name}")]
    for keyword in ("allOf", "anyOf", "oneOf"):
        deeper += schema.get(keyword, [])
    likely = [likely_values(part, components, depth + 1) for part in deeper]
    if isinstance(discriminator := schema.get("discriminator"), dict):
        member = discriminator["propertyName"]
        likely = [_selecting(each, member) for each in likely or [st.dictionaries(st.sampled_from(NAMES), values)]]
    if "const" in schema:
        likely.append(st.just(schema["const"]))
    likely += [st.sampled_from(schema["enum"])] if schema.get("enum") else []
    kinds = schema.get("type", [])
    likely += [_of_kind(kind, schema, components, depth) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if not likely and "properties" in schema:
        likely.append(_of_kind("object", schema, components, depth))
    return st.one_of(likely) if likely else values


def _selecting(strategy: st.SearchStrategy[Any], member: str) -> st.SearchStrategy[Any]:
    """The values, most of them with a value of a discriminator's member."""
    selecting = st.sampled_from((*SELECTING, *SELECTING, 1, True, None))
    return strategy | st.builds(
        lambda value, chosen: {**value, member: chosen} if isinstance(value, dict) else value, strategy, selecting
    )


def _of_kind(kind: str, schema: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if kind == "array":
        return st.lists(likely_values(schema.get("items", {}), components, depth + 1), max_size=3)
    if kind == "object":
        described = schema.get("properties", {}).items()
        members = {name: likely_values(member, components, depth + 1) for name, member in described}
        required = {name: member for name, member in members.items() if name in schema.get("required", ())}
        return st.fixed_dictionaries(
            required, optional={name: member for name, member in members.items() if name not in required}
        )
    return OF_KIND[kind]
