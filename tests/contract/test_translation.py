"""Which schemas and messages are left to openapi-core, because a compiled schema might differ from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.compiled.compiled_operation import MAX_BODY_LENGTH
from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.messages import Reply
from tests.support.both_validators import BothValidators
from tests.support.documents import JSON, document_with, loaded, request_body, response_body

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}


def test_long_bodies_are_left_to_openapi_core() -> None:
    """Long bodies are left to openapi-core, where the work of a pattern is limited by the length of the text."""
    both = BothValidators(loaded(document_with(response_body({"type": "string", "pattern": "a{50}b{49}"}))))
    text = "a" * MAX_BODY_LENGTH + "b" * 50
    both.reply(text)
    assert not both.compiled.reply(Reply(status=200, headers=(JSON,), body=json.dumps(text).encode()))


DIFFERENT: dict[str, tuple[str, dict[str, Any], Any]] = {
    "a large integer beside the float next to it": (
        "3.0",
        {"uniqueItems": True},
        [2**64, 2.0**64],
    ),
    "a float beyond int32, under not": (
        "3.1",
        {"not": {"type": "number", "format": "int32"}},
        3e9,
    ),
    "a format that accepts every string, under not": ("3.0", {"not": {"format": "commonmark"}}, "%%%"),
    "an enum of large numbers, under not": ("3.0", {"not": {"enum": [2**64]}}, 2.0**64),
    "an unknown type, under not": ("3.0", {"not": {"type": "file"}}, 1),
    "a fraction of a fraction": ("3.0", {"not": {"multipleOf": 0.01}}, 19.99),
}


@pytest.mark.parametrize(("version", "schema", "value"), DIFFERENT.values(), ids=DIFFERENT)
def test_differences_of_the_libraries(version: str, schema: dict[str, Any], value: Any) -> None:
    """Where jsonschema-rs accepts what openapi-core rejects, the compiled operation does not accept it."""
    both = BothValidators(
        loaded(document_with(request_body(schema) | response_body(schema), version=VERSIONS[version]))
    )
    both.body(value)
    both.reply(value)
    assert {"invalid": 2} == both.counts


UNTRANSLATED: dict[str, tuple[str, Any]] = {
    "a pattern that needs backtracking": ("3.0", {"type": "string", "pattern": "(?=a)"}),
    "an unknown keyword": ("3.0", {"type": "object", "unevaluatedProperties": False}),
    "another dialect": ("3.1", {"$schema": "https://json-schema.org/draft/2019-09/schema"}),
    "a dynamic reference": ("3.1", {"$dynamicRef": "#node"}),
    "a schema that is not a mapping": ("3.0", {"items": ["a"]}),
}


@pytest.mark.parametrize(("version", "schema"), UNTRANSLATED.values(), ids=UNTRANSLATED)
def test_uncertain_translations_are_not_compiled(version: str, schema: Any) -> None:
    """A schema that might differ after translation is not compiled."""
    assert compile_schema(loaded(document_with(version=VERSIONS[version])), schema, direction="reply") is None


def test_another_dialect_of_the_document_is_not_compiled() -> None:
    """A document with another JSON Schema dialect is left to openapi-core."""
    document = document_with(version="3.1.0") | {"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema"}
    assert compile_schema(loaded(document), {}, direction="reply") is None
