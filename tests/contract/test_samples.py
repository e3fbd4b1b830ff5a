"""Samples for schemas of every type satisfy their schemas."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from typing import Any

import pytest

from mockserver.samples import NoSample
from tests.support.sampling import sample, samples

TYPES_30 = {
    "string": ({"type": "string"}, str),
    "integer": ({"type": "integer"}, int),
    "number": ({"type": "number"}, float),
    "boolean": ({"type": "boolean"}, bool),
    "array": ({"type": "array", "items": {"type": "string"}}, list),
    "object": ({"type": "object"}, dict),
    "nullable": ({"type": "string", "nullable": True}, str),
    "only null": ({"enum": [None], "type": "string", "nullable": True}, type(None)),
    "no type, properties": ({"properties": {"a": {}}}, dict),
    "no type, items": ({"items": {}}, list),
    "no type, a bound": ({"minimum": 3}, int | float),
    "nothing at all": ({}, str),
}


@pytest.mark.parametrize(("schema", "expected"), TYPES_30.values(), ids=TYPES_30)
def test_types_of_30(schema: dict[str, Any], expected: type) -> None:
    """A value has its schema's type, and is null only if nothing else is possible."""
    assert isinstance(sample(schema), expected)


TYPES_31 = {
    "null": ({"type": "null"}, type(None)),
    "a list": ({"type": ["string", "null"]}, str),
    "a list that begins with null": ({"type": ["null", "integer"]}, int),
    "true": (True, str),
    "a constant": ({"const": {"a": [1]}}, dict),
}


@pytest.mark.parametrize(("schema", "expected"), TYPES_31.values(), ids=TYPES_31)
def test_types_of_31(schema: Any, expected: type) -> None:
    """OpenAPI 3.1 also has the type null, lists of types, constants and boolean schemas."""
    assert isinstance(sample(schema, "3.1"), expected)


FORMATS = {
    "byte": r"[A-Za-z0-9+/]+={0,2}",
    "binary": ".+",
    "date": r"\d{4}-\d\d-\d\d",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "time": r"\d\d:\d\d:\d\dZ?",
    "duration": r"P\d+D",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "email": r"\w+@example\.com",
    "idn-email": r"\w+@example\.com",
    "hostname": r"\w+\.example\.com",
    "idn-hostname": r"\w+\.example\.com",
    "ipv4": r"192\.0\.2\.\d+",
    "ipv6": "2001:db8::[0-9a-f]+",
    "uri": r"https://example\.com/\w+",
    "uri-reference": r"/\w+",
    "iri": r"https://example\.com/\w+",
    "iri-reference": r"/\w+",
    "uri-template": r"https://example\.com/\w+/\{id\}",
    "json-pointer": r"/\w+",
    "relative-json-pointer": r"\d/\w+",
    "regex": r"\^\w+\$",
    "int64": r"\d+",
    "decimal": r"\d+\.\d\d",
    "password": ".+",
    "unknown": ".+",
}


@pytest.mark.parametrize("version", ["3.0", "3.1"])
@pytest.mark.parametrize(("name", "expected"), FORMATS.items(), ids=FORMATS)
def test_formats(name: str, expected: str, version: str) -> None:
    """A string has its format."""
    value = sample({"type": "string", "format": name}, version)

    assert re.fullmatch(expected, value)


LENGTHS = {
    "none": ({}, 1, 40),
    "exactly": ({"minLength": 7, "maxLength": 7}, 7, 7),
    "empty": ({"maxLength": 0}, 0, 0),
    "short": ({"maxLength": 3}, 0, 3),
    "long": ({"minLength": 500}, 500, 520),
    "a pattern and lengths": ({"pattern": "^[a-z]*$", "minLength": 30, "maxLength": 31}, 30, 31),
    "a pattern and a large length": ({"pattern": "^[a-z-]+$", "minLength": 5000}, 5000, 5100),
    "a pattern of several parts and a length": ({"pattern": "^[A-Z]?[a-z]*[0-9]*$", "minLength": 64}, 64, 100),
    "a long address": ({"format": "email", "minLength": 100}, 100, 140),
    "a short address": ({"format": "email", "maxLength": 8}, 6, 8),
    "a long link": ({"format": "uri", "minLength": 80}, 80, 100),
    "long base64": ({"format": "byte", "minLength": 50}, 50, 70),
    "no base64": ({"format": "byte", "maxLength": 3}, 0, 3),
    "lengths written as floats": ({"minLength": 2.0, "maxLength": 3.0}, 2, 3),
}


