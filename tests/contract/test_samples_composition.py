"""Samples for composed schemas: allOf, anyOf, oneOf, not, if, discriminators, references and recursion."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from mockserver.samples import NoSample
from tests.support.sampling import sample, samples


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def opened(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


ALL_OF: dict[str, list[dict[str, Any]]] = {
    "bounds": [{"type": "integer", "minimum": 3}, {"maximum": 4}, {"minimum": 4}],
    "lengths": [{"type": "string", "minLength": 3}, {"maxLength": 4}],
    "lists": [{"enum": ["a", "b", "c"]}, {"enum": ["c", "d"]}],
    "a list and a type": [{"enum": ["a", 5, None]}, {"type": "integer"}],
    "types": [{"type": "number"}, {"type": "integer"}],
    "patterns": [{"type": "string", "pattern": "^[a-z]{4,}$"}, {"pattern": "^a"}],
    "patterns, the looser first": [{"type": "string", "pattern": "^[a-z]"}, {"pattern": "^[aeiou][0-9]{3}$"}],
    "members": [opened(a={"type": "string"}), opened(b={"type": "string"})],
    "one member twice": [opened(a={"type": "integer", "minimum": 5}), opened(a={"maximum": 5})],
    "required in one, described in another": [{"required": ["a"]}, {"properties": {"a": {"enum": [5]}}}],
    "items": [{"type": "array", "items": {"type": "integer"}}, {"items": {"minimum": 7}, "minItems": 2}],
    "sizes": [{"type": "array", "minItems": 2, "items": {}}, {"maxItems": 2}],
    "a choice in each": [{"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "integer"}]}],
    "closed and open": [
        {"type": "object", "properties": {"a": {}, "b": {}}, "additionalProperties": False},
        {"properties": {"b": {"type": "integer"}, "c": {}}},
    ],
    "nested": [{"allOf": [{"allOf": [{"type": "string"}]}, {"minLength": 9}]}, {"maxLength": 9}],
    "the same reference twice": [ref("Thing"), {"allOf": [ref("Thing")]}],
}
THINGS = {"Thing": opened(a={"type": "string"})}


@pytest.mark.parametrize("version", ["3.0", "3.1"])
@pytest.mark.parametrize("parts", ALL_OF.values(), ids=ALL_OF)
def test_all_of(parts: list[dict[str, Any]], version: str) -> None:
    """A value satisfies all parts, also where together they allow few values."""
    sample({"allOf": parts}, version, schemas=THINGS)


BRANCHES: dict[str, list[dict[str, Any]]] = {
    "types": [{"type": "string"}, {"type": "integer"}],
    "an integer is a number": [{"type": "integer"}, {"type": "number"}],
    "the first is impossible": [{"type": "string", "enum": []}, {"type": "integer"}],
    "values that satisfy several": [{"type": "integer", "minimum": 0}, {"type": "integer", "multipleOf": 3}],
    "exclusive members": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}],
    "overlapping objects": [opened(a={"type": "string"}), opened(a={"type": "string"}, b={"type": "string"})],
    "closed objects": [closed(a={"type": "string"}), closed(b={"type": "string"})],
    "distinguished by a list": [opened(kind={"enum": ["a"]}), opened(kind={"enum": ["b"]})],
    "strings with patterns": [{"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "b$"}],
    "strings with formats": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
    "arrays of each": [{"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}}],
    "nested": [{"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "boolean"}],
}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize("branches", BRANCHES.values(), ids=BRANCHES)
def test_branches(branches: list[dict[str, Any]], keyword: str) -> None:
    """A value satisfies one branch, and with `oneOf` no other."""
    sample({keyword: branches})


def test_branch_beside_properties() -> None:
    """A branch applies together with the keywords beside it."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "integer"}},
        "required": ["c"],
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    }

    assert sorted(sample(schema)) in (["a", "c"], ["b", "c"])


NEGATED: dict[str, dict[str, Any]] = {
    "a value": {"type": "string", "enum": ["a", "b"], "not": {"enum": ["a"]}},
    "a type": {"not": {"type": "string"}},
    "types": {"not": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
    "a member": {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a"]}},
    "members": {
        "type": "object",
        "properties": {"a": {}, "b": {}},
        "not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
    },
    "both members": {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a", "b"]}},
    "a bound": {"type": "integer", "minimum": 0, "not": {"minimum": 10}, "maximum": 12},
    "an empty text": {"type": "string", "not": {"maxLength": 0}},
    "an odd number": {"type": "integer", "not": {"multipleOf": 2}},
}


@pytest.mark.parametrize("schema", NEGATED.values(), ids=NEGATED)
def test_not(schema: dict[str, Any]) -> None:
    """A value does not satisfy the schema of `not`."""
    for seed in range(10):
        sample(schema, seed=seed)


CONDITIONS: dict[str, dict[str, Any]] = {
    "then": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["x"], "properties": {"x": {"type": "integer"}}},
        "else": {"required": ["y"], "properties": {"y": {"type": "string"}}},
    },
    "then is impossible": {"type": "string", "if": {"minLength": 3}, "then": False, "else": {"pattern": "^[a-z]+$"}},
    "else alone": {"type": "integer", "if": {"minimum": 5}, "else": {"maximum": -5}},
    "several": {
        "type": "object",
        "properties": {"kind": {"enum": ["b"]}},
        "required": ["kind"],
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": [kind]}} for kind in ("a", "b", "c")
        ],
    },
}


