"""Documents with more than a thousand operations and recursive schemas."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Contract
from mockserver.messages import Reply
from tests.support.documents import JSON, request


def large(operations: int) -> dict[str, Any]:
    """A document with many operations, whose schemas refer to each other and to themselves."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for number in range(operations):
        near = f"#/components/schemas/Thing{(number + 1) % operations // 10}"
        name = f"Thing{number // 10}"
        schemas[name] = {
            "type": "object",
            "description": "A thing that refers to the next and to itself. " * 20,
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "amount": {"type": "integer", "format": "int64", "minimum": 0},
                "parent": {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "nullable": True},
                "next": {"oneOf": [{"$ref": near}, {"type": "string"}]},
                **{f"member{index}": {"type": "string", "example": "x" * 50, "maxLength": 500} for index in range(40)},
            },
        }
        reference = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        paths[f"/v1/things{number}/{{id}}"] = {
            "post": {
                "operationId": f"operation{number}",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": True, "content": reference},
                "responses": {"200": {"description": "d", "content": reference}},
            }
        }
    return {"openapi": "3.0.3", "info": {"title": "large"}, "paths": paths, "components": {"schemas": schemas}}


def written(folder: Path, operations: int) -> Path:
    path = folder / "large.json"
    path.write_text(json.dumps(large(operations)), "utf-8")
    return path


def test_a_large_recursive_document(tmp_path: Path) -> None:
    """An operation is compiled when it is first used. Each of 1,200 operations works."""
    contract = Contract.load(written(tmp_path, 1_200))
    assert {} == contract._validator._compiled

    thing = {"id": "c40bea18-c0c9-44b1-bd0c-43f5283e1670", "amount": 1, "parent": None, "next": "x"}
    thing["parent"] = dict(thing)
    for number in range(0, 1_200, 200):
        call = request(thing, path=f"/v1/things{number}/1")
        assert () == contract.understand(call).violations
        reply = Reply(status=200, headers=(JSON,), body=json.dumps(thing).encode())
        assert [] == contract.reply_violations(f"operation{number}", reply)
    assert "openapi_core" not in vars(contract._validator)


def test_loading_needs_little_memory(tmp_path: Path) -> None:
    """The schemas stay references; with the references replaced they would need many times the memory."""
    path = written(tmp_path, 200)
    tracemalloc.start()
    Contract.load(path)
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert memory < 30 * path.stat().st_size


def test_what_is_compiled_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operations compiled first are dropped above the limit, and compiled again when they are called."""
    monkeypatch.setattr("mockserver.contract.message_validator.MAX_COMPILED_SCHEMAS", 200)
    contract = Contract.load(written(tmp_path, 1_000))
    for number in (*range(0, 1_000, 100), 0):
        call = request({"id": "not a UUID"}, path=f"/v1/things{number}/1")
        assert ["format"] == [violation.keyword for violation in contract.understand(call).violations]
    assert len(contract._validator._compiled or {}) < 5
