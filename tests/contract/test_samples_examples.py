"""Samples are published examples, if these are valid."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mockserver.samples import NoSample, SchemaSamples
from tests.support.sampling import document, sample, samples, validator_of

PERSON = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer", "example": 7}, "name": {"type": "string", "example": "Ada"}},
}

USED: dict[str, tuple[dict[str, Any], str, Any]] = {
    "an example": ({"type": "string", "example": "a"}, "3.0", "a"),
    "the first of several": ({"type": "string", "examples": ["a", "b"]}, "3.1", "a"),
    "the first of several that holds": ({"type": "string", "examples": [5, "b"]}, "3.1", "b"),
    "named examples, as a media type has them": ({"type": "string", "examples": {"one": {"value": "a"}}}, "3.0", "a"),
    "a default": ({"type": "string", "default": "a"}, "3.0", "a"),
    "an example before a default": ({"type": "string", "default": "a", "example": "b"}, "3.0", "b"),
    "a constant": ({"const": "a"}, "3.1", "a"),
    "null": ({"type": "string", "nullable": True, "example": None}, "3.0", None),
    "a whole object": ({**PERSON, "example": {"id": 1, "name": "Grace"}}, "3.0", {"id": 1, "name": "Grace"}),
    "members of an object": (PERSON, "3.0", {"id": 7, "name": "Ada"}),
    "members where the object's own lacks one": ({**PERSON, "example": {"id": 1}}, "3.0", {"id": 7, "name": "Ada"}),
    "members where the object's own is wrong": ({**PERSON, "example": "Ada"}, "3.0", {"id": 7, "name": "Ada"}),
    "items of an array": ({"type": "array", "items": {"type": "string", "example": "a"}}, "3.0", ["a"]),
    "a reference's": ({"$ref": "#/components/schemas/Id"}, "3.0", "Id_1"),
    "beside a reference, in 3.1": ({"$ref": "#/components/schemas/Id", "example": "Id_2"}, "3.1", "Id_2"),
    "beside a reference, in 3.0": ({"$ref": "#/components/schemas/Id", "example": "Id_2"}, "3.0", "Id_2"),
    "of what is wrapped": (
        {"allOf": [{"$ref": "#/components/schemas/Id"}], "description": "of a thing"},
        "3.0",
        "Id_1",
    ),
    "of a branch": ({"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Id"}]}, "3.1", "Id_1"),
    "a number spelled as text": ({"type": "integer", "example": "12"}, "3.0", 12),
    "an object spelled as text": (
        {**PERSON, "example": '{"id": 1, "name": "Grace"}'},
        "3.0",
        {"id": 1, "name": "Grace"},
    ),
    "a text that spells a number": ({"type": "string", "example": "12"}, "3.0", "12"),
    "with a writeOnly member": (
        {
            "type": "object",
            "properties": {"a": {"type": "string", "example": "x"}, "b": {"type": "string", "writeOnly": True}},
            "example": {"a": "y", "b": "z"},
        },
        "3.0",
        {"a": "x"},
    ),
}
SCHEMAS = {"Id": {"type": "string", "pattern": "^Id_", "example": "Id_1"}}


@pytest.mark.parametrize(("schema", "version", "expected"), USED.values(), ids=USED)
def test_used(schema: dict[str, Any], version: str, expected: Any) -> None:
    """The value is the first valid example."""
    assert expected == sample(schema, version, schemas=SCHEMAS)


IGNORED: dict[str, dict[str, Any]] = {
    "of another type": {"type": "integer", "example": "seven"},
    "not in the enum": {"type": "string", "enum": ["a", "b"], "example": "c"},
    "of another format": {"type": "string", "format": "uuid", "example": "12"},
    "too long": {"type": "string", "maxLength": 3, "example": "four"},
    "against its pattern": {"type": "string", "pattern": "^[a-z]$", "example": "AB"},
    "null": {"type": "string", "example": None},
    "an empty default": {"type": "object", "properties": {"a": {"type": "string"}}, "default": {}},
    "a null default": {"type": "string", "nullable": True, "default": None},
    "infinity": {"type": "number", "example": float("inf")},
    "a lone surrogate": {"type": "string", "example": "\ud83d"},
    "an object without what it requires": {"type": "object", "required": ["a"], "example": {"b": 1}},
    "an object with a wrong member": {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "example": {"a": "x"},
    },
}


@pytest.mark.parametrize("schema", IGNORED.values(), ids=IGNORED)
def test_ignored(schema: dict[str, Any]) -> None:
    """An invalid example is not used; a value is made from the schema instead."""
    assert schema.get("example", schema.get("default")) != sample(schema)


def test_without_examples() -> None:
    """With `examples=False` the value contains no published example."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "example": "the example"}}, "required": ["a"]}
    value = samples().value(schema, random.Random(1), examples=False)

    assert "the example" != value["a"]


def test_an_example_is_a_copy() -> None:
    """Changing a value does not change the document."""
    schema = {"type": "object", "example": {"a": [1]}}
    sample(schema)["a"].append(2)

    assert {"a": [1]} == schema["example"]


MEDIA_TYPES: dict[str, tuple[dict[str, Any], Any]] = {
    "its example": ({"schema": {"type": "string", "example": "schema"}, "example": "own"}, "own"),
    "its examples": ({"schema": {"type": "string"}, "examples": {"a": {"value": 5}, "b": {"value": "own"}}}, "own"),
    "an example by reference": (
        {"schema": {"type": "string"}, "examples": {"a": {"$ref": "#/components/examples/A"}}},
        "there",
    ),
    "not an externalValue": (
        {
            "schema": {"type": "string", "example": "schema"},
            "examples": {"a": {"externalValue": "https://example.com/a"}},
        },
        "schema",
    ),
    "its schema's, where its own is wrong": (
        {"schema": {"type": "string", "example": "schema"}, "example": 5},
        "schema",
    ),
    "weird examples": ({"schema": {"type": "string", "example": "schema"}, "examples": [5]}, "schema"),
    "weird named examples": (
        {"schema": {"type": "string", "example": "schema"}, "examples": {"a": 5, "b": None}},
        "schema",
    ),
    "an example without a schema": ({"example": {"a": 1}}, {"a": 1}),
}


@pytest.mark.parametrize(("media_type", "expected"), MEDIA_TYPES.values(), ids=MEDIA_TYPES)
def test_media_types(media_type: dict[str, Any], expected: Any) -> None:
    """The examples of a media type come before those of its schema."""
    whole = document() | {"components": {"examples": {"A": {"value": "there"}}}}
    made = SchemaSamples(whole, openapi_31=False, problems=validator_of(whole, "3.0")).media_type_value(
        media_type, random.Random(1)
    )

    assert expected == made


def test_a_media_type_without_a_schema() -> None:
    """Without a schema, any value is valid."""
    assert isinstance(samples().media_type_value({}, random.Random(1)), str)


def test_a_crash_of_the_validator() -> None:
    """If the validator crashes, NoSample has its error."""

    def problems(schema: Any, value: Any) -> list[str]:
        raise RuntimeError("broken")

    with pytest.raises(NoSample, match="the schema cannot be checked: RuntimeError: broken"):
        SchemaSamples(document(), openapi_31=False, problems=problems).value({"type": "string"}, random.Random(1))
