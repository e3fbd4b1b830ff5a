"""Promise 3: the violations of a JSON body that was read already are those that openapi-core finds in the body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.document.operations import operations
from mockserver.messages import Headers, Request
from tests.support.documents import contract_for, document_with, request_body

NUMBER, TEXT = {"type": "integer", "minimum": 3}, {"type": "string"}
MEMBERS = {"type": "object", "required": ["it's", "b"], "properties": {"it's": NUMBER, "b": TEXT, "c": NUMBER}}
LAYERS = {f"L{level}": {"allOf": [{"$ref": f"#/components/schemas/L{level + 1}"}] * 2} for level in range(20)}
ONE = {"application/json": {"schema": MEMBERS}}


def content(*media_types: str) -> dict[str, Any]:
    """Media types of a body, each with another schema."""
    return {name: {"schema": NUMBER | {"minimum": number}} for number, name in enumerate(media_types, 3)}


BODIES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "members": (ONE, "application/json", {"b": 1, "c": 1}),
    "no object": (ONE, "application/json", "it's"),
    "null": (ONE, "application/json", None),
    "a charset": (ONE, "application/json; charset=utf-8", {"b": "é"}),
    "another charset": (ONE, "application/json;charset=latin-1", {"b": "é"}),
    "an unknown parameter": (ONE, "Application/JSON; profile=x", {}),
    "a range beside it": (content("application/*", "application/json"), "application/json", 1),
    "a range before it": (content("*/*", "application/json"), "application/json; charset=utf-8", 3),
    "a name with a parameter": (content("application/json", "application/json; v=2"), "application/json; v=2", 3),
    "another JSON type": (content("application/json", "application/x+json"), "application/x+json", 3),
    "text/json": (content("text/json"), "text/json", 1),
    "an encoding": (
        {"application/json": {"schema": MEMBERS, "encoding": {"b": {"style": "form"}}}},
        "application/json",
        {},
    ),
    "false": ({"application/json": {"schema": {"not": {}}}}, "application/json", 1),
    "alternatives": ({"application/json": {"schema": {"oneOf": [MEMBERS, NUMBER]}}}, "application/json", 1),
    "too many steps": (
        {"application/json": {"schema": {"$ref": "#/components/schemas/L0"}}},
        "application/json",
        {"a": 1},
    ),
    "many violations": (
        {"application/json": {"schema": {"type": "array", "items": NUMBER}}},
        "application/json",
        ["x"] * 300,
    ),
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("documented", "media_type", "value"), BODIES.values(), ids=BODIES)
def test_promise_3_rejected_json(documented: dict[str, Any], media_type: str, value: Any, version: str) -> None:
    """A request is rejected with the same violations, in the same order."""
    described = request_body({}) | {"requestBody": {"required": True, "content": documented}}
    contract = contract_for(document_with(described, version=version, schemas=LAYERS | {"L20": MEMBERS}))
    (operation,) = operations(contract.document)
    headers = Headers([("content-type", media_type)])
    request = Request(method="POST", path="/x", headers=headers, body=json.dumps(value).encode())
    expected = contract._validator.openapi_core.body(operation, request)
    assert expected
    assert tuple(expected) == contract.understand(request).violations