@pytest.mark.parametrize("schema", CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(schema: dict[str, Any]) -> None:
    """A value satisfies `then` or `else`, depending on `if`."""
    for seed in range(10):
        sample(schema, "3.1", seed=seed)


ANIMALS = {
    "Cat": opened(kind={"type": "string"}, lives={"type": "integer"}),
    "Dog": opened(kind={"type": "string"}, breed={"type": "string"}),
    "Parent": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
    },
    "Child": {"allOf": [ref("Parent"), opened(of={"type": "string"})]},
    "Grandchild": {"allOf": [ref("Child"), opened(further={"type": "string"})]},
    "Childless": {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
    },
}
DISCRIMINATED: dict[str, tuple[dict[str, Any], str]] = {
    "by the schema's name": (
        {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}},
        "Cat",
    ),
    "by the schema's name in anyOf": (
        {"anyOf": [ref("Dog"), ref("Cat")], "discriminator": {"propertyName": "kind"}},
        "Dog",
    ),
    "by a mapping": (
        {
            "oneOf": [ref("Cat"), ref("Dog")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"miaow": ref("Cat")["$ref"], "woof": ref("Dog")["$ref"]},
            },
        },
        "miaow",
    ),
    "by a mapping of some": (
        {
            "oneOf": [ref("Cat"), ref("Dog")],
            "discriminator": {"propertyName": "kind", "mapping": {"woof": ref("Dog")["$ref"]}},
        },
        "Cat",
    ),
    "by inheritance, for the parent": (ref("Parent"), "Child"),
    "by inheritance, for a child": (ref("Child"), "Child"),
    "by inheritance, for a grandchild": (ref("Grandchild"), "Grandchild"),
    "by inheritance, without children": (ref("Childless"), "Childless"),
}


@pytest.mark.parametrize(("schema", "expected"), DISCRIMINATED.values(), ids=DISCRIMINATED)
def test_discriminators(schema: dict[str, Any], expected: str) -> None:
    """The discriminator's member selects the schema that the value satisfies."""
    assert expected == sample(schema, schemas=ANIMALS)["kind"]


def test_inherited_members() -> None:
    """A value for a parent has the members of the descendant that it selects."""
    assert {"kind": "Child"}.items() <= sample(ref("Parent"), schemas=ANIMALS).items()
    assert {"kind", "name", "of", "further"} == set(sample(ref("Grandchild"), schemas=ANIMALS))


def test_bare_names_in_a_mapping() -> None:
    """A mapping may contain the bare name of a schema. The validator needs a loaded document, so it is off here."""
    schema = {
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"miaow": "Cat", "woof": "Dog"}},
    }
    made = samples(ANIMALS)
    made.problems = lambda _schema, _value: []

    assert "miaow" == made.value(schema, random.Random(1))["kind"]


REFERENCES: dict[str, tuple[dict[str, Any], Any]] = {
    "beside it, in 3.1": ({"$ref": "#/components/schemas/Text", "maxLength": 2}, 2),
    "a chain": ({"$ref": "#/components/schemas/Chain"}, 9),
    "a name with special characters": ({"$ref": "#/components/schemas/a~1b~0c%20d"}, 4),
    "into a schema": ({"$ref": "#/components/schemas/Holder/properties/text"}, 6),
}
TEXTS = {
    "Text": {"type": "string", "minLength": 2, "maxLength": 9},
    "Chain": {"$ref": "#/components/schemas/Link"},
    "Link": {"$ref": "#/components/schemas/Nine"},
    "Nine": {"type": "string", "minLength": 9, "maxLength": 9},
    "a/b~c d": {"type": "string", "minLength": 4, "maxLength": 4},
    "Holder": {"properties": {"text": {"type": "string", "minLength": 6, "maxLength": 6}}},
}


@pytest.mark.parametrize(("schema", "length"), REFERENCES.values(), ids=REFERENCES)
def test_references(schema: dict[str, Any], length: int) -> None:
    """References are followed in every notation."""
    assert length == len(sample(schema, "3.1", schemas=TEXTS))


def test_beside_a_reference_in_30() -> None:
    """OpenAPI 3.0 ignores keywords beside a reference, openapi-core does not. The value is valid for both."""
    assert 3 == len(sample({"$ref": "#/components/schemas/Text", "maxLength": 3, "minLength": 3}, schemas=TEXTS))


