"""Small OpenAPI documents for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.document.adjustments import adjust
from mockserver.contract.document.bundle import Bundle
from mockserver.contract.document.document import Document
from mockserver.contract.document.slips import remove_slips
from mockserver.contract.document.spec_folder import SpecFolder
from mockserver.messages import Headers, Request

__all__ = ["JSON", "contract_for", "document_with", "loaded", "request", "request_body", "response_body"]

JSON = ("content-type", "application/json")


def document_with(
    operation: Mapping[str, Any] | None = None,
    *,
    version: str = "3.0.3",
    template: str = "/x",
    method: str = "post",
    schemas: Mapping[str, Any] | None = None,
    **components: Any,
) -> dict[str, Any]:
    """A document with one operation, whose operationId is `x`."""
    return {
        "openapi": version,
        "info": {"title": "made in a test", "version": "1"},
        "paths": {
            template: {
                method: {"operationId": "x", "responses": {"200": {"description": "fine"}}} | dict(operation or {})
            }
        },
        "components": {"schemas": dict(schemas or {}), **components},
    }


def request_body(schema: Any, media_type: str = "application/json", **members: Any) -> dict[str, Any]:
    """The part of an operation that describes the request body."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, **members}}}}


def response_body(schema: Any, media_type: str = "application/json", **members: Any) -> dict[str, Any]:
    """The part of an operation that describes the reply with status 200."""
    return {"responses": {"200": {"description": "fine", "content": {media_type: {"schema": schema}}, **members}}}


def loaded(data: Mapping[str, Any]) -> Document:
    """A document as it is after loading, without a file."""
    copy = json.loads(json.dumps(data))
    path = Path("test.json")
    origins = Bundle(path, copy, SpecFolder(path)).join()
    remove_slips(copy, path, origins)
    adjust(copy)
    return Document(path=path, data=copy, files=())


def contract_for(data: Mapping[str, Any], *, compiled: bool = True) -> Contract:
    """The contract of a document."""
    return Contract(loaded(data), compiled=compiled)


def request(
    body: Any = None,
    *,
    method: str = "POST",
    path: str = "/x",
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
) -> Request:
    """A request. A body that is not bytes is sent as JSON."""
    if body is None:
        return Request(method=method, path=path, query=query, headers=Headers(headers))
    if not isinstance(body, bytes):
        body, headers = json.dumps(body).encode(), (JSON, *headers)
    return Request(method=method, path=path, query=query, headers=Headers(headers), body=body)
