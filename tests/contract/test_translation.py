"""What the compiled accept path leaves to openapi-core, because it cannot be certain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.compiled.compiled_operation import MAX_BODY_LENGTH
from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.messages import Reply
from tests.support.both import Both
from tests.support.documents import JSON, body_of, described, made, response_of

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}


def test_what_is_longer_than_patterns_may_search_is_not_believed() -> None:
    """The judge bounds a pattern's work by the length of the text, so the compiled path leaves long bodies to it."""
    both = Both(made(described(response_of({"type": "string", "pattern": "a{50}b{49}"}))))
    text = "a" * MAX_BODY_LENGTH + "b" * 50
    both.reply(text)
    assert not both.accepted.reply(Reply(status=200, headers=(JSON,), body=json.dumps(text).encode()))


DOUBTFUL: dict[str, tuple[str, dict[str, Any], Any]] = {
    "a large integer beside the float next to it": (
        "3.0",
        {"uniqueItems": True},
        [2**64, 2.0**64],
    ),
    "a float that is no integer to int32, under not": (
        "3.1",
        {"not": {"type": "number", "format": "int32"}},
        3e9,
    ),
    "a format that openapi-core does not know, under not": ("3.0", {"not": {"format": "uri"}}, "%%%"),
    "an enum of large numbers, under not": ("3.0", {"not": {"enum": [2**64]}}, 2.0**64),
    "an unknown type, under not": ("3.0", {"not": {"type": "file"}}, 1),
    "a fraction of a fraction": ("3.0", {"not": {"multipleOf": 0.01}}, 19.99),
    "a schema made of itself": ("3.0", {"anyOf": [{"$ref": "#/components/schemas/A"}]}, 1),
}


@pytest.mark.parametrize(("version", "schema", "value"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_doubtful_translations(version: str, schema: dict[str, Any], value: Any) -> None:
    """Where jsonschema-rs and openapi-core differ, the compiled path does not say yes alone."""
    others = {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}
    both = Both(made(described(body_of(schema) | response_of(schema), version=VERSIONS[version], schemas=others)))
    both.body(value)
    both.reply(value)
    assert {"invalid": 2} == both.counts


UNTRANSLATED: dict[str, tuple[str, Any]] = {
    "a discriminator under not": (
        "3.0",
        {"not": {"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind"}}},
    ),
    "a discriminator without a member": ("3.0", {"oneOf": [{"type": "object"}], "discriminator": {}}),
    "a pattern that needs backtracking": ("3.0", {"type": "string", "pattern": "(?=a)"}),
    "a keyword that is not known": ("3.0", {"type": "object", "unevaluatedProperties": False}),
    "another dialect": ("3.1", {"$schema": "https://json-schema.org/draft/2019-09/schema"}),
    "a dynamic reference": ("3.1", {"$dynamicRef": "#node"}),
    "a schema that is no mapping": ("3.0", {"items": ["a"]}),
}


@pytest.mark.parametrize(("version", "schema"), UNTRANSLATED.values(), ids=UNTRANSLATED)
def test_what_is_not_certain_is_not_compiled(version: str, schema: Any) -> None:
    """What cannot be translated with certainty stays with openapi-core."""
    assert compile_schema(made(described(version=VERSIONS[version])), schema, direction="reply") is None


def test_another_dialect_of_the_document_is_not_compiled() -> None:
    """A document that names a JSON Schema dialect of its own is judged by openapi-core alone."""
    document = described(version="3.1.0") | {"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema"}
    assert compile_schema(made(document), {}, direction="reply") is None


KINDS = {
    "A": {"type": "object", "properties": {"n": {"type": "integer"}}},
    "B": {"type": "object", "required": ["n"]},
    "C": {"type": "object"},
}
ALTERNATIVES = [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]
CHOSEN: dict[str, tuple[Any, str]] = {
    "by the schema's name": ({"kind": "A"}, "valid, seen at once"),
    "by the mapping": ({"kind": "b", "n": 1}, "valid, seen at once"),
    "by a name that is no alternative": ({"kind": "C"}, "valid"),
    "by a pointer": ({"kind": "A/properties/n"}, "invalid"),
    "not as it says": ({"kind": "A", "n": "x"}, "invalid"),
    "not as the mapping says": ({"kind": "b"}, "invalid"),
    "by nothing": ({}, "invalid"),
    "by an empty text": ({"kind": ""}, "invalid"),
    "by a number": ({"kind": 1}, "invalid"),
    "by a list": ({"kind": ["A"]}, "invalid"),
    "no object": ("A", "invalid"),
}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "allOf"])
@pytest.mark.parametrize(("value", "expected"), CHOSEN.values(), ids=CHOSEN)
def test_discriminators(value: Any, expected: str, keyword: str) -> None:
    """A discriminator chooses as openapi-core lets it choose, and is seen at once where it names what is described."""
    schema = {keyword: ALTERNATIVES, "discriminator": {"propertyName": "kind", "mapping": {"b": "B"}}}
    for version in VERSIONS.values():
        both = Both(made(described(body_of(schema) | response_of(schema), version=version, schemas=KINDS)))
        both.body(value)
        both.reply(value)
        assert {expected: 2} == both.counts


def test_a_parent_that_is_made_of_its_children() -> None:
    """openapi-core never ends there, so the compiled path does not say yes."""
    parent = {"oneOf": [{"$ref": "#/components/schemas/Child"}], "discriminator": {"propertyName": "kind"}}
    child = {"allOf": [{"$ref": "#/components/schemas/Parent"}, {"type": "object"}]}
    both = Both(made(described(body_of(parent), schemas={"Parent": parent, "Child": child})))
    both.body({"kind": "Child"})
    assert {"invalid": 1} == both.counts
