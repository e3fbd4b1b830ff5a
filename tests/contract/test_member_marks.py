"""`readOnly` and `writeOnly` together with `required`: what is not sent in a direction is not demanded there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.messages import Reply
from tests.support.documents import JSON, contract_for, document_with, request, request_body, response_body

ID = {"type": "integer", "readOnly": True}
SECRET = {"type": "string", "writeOnly": True}
BASE = {"type": "object", "properties": {"id": ID, "secret": SECRET, "name": {"type": "string"}}}
REQUIRED = ["id", "secret", "name"]


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Any] = {
    "in one schema": {**BASE, "required": REQUIRED},
    "required beside allOf": {"allOf": [ref("Base")], "required": REQUIRED},
    "required in another part": {"allOf": [ref("Base"), {"required": REQUIRED}]},
    "required in a part before": {"allOf": [{"required": REQUIRED}, BASE]},
    "through two levels": {"allOf": [ref("Child")], "required": REQUIRED},
    "members by reference": {
        "type": "object",
        "properties": {"id": ref("Id"), "secret": ref("Secret"), "name": {}},
        "required": REQUIRED,
    },
    "members in allOf": {
        "type": "object",
        "properties": {"id": {"allOf": [ref("Id")]}, "secret": {"allOf": [ref("Secret")]}, "name": {}},
        "required": REQUIRED,
    },
    "a schema that includes itself": {"allOf": [ref("Base"), ref("Loop")], "required": REQUIRED},
}
OTHERS = {
    "Base": BASE,
    "Child": {"allOf": [ref("Base"), {"type": "object"}]},
    "Id": ID,
    "Secret": SECRET,
    "Loop": {"properties": {"loop": {"allOf": [ref("Loop")]}}},
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_required(schema: Any, version: str, compiled: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A request needs no readOnly member, and a reply no writeOnly one. Other members are demanded."""
    document = document_with(request_body(schema) | response_body(schema), version=version, schemas=OTHERS)
    contract = contract_for(document, compiled=compiled)

    def asked(value: Any) -> list[str]:
        return [violation.pointer for violation in contract.understand(request(value)).violations]

    def replied(value: Any) -> list[str]:
        reply = Reply(status=200, headers=(JSON,), body=json.dumps(value).encode())
        return [violation.pointer for violation in contract.reply_violations("x", reply)]

    assert [] == asked({"secret": "s", "name": "n"})
    assert ["/secret"] == asked({"name": "n"})
    assert ["/name"] == asked({"secret": "s"})
    assert [] == replied({"id": 1, "name": "n"})
    assert ["/id"] == replied({"name": "n"})
    # OpenAPI 3.0 forbids to send them. In 3.1 they are annotations.
    is_allowed = version == "3.1.0"
    assert is_allowed == (not asked({"id": 1, "secret": "s", "name": "n"}))
    assert is_allowed == (not replied({"id": 1, "secret": "s", "name": "n"}))


def test_a_long_chain() -> None:
    """A chain of thousands of schemas can be loaded."""
    chain = {f"L{number}": {"allOf": [ref(f"L{number + 1}")], "required": ["id"]} for number in range(3000)}
    members = {f"M{number}": {"allOf": [ref(f"M{number + 1}")]} for number in range(3000)}
    end = {"L3000": {"properties": {"id": ref("M0")}}, "M3000": ID}
    contract = contract_for(document_with(request_body({}), schemas=chain | members | end))
    assert () == contract.understand(request({})).violations