@pytest.mark.parametrize(("keywords", "low", "high"), LENGTHS.values(), ids=LENGTHS)
def test_lengths(keywords: dict[str, Any], low: int, high: int) -> None:
    """The length of a string is within its bounds, also with a pattern or a format."""
    assert low <= len(sample({"type": "string", **keywords})) <= high


PATTERNS = [
    "^[A-Z]{3}-[0-9]{4}$",
    r"^\d{3}[- ]?\d{4}$",
    r"^(?:\+|00)[1-9]\d{6,14}$",
    "^#[0-9a-fA-F]{6}$",
    r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    r"^arn:aws:[a-z]+:[a-z0-9-]*:\d{12}:\S+$",
    r"^(?!.*--)[a-z0-9-]{4,}$",
    r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,}$",
    r"^(\w)\1$",
    r"^(?<quote>['\"])x\k<quote>$",
    r"^\p{Lu}\p{L}*$",
    r"^\p{Sc}\d$",
    r"^\p{Script=Greek}+$",
    r"^[^a-zA-Z0-9 ]+$",
    r"^[\u4e00-\u9fff]{2}$",
    r"^[^\x00-\x7f]+$",
    r"^[\u1ea0-\u1ef9]{2}$",
    r"^\/v\d+\/[^/]+\/$",
    r"\.pdf$",
    "b{3}",
    r"^(?:GET|PUT|POST)\b",
    r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$",
    "^a{,3}$",
    "^$",
    "",
    r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]{1,50}$",
    r"^(?i)abc$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns(pattern: str) -> None:
    """A string matches its pattern, also if Python's `re` reads the pattern differently."""
    sample({"type": "string", "pattern": pattern})


def test_pattern_and_format() -> None:
    """A string has both a pattern and a format."""
    value = sample({"type": "string", "format": "date", "pattern": "^2[0-9]{3}-0[1-9]-1[0-9]$"})

    assert re.fullmatch("2[0-9]{3}-0[1-9]-1[0-9]", value)


NUMBERS: dict[str, dict[str, Any]] = {
    "low": {"minimum": 5},
    "high": {"maximum": -5},
    "both": {"minimum": 5, "maximum": 6},
    "one value": {"minimum": 5, "maximum": 5},
    "one value with decimal places": {"minimum": 1.12, "maximum": 1.12},
    "a narrow range": {"minimum": 0.001, "maximum": 0.0011},
    "a step": {"multipleOf": 7},
    "a step in a range": {"multipleOf": 7, "minimum": 15, "maximum": 27},
    "a large step": {"multipleOf": 1_000_000, "minimum": 1},
    "below zero": {"maximum": 0, "minimum": -3},
    "int32": {"format": "int32"},
    "int32 and a bound": {"format": "int32", "minimum": 2147483647},
    "int64 and a bound": {"format": "int64", "minimum": 9007199254740993},
    "float": {"format": "float"},
    "double": {"format": "double"},
    "wide": {"minimum": -1e300, "maximum": 1e300},
}


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("version", ["3.0", "3.1"])
@pytest.mark.parametrize("keywords", NUMBERS.values(), ids=NUMBERS)
def test_numbers(keywords: dict[str, Any], kind: str, version: str) -> None:
    """A number is within its bounds and a multiple of `multipleOf`."""
    schema = {"type": kind, **keywords}
    if kind == "integer" and keywords in (NUMBERS["a narrow range"], NUMBERS["one value with decimal places"]):
        with pytest.raises(NoSample, match="no whole number is within its bounds"):
            sample(schema, version)
    else:
        for seed in range(20):
            sample(schema, version, seed=seed)


FRACTIONS: dict[str, dict[str, Any]] = {
    "a step of cents": {"multipleOf": 0.01},
    "cents in a range": {"multipleOf": 0.01, "minimum": 0.05, "maximum": 0.11},
    "a step of 0.1": {"multipleOf": 0.1, "minimum": 1},
    "a tiny step": {"multipleOf": 1e-8},
    "two steps": {"allOf": [{"multipleOf": 0.5}, {"multipleOf": 0.2}]},
}


