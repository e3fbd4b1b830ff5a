"""How messages are read: forms, XML, headers, parameters with JSON, and hostile content."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.errors import Refusal
from mockserver.messages import Headers, Reply, Request
from tests.support.documents import JSON, contract_for, document_with, request, request_body, response_body
from tests.support.messages import INTEGERS, NUMBERED, VALID, ViolationKeys, body_request, form_request, query_request
from tests.support.mock_violations import mock_violations
from tests.support.plain_openapi_core import verdict_on_request


def test_xml_must_be_well_formed() -> None:
    """XML is only checked for being well-formed."""
    contract = contract_for(document_with(request_body({"type": "object"}, "application/xml")))
    with pytest.raises(Refusal) as refused:
        contract.understand(body_request(b"<a>", "application/xml"))
    assert "malformed-body" == refused.value.kind


FORMS: dict[str, tuple[Request, Any]] = {
    "numbers, texts and JSON": (
        form_request(("n", "5"), ("text", "Ã©"), ("json", '{"n":1}')),
        {"n": 5, "text": "é", "json": {"n": 1}},
    ),
    "a list": (form_request(("list", "1"), ("list", "2")), {"list": [1, 2]}),
    "binary data": (
        form_request(("file", "\x00\xff"), ("files", "\xff"), ("files", "b")),
        {"file": "\x00\xff", "files": ["\xff", "b"]},
    ),
    "an undocumented part": (form_request(("other", "x")), {"other": "x"}),
}
WITH_FORMS = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "text": {"type": "string"},
        "json": NUMBERED,
        "list": INTEGERS,
        "file": {"type": "string", "format": "binary"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("message", "expected"), FORMS.values(), ids=FORMS)
def test_multipart_parts_are_cast(version: str, message: Request, expected: Any) -> None:
    """The parts of a form are converted to the types in their schemas, in 3.0 and in 3.1."""
    understood = contract_for(
        document_with(request_body(WITH_FORMS, "multipart/form-data"), version=version)
    ).understand(message)
    assert ((), expected) == (understood.violations, understood.call.body)


HOSTILE: dict[str, tuple[dict[str, Any], Any]] = {
    "a pattern that backtracks": ({"pattern": "^(a+)+$"}, "a" * 50_000 + "!"),
    "a pattern of names that backtracks": (
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        {"a" * 50_000 + "!": 1},
    ),
    "a pattern of names that backtracks, with unevaluatedProperties": (
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False},
        {"a" * 50_000 + "!": 1},
    ),
    "a long list of objects": ({"uniqueItems": True}, [{"a": number} for number in range(20_000)] + [{"a": 1}]),
}


@pytest.mark.parametrize(("schema", "value"), HOSTILE.values(), ids=HOSTILE)
def test_bounded_time(schema: dict[str, Any], value: Any) -> None:
    """Values that would take openapi-core hours are refused; otherwise this test would not end."""
    contract = contract_for(document_with(request_body(schema), version="3.1.0"))

    assert contract.understand(request(value)).violations


def test_an_unusual_charset_is_ignored() -> None:
    """A client cannot choose the codec punycode, with which Python takes minutes for a megabyte."""
    contract = contract_for(document_with(request_body({"type": "string"}, "text/plain")))
    body = b"a" * 500_000 + b"-" + b"b" * 500_000

    assert () == contract.understand(body_request(body, "text/plain; charset=punycode")).violations


def test_repeated_headers_of_a_reply() -> None:
    """A reply with two Content-Type headers has no documented media type, also with compiled schemas."""
    document = document_with(response_body(NUMBERED))
    reply = Reply(status=200, headers=(JSON, ("Content-Type", "text/plain")), body=json.dumps({}).encode())
    assert [("body", "", "content")] == mock_violations(document, request(), reply)


def test_headers_of_a_reply_are_found_without_case() -> None:
    """A documented header is found in any case."""
    header = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    document = document_with(response_body(NUMBERED, headers=header))
    for name, value, expected in (
        ("retry-after", "1", VALID),
        ("RETRY-AFTER", "soon", [("header", "/Retry-After", "type")]),
        ("other", "1", [("header", "/Retry-After", "required")]),
    ):
        reply = Reply(status=200, headers=(JSON, (name, value)), body=b"{}")
        assert expected == mock_violations(document, request(), reply)


def test_the_media_type_of_an_empty_body_is_ignored() -> None:
    """An empty body is valid where no body is required, with any Content-Type. openapi-core does the same."""
    document = document_with(request_body(NUMBERED))
    document["paths"]["/x"]["post"]["requestBody"]["required"] = False
    message = Request(method="POST", path="/x", headers=Headers([("content-type", "text/plain")]))
    assert "valid" == verdict_on_request(document, message)
    assert VALID == mock_violations(document, message)


CONTENT: dict[str, tuple[str, str, ViolationKeys]] = {
    "an object": ('q={"n":1}', "valid", VALID),
    "an invalid object": ('q={"n":"x"}', "InvalidParameter", [("query", "/q/n", "type")]),
    "not JSON": ("q={", "ParameterValidationError", [("query", "/q", "content")]),
}


@pytest.mark.parametrize(("text", "verdict", "violations"), CONTENT.values(), ids=CONTENT)
def test_parameters_that_are_json(text: str, verdict: str, violations: ViolationKeys) -> None:
    """A parameter with `content` is parsed by its media type. openapi-core alone does this correctly."""
    document = document_with(
        {"parameters": [{"name": "q", "in": "query", "content": {"application/json": {"schema": NUMBERED}}}]}
    )
    assert verdict == verdict_on_request(document, query_request(text))
    assert violations == mock_violations(document, query_request(text))
