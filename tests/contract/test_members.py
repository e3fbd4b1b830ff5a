"""The replaced keyword `unevaluatedProperties` accepts the same values as jsonschema's own."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from tests.support.both_validators import BothValidators
from tests.support.documents import document_with, loaded, request_body

OPEN = {"properties": {"a": {"type": "integer"}}}
SCHEMAS: dict[str, dict[str, Any]] = {
    "no other keyword": {},
    "properties": OPEN,
    "patterns": {"patternProperties": {"^a": {}}},
    "additional properties": {"additionalProperties": {"type": "integer"}},
    "all of": {"allOf": [OPEN, {"properties": {"b": {}}}]},
    "any of": {"anyOf": [{"required": ["b"], "properties": {"b": {}}}, OPEN]},
    "one of": {"oneOf": [{"required": ["b"], "properties": {"b": {}}}, {"not": {"required": ["b"]}}]},
    "if and then": {"if": {"required": ["a"], "properties": {"a": {}}}, "then": {"properties": {"b": {}}}},
    "if and else": {"if": {"required": ["a"]}, "else": {"properties": {"b": {}}}},
    "dependent schemas": {"dependentSchemas": {"a": {"properties": {"a": {}, "b": {}}}}},
    "a reference": {"$ref": "#/components/schemas/Open"},
    "a cousin": {"allOf": [{"unevaluatedProperties": {"type": "integer"}}]},
    "true and false": {"allOf": [True], "anyOf": [False, True]},
}
VALUES: tuple[Any, ...] = ({}, {"a": 1}, {"a": "x"}, {"b": 1}, {"b": "x"}, {"a": 1, "b": "x"}, {"ab": "x"}, [], "a")


@pytest.mark.parametrize("rest", [False, True, {"type": "string"}], ids=str)
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_unevaluated_properties(schema: dict[str, Any], rest: Any) -> None:
    """Members that other keywords evaluate are recognised in every kind of composition."""
    whole = {**schema, "unevaluatedProperties": rest}
    document = document_with(request_body({"allOf": [whole]}), version="3.1.0", schemas={"Open": OPEN})
    for value in VALUES:
        both = BothValidators(loaded(document))
        both.body(value)
        expected = OAS31Validator({**whole, "components": document["components"]}).is_valid(value)
        assert (value, expected) == (value, not both.counts["invalid"])