@pytest.mark.parametrize("keywords", FRACTIONS.values(), ids=FRACTIONS)
def test_fractions(keywords: dict[str, Any]) -> None:
    """A multiple of a fraction is also a multiple for a validator that divides floats."""
    for seed in range(20):
        sample({"type": "number", **keywords}, seed=seed)


EXCLUSIVE = {
    "3.0": {"minimum": 5, "exclusiveMinimum": True, "maximum": 7, "exclusiveMaximum": True},
    "3.1": {"exclusiveMinimum": 5, "exclusiveMaximum": 7},
}


@pytest.mark.parametrize(("version", "keywords"), EXCLUSIVE.items(), ids=EXCLUSIVE)
def test_exclusive_bounds(version: str, keywords: dict[str, Any]) -> None:
    """Exclusive bounds work in the form of 3.0 (a flag) and of 3.1 (a number)."""
    assert 6 == sample({"type": "integer", **keywords}, version)
    assert 5 < sample({"type": "number", **keywords}, version) < 7


ARRAYS: dict[str, tuple[dict[str, Any], str]] = {
    "at least": ({"items": {"type": "string"}, "minItems": 3}, "3.0"),
    "none": ({"items": {"type": "string"}, "maxItems": 0}, "3.0"),
    "all different": ({"items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True}, "3.0"),
    "different booleans": ({"items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True}, "3.0"),
    "different beside an example": (
        {"items": {"type": "string", "example": "a"}, "minItems": 4, "uniqueItems": True},
        "3.0",
    ),
    "different objects": (
        {
            "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
            "minItems": 3,
            "uniqueItems": True,
        },
        "3.0",
    ),
    "no items": ({}, "3.0"),
    "a tuple": ({"prefixItems": [{"type": "string"}, {"type": "integer"}]}, "3.1"),
    "a closed tuple": ({"prefixItems": [{"type": "string"}], "items": False, "minItems": 1}, "3.1"),
    "a tuple with further items": (
        {"prefixItems": [{"type": "string"}], "items": {"type": "null"}, "minItems": 3},
        "3.1",
    ),
    "contains": ({"contains": {"const": 5}}, "3.1"),
    "contains several": ({"contains": {"type": "integer"}, "minContains": 2, "maxContains": 2}, "3.1"),
    "contains none": ({"contains": {"type": "string"}, "minContains": 0, "maxContains": 0, "minItems": 1}, "3.1"),
    "contains, after a tuple of others": (
        {"prefixItems": [{"type": "integer"}, {"type": "integer"}], "contains": {"type": "string"}},
        "3.1",
    ),
    "contains and items": ({"items": {"type": "integer"}, "contains": {"minimum": 5000}, "minItems": 2}, "3.1"),
    "an item that nothing satisfies": ({"items": {"enum": []}}, "3.0"),
}


@pytest.mark.parametrize(("keywords", "version"), ARRAYS.values(), ids=ARRAYS)
def test_arrays(keywords: dict[str, Any], version: str) -> None:
    """An array has an allowed number of items, and its items are valid."""
    sample({"type": "array", **keywords}, version)


OBJECTS: dict[str, tuple[dict[str, Any], str]] = {
    "required but not described": ({"required": ["a", "b"]}, "3.0"),
    "a map": ({"additionalProperties": {"type": "integer"}}, "3.0"),
    "a map of at least": ({"additionalProperties": {"type": "integer"}, "minProperties": 3}, "3.0"),
    "at least, with any names": ({"minProperties": 2}, "3.0"),
    "at least, with its own names": (
        {"properties": {"a": {}, "b": {}}, "minProperties": 2, "additionalProperties": False},
        "3.0",
    ),
    "at most": ({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 2}, "3.0"),
    "closed": ({"properties": {"a": {"type": "string"}}, "additionalProperties": False}, "3.0"),
    "patterns of names": (
        {"patternProperties": {"^x-[a-z]+$": {"type": "integer"}}, "additionalProperties": False, "minProperties": 2},
        "3.1",
    ),
    "a pattern for a property": (
        {"properties": {"ab": {"type": "string"}}, "patternProperties": {"^a": {"minLength": 60}}},
        "3.1",
    ),
    "names": ({"propertyNames": {"pattern": "^[A-Z]{2}$"}, "minProperties": 3}, "3.1"),
    "names from a list": ({"propertyNames": {"enum": ["x", "y"]}, "minProperties": 2}, "3.1"),
    "names that forbid a property": ({"properties": {"abc": {}}, "propertyNames": {"maxLength": 2}}, "3.1"),
    "a member that requires another": ({"properties": {"a": {}}, "dependentRequired": {"a": ["b"], "b": ["c"]}}, "3.1"),
    "a member that requires a forbidden one": (
        {"properties": {"a": {}}, "dependentRequired": {"a": ["b"]}, "additionalProperties": False},
        "3.1",
    ),
    "a schema for objects with a member": (
        {
            "properties": {"a": {}},
            "required": ["a"],
            "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": {"const": 1}}}},
        },
        "3.1",
    ),
    "a schema that forbids a member": ({"properties": {"a": {}}, "dependentSchemas": {"a": False}}, "3.1"),
    "an optional member that nothing satisfies": (
        {"properties": {"a": {"type": "string", "enum": [1]}, "b": {"type": "string"}}},
        "3.0",
    ),
    "nothing unevaluated": (
        {"allOf": [{"properties": {"a": {"type": "string"}}}], "properties": {"b": {}}, "unevaluatedProperties": False},
        "3.1",
    ),
}


@pytest.mark.parametrize(("keywords", "version"), OBJECTS.values(), ids=OBJECTS)
def test_objects(keywords: dict[str, Any], version: str) -> None:
    """An object has all required members and no forbidden ones."""
    sample({"type": "object", **keywords}, version)


def test_optional_members_are_there() -> None:
    """Optional members are included, in the order of the document."""
    value = sample(
        {"type": "object", "required": ["b"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    )

    assert ["a", "b"] == list(value)


def test_an_impossible_optional_member_is_left_out() -> None:
    """An optional member without a possible value is left out."""
    value = sample({"type": "object", "properties": {"a": {"enum": []}, "b": {"type": "string"}}})

    assert ["b"] == list(value)


READ_AND_WRITE = {"id": {"type": "integer", "readOnly": True}, "password": {"type": "string", "writeOnly": True}}


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_write_only_members_are_left_out(version: str) -> None:
    """A reply has readOnly members, but no writeOnly members."""
    assert ["id"] == list(sample({"type": "object", "properties": READ_AND_WRITE}, version))


def test_required_write_only_members() -> None:
    """A reply does not need a required member that is writeOnly, and does not have it."""
    schema = {"type": "object", "properties": READ_AND_WRITE, "required": ["id", "password"]}

    assert ["id"] == list(sample(schema, "3.0"))
    assert ["id"] == list(sample(schema, "3.1"))


def test_same_seed_same_value() -> None:
    """The same seed gives the same value, also for another document object with the same content."""
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in [("a", "string"), ("b", "integer"), ("c", "number")]},
        "additionalProperties": {"enum": ["x", "y", "z"]},
        "minProperties": 5,
    }

    assert json.dumps(sample(schema, seed=7)) == json.dumps(sample(schema, seed=7))
    assert json.dumps(sample(schema, seed=7)) != json.dumps(sample(schema, seed=8))


READABLE = {
    "billing_city": "[A-Z][a-z]+",
    "countryCode": "[A-Z]{2}|[a-z ]+",
    "createdAt": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "customer_email": r"\w+@example\.com",
    "display_name": "[A-Z][a-z]+ [A-Z][a-z]+",
    "description": "(?:[a-z]+ ){7}[a-z]+",
    "first_name": "Ada|Grace|Linus|Noor",
    "htmlUrl": r"https://example\.com/\w+",
    "id": "[0-9a-f]{16}",
}


@pytest.mark.parametrize(("name", "expected"), READABLE.items(), ids=READABLE)
def test_readable_text(name: str, expected: str) -> None:
    """The text of a member fits its name."""
    value = sample({"type": "object", "properties": {name: {"type": "string"}}})[name]

    assert re.fullmatch(expected, value)


def test_schemas_take_precedence_over_names() -> None:
    """The schema of a member takes precedence over its name."""
    schema = {"type": "object", "properties": {"customer_email": {"type": "string", "maxLength": 4}}}

    assert 4 >= len(sample(schema)["customer_email"])


REFUSED: dict[str, tuple[Any, str, str, str]] = {
    "false": (False, "3.1", "", "the schema false allows no value"),
    "an unknown type": ({"type": "any"}, "3.0", "", "JSON Schema has no type 'any'"),
    "an empty enum": ({"enum": []}, "3.0", "", "no value is in [] and satisfies the other keywords"),
    "an enum of another type": (
        {"type": "integer", "enum": ["a"]},
        "3.0",
        "",
        "no value is in ['a'] and satisfies the other keywords",
    ),
    "types that exclude each other": (
        {"allOf": [{"type": "string"}, {"type": "object"}]},
        "3.0",
        "",
        "its types exclude each other",
    ),
    "bounds that exclude each other": (
        {"type": "integer", "minimum": 5, "maximum": 4},
        "3.0",
        "",
        "no whole number is within its bounds",
    ),
    "lengths that exclude each other": (
        {"type": "string", "minLength": 5, "maxLength": 4},
        "3.0",
        "",
        "a string cannot have at least 5 and at most 4 characters",
    ),
    "too long": (
        {"type": "string", "minLength": 10**9},
        "3.0",
        "",
        "a string of at least 1000000000 characters is too long to be made",
    ),
    "too many": (
        {"type": "array", "items": {}, "minItems": 10**9},
        "3.0",
        "",
        "a value that satisfies it takes too many steps to make",
    ),
    "too few": (
        {"type": "array", "items": {"enum": [1]}, "minItems": 2, "uniqueItems": True},
        "3.0",
        "/1",
        "no more items were found that differ from each other",
    ),
    "contains something that items forbids": (
        {"type": "array", "items": {"type": "string"}, "contains": {"type": "integer"}},
        "3.1",
        "/0",
        "no item can satisfy both `items` and `contains`",
    ),
    "no room for contained items": (
        {"type": "array", "contains": {}, "maxItems": 0},
        "3.1",
        "",
        "the items that it must contain do not fit into 0 items",
    ),
    "a pattern that cannot be used": (
        {"type": "string", "pattern": "("},
        "3.0",
        "",
        "the pattern '(' cannot be used: a ( without its ) at character 2",
    ),
    "a pattern and a length": (
        {"type": "string", "pattern": "^a{5}$", "maxLength": 4},
        "3.0",
        "",
        "no string that matches '^a{5}$' and of at most 4 characters was found",
    ),
    "a format and a length": (
        {"type": "string", "format": "date", "maxLength": 4},
        "3.0",
        "",
        "no string of the format 'date' and of at most 4 characters was found",
    ),
    "a member": (
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "array", "minItems": 1, "items": {"enum": []}}},
        },
        "3.0",
        "/a/0",
        "no value is in [] and satisfies the other keywords",
    ),
    "a member that is not allowed": (
        {"type": "object", "required": ["a"], "additionalProperties": False},
        "3.0",
        "/a",
        "it is required, but no member of this name is allowed",
    ),
    "a required member that not forbids": (
        {"required": ["a"], "not": {"required": ["a"]}, "type": "object"},
        "3.0",
        "/a",
        "it is required, but the schema forbids it elsewhere",
    ),
    "more members than allowed": (
        {"type": "object", "required": ["a", "b"], "maxProperties": 1},
        "3.0",
        "",
        "it requires 2 members and allows 1",
    ),
    "fewer members than required": (
        {"type": "object", "additionalProperties": False, "minProperties": 1},
        "3.0",
        "",
        "minProperties is 1, but only 0 members can be made",
    ),
    "a writeOnly member in another part": (
        {"type": "object", "allOf": [{"required": ["a"]}, {"properties": {"a": {"writeOnly": True}}}]},
        "3.0",
        "/a",
        "it is required, but writeOnly excludes it from replies",
    ),
    "no branch": ({"oneOf": []}, "3.0", "", "there is no branch to choose"),
    "the same branch twice": ({"oneOf": [{"type": "string"}, {"type": "string"}]}, "3.0", "", "is valid under each of"),
    "a reference to nowhere": (
        {"$ref": "#/components/schemas/Nope"},
        "3.0",
        "",
        "$ref '#/components/schemas/Nope' leads nowhere: there is no 'Nope'",
    ),
    "a reference to another document": (
        {"$ref": "https://example.com/a.json"},
        "3.0",
        "",
        "the $ref 'https://example.com/a.json' leads out of the document",
    ),
    "an anchor": ({"$ref": "#nope"}, "3.1", "", "$ref '#nope' is not a JSON pointer"),
    "not a schema": ([], "3.0", "", "[] is not a schema"),
    "a name with special characters": (
        {"type": "object", "required": ["a/b~c"], "properties": {"a/b~c": {"enum": []}}},
        "3.0",
        "/a~1b~0c",
        "no value is in [] and satisfies the other keywords",
    ),
}