RECURSIONS: dict[str, dict[str, Any]] = {
    "an optional member": {"Node": {"type": "object", "properties": {"next": ref("Node"), "name": {"type": "string"}}}},
    "an array": {"Node": opened(children={"type": "array", "items": ref("Node")})},
    "null": {"Node": {**opened(next=ref("Node")), "nullable": True}},
    "a branch of null": {
        "Node": opened(next={"oneOf": [ref("Node"), {"enum": [None], "type": "string", "nullable": True}]})
    },
    "a map": {"Node": {"type": "object", "additionalProperties": ref("Node")}},
    "a branch": {
        "Node": {"oneOf": [ref("Pair"), {"type": "string"}]},
        "Pair": closed(left=ref("Node"), right=ref("Node")),
    },
    "a circle of three": {
        "Node": {"type": "object", "properties": {"a": ref("Second")}},
        "Second": {"type": "object", "properties": {"b": ref("Third")}},
        "Third": {"type": "object", "properties": {"c": ref("Node"), "d": {"type": "array", "items": ref("Second")}}},
    },
    "wide": {
        "Node": {"type": "object", "properties": {f"member{number}": ref(f"Node{number}") for number in range(20)}}
    }
    | {
        f"Node{number}": {"type": "object", "properties": {f"m{other}": ref(f"Node{other}") for other in range(20)}}
        for number in range(20)
    },
    "in allOf": {"Node": {"allOf": [opened(name={"type": "string"}), {"properties": {"next": ref("Node")}}]}},
    "in a required array of at least none": {
        "Node": opened(nodes={"type": "array", "minItems": 0, "items": ref("Node")})
    },
    "a JSON value": {
        "Node": {
            "anyOf": [
                {"type": "object", "additionalProperties": ref("Node")},
                {"type": "array", "items": ref("Node")},
                {"type": "string"},
            ]
        }
    },
}


@pytest.mark.parametrize("schemas", RECURSIONS.values(), ids=RECURSIONS)
def test_recursion_ends(schemas: dict[str, Any]) -> None:
    """A value for a recursive schema is finite and small."""
    assert 10_000 > len(json.dumps(sample(ref("Node"), schemas=schemas)))


ENDLESS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a member": (
        {"Node": opened(next=ref("Node"))},
        "/next/next/next",
        "#/components/schemas/Node requires itself without end",
    ),
    "an item": (
        {"Node": {"type": "array", "minItems": 1, "items": ref("Node")}},
        "/0/0/0",
        "#/components/schemas/Node requires itself without end",
    ),
    "a circle of two": (
        {"Node": opened(a=ref("Other")), "Other": opened(b=ref("Node"))},
        "/a/b/a/b/a/b",
        "#/components/schemas/Node requires itself without end",
    ),
    "every branch": (
        {"Node": {"oneOf": [closed(a=ref("Node")), closed(b=ref("Node"))]}},
        "/a/a/a",
        "#/components/schemas/Node requires itself without end",
    ),
    "a schema that refers to itself": ({"Node": ref("Node")}, "", "the schema cannot be checked: RecursionError"),
}


@pytest.mark.parametrize(("schemas", "pointer", "reason"), ENDLESS.values(), ids=ENDLESS)
def test_recursion_without_end(schemas: dict[str, Any], pointer: str, reason: str) -> None:
    """If a recursion cannot end, NoSample has the reason and the position."""
    with pytest.raises(NoSample) as error:
        sample(ref("Node"), schemas=schemas)

    assert pointer == error.value.pointer
    assert reason in error.value.reason


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = opened(a=schema)
    return schema


TOO_MUCH: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "depth": (deep(60), {}, "the required value is nested deeper than 40 levels"),
    "width at every level": (
        ref("Level0"),
        {f"Level{level}": opened(**{f"m{n}": ref(f"Level{level + 1}") for n in range(10)}) for level in range(10)}
        | {"Level10": {"type": "string"}},
        "a value that satisfies it takes too many steps to make",
    ),
    "choices of choices": (
        {"allOf": [{"anyOf": [{"enum": [number, -number]} for number in range(30)]} for _ in range(10)], "not": {}},
        {},
        "no value is in",
    ),
}


@pytest.mark.parametrize(("schema", "schemas", "reason"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much(schema: dict[str, Any], schemas: dict[str, Any], reason: str) -> None:
    """A value that takes too many steps is given up. Without the limit, the suite would hang here."""
    with pytest.raises(NoSample, match=reason):
        sample(schema, schemas=schemas)


def test_optional_members_are_bounded() -> None:
    """A value has a limited number of optional members."""
    schemas = {
        f"Level{level}": {"type": "object", "properties": {f"m{n}": ref(f"Level{level + 1}") for n in range(40)}}
        for level in range(8)
    }
    value = sample(ref("Level0"), schemas=schemas | {"Level8": {"type": "string"}})

    assert 40 == len(value)
    assert 5_000 > len(json.dumps(value))
