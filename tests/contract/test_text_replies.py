"""Replies that are any text: compiled operations accept only what openapi-core accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Contract
from mockserver.messages import Reply

MEDIA_TYPES = (
    *("text/plain", "text/html", "text/csv", "text/event-stream", "application/openmetrics-text", "text/xml"),
    *("application/octet-stream", "image/png", "application/xml", "image/svg+xml", "application/yaml"),
    *("application/x-www-form-urlencoded", "multipart/form-data", "application/problem+json"),
)
BODIES = (b"abc\n", b"a=1&b=2", b"", "ü".encode(), b"\xfc", b'"x"', b"1", b"null", b"a\x00b", b"<a/>")
PARAMETERS = (
    *("", "; charset=utf-8", '; charset="UTF-8"', "; charset=utf-8; v=2", "; charset=utf-8x", "; charset=latin-1"),
    *("; charset=nothing", "; version=0.0.4", "; v=2"),
)


@pytest.fixture(name="contracts", scope="module")
def _contracts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Contract, Contract]:
    """A contract whose replies are checked by compiled operations first, and one that only openapi-core checks."""
    path = tmp_path_factory.mktemp("texts") / "spec.json"
    content: dict[str, Any] = {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES}
    # Of these two, openapi-core chooses.
    content["text/csv; v=2"] = {"schema": {"type": "string", "maxLength": 2}}
    responses = {"200": {"description": "A text.", "content": content}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Texts", "version": "1"},
        "paths": {"/text": {"get": {"operationId": "text", "responses": responses}}},
    }
    path.write_text(json.dumps(document), "utf-8")
    return Contract.load(path), Contract.load(path, compiled=False)


@pytest.mark.parametrize("parameters", PARAMETERS)
@pytest.mark.parametrize("media_type", [*MEDIA_TYPES, "text/other"])
def test_the_same_as_openapi_core(contracts: tuple[Contract, Contract], media_type: str, parameters: str) -> None:
    """Every body has the same violations with and without compiled operations."""
    for body in BODIES:
        reply = Reply(status=200, headers=(("Content-Type", media_type + parameters),), body=body)
        compiled, decisive = (contract.reply_violations("text", reply) for contract in contracts)
        assert decisive == compiled, body


@pytest.mark.parametrize("media_type", ["text/plain; charset=utf-8", "text/event-stream", "application/octet-stream"])
def test_openapi_core_is_not_needed(contracts: tuple[Contract, Contract], tmp_path: Path, media_type: str) -> None:
    """A text in ASCII is accepted without openapi-core, which takes long to import."""
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(contracts[0].document.data), "utf-8")
    contract = Contract.load(path)

    assert [] == contract.reply_violations(
        "text", Reply(status=200, headers=(("content-type", media_type),), body=b"abc")
    )
    assert not contract.is_prepared