@pytest.mark.parametrize(("schema", "version", "pointer", "reason"), REFUSED.values(), ids=REFUSED)
def test_no_sample(schema: Any, version: str, pointer: str, reason: str) -> None:
    """NoSample has the reason, and the position in the value."""
    with pytest.raises(NoSample) as error:
        sample(schema, version)

    assert pointer == error.value.pointer
    assert reason in error.value.reason
    assert str(error.value) == (f"{pointer}: {error.value.reason}" if pointer else error.value.reason)


WEIRD: list[Any] = [
    {"type": "object", "required": True, "properties": {"a": {"required": True, "type": "string"}}},
    {"type": "object", "properties": ["a"]},
    {"type": "object", "properties": {"a": None, "b": 5, "c": {"type": "string"}}},
    {"type": {"a": 1}},
    {"type": []},
    {"type": "array"},
    {"type": "array", "items": [{"type": "string"}]},
    {"type": "array", "items": None},
    {"type": "string", "example": None, "examples": 5, "enum": None, "pattern": 5, "format": []},
    {"type": "string", "enum": "abc"},
    {"type": "integer", "minimum": "5", "maximum": None, "multipleOf": 0},
    {"type": "number", "minimum": float("nan"), "maximum": float("inf"), "multipleOf": -1},
    {"allOf": "x", "anyOf": {"a": {}}, "oneOf": None},
    {"allOf": [None, 5, "x"]},
    {"$ref": 5},
    {"$ref": "#/components/schemas/0/x"},
    {"discriminator": "x", "oneOf": [{"type": "object"}]},
    {"discriminator": {"propertyName": 5, "mapping": []}, "oneOf": [{"$ref": "#/components/schemas/A"}]},
    {"not": 5},
    {"if": 5, "then": []},
    {"additionalProperties": 5, "minProperties": 1},
    {"patternProperties": {"(": {}, "a": 5}, "type": "object"},
    {"propertyNames": 5, "type": "object", "minProperties": 1},
    {"dependentRequired": {"a": 5}, "dependentSchemas": 5, "properties": {"a": {}}},
    {"minLength": "x", "maxLength": -1, "type": "string"},
    {"minItems": -1, "contains": 5, "minContains": "x", "type": "array"},
    {"const": float("nan")},
    {"type": "number", "minimum": 10**400, "multipleOf": 0.1},
    {"type": "number", "minimum": 10**400, "exclusiveMaximum": 10**400 + 1},
    {"type": "integer", "minimum": -(10**400), "maximum": -(10**399)},
    {"type": "number", "multipleOf": 1e-300, "minimum": 1e300},
    {"type": "string", "minLength": 1e300},
    {"type": "string", "pattern": "^a{999999}$"},
    {"$ref": "#"},
    {"enum": ["\ud800"]},
    {"type": "string", "default": "\ud800"},
    None,
    5,
    "x",
]


@pytest.mark.parametrize("version", ["3.0", "3.1"])
@pytest.mark.parametrize("schema", WEIRD, ids=range(len(WEIRD)))
def test_weird_schemas(schema: Any, version: str) -> None:
    """A malformed schema gives a value or NoSample, never another error."""
    value = None
    with suppress(NoSample):
        value = samples({"A": schema}, version).value(schema, random.Random(1))

    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
