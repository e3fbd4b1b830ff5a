"""How messages are read: forms, XML, headers, parameters that are JSON, and what is hostile in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.errors import Refusal
from mockserver.messages import Headers, Reply, Request
from tests.support.documents import JSON, body_of, contract_of, described, request, response_of
from tests.support.messages import FINE, INTEGERS, NUMBERED, Found, form, query, sent
from tests.support.plain import verdict_on_request
from tests.support.verdicts import said_here


def test_xml_must_be_well_formed() -> None:
    """Of XML nothing is judged but that it is XML."""
    contract = contract_of(described(body_of({"type": "object"}, "application/xml")))
    with pytest.raises(Refusal) as refused:
        contract.understand(sent(b"<a>", "application/xml"))
    assert "malformed-body" == refused.value.kind


FORMS: dict[str, tuple[Request, Any]] = {
    "numbers, texts and JSON": (
        form(("n", "5"), ("text", "Ã©"), ("json", '{"n":1}')),
        {"n": 5, "text": "é", "json": {"n": 1}},
    ),
    "a list": (form(("list", "1"), ("list", "2")), {"list": [1, 2]}),
    "binary data": (
        form(("file", "\x00\xff"), ("files", "\xff"), ("files", "b")),
        {"file": "\x00\xff", "files": ["\xff", "b"]},
    ),
    "nothing": (form(("other", "x")), {}),
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
    """The parts of a form become what their schemas say, in 3.0 and in 3.1."""
    understood = contract_of(described(body_of(WITH_FORMS, "multipart/form-data"), version=version)).understand(message)
    assert ((), expected) == (understood.violations, understood.call.body)


HOSTILE: dict[str, tuple[dict[str, Any], Any]] = {
    "a pattern that backtracks": ({"pattern": "^(a+)+$"}, "a" * 50_000 + "!"),
    "the same for names": (
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        {"a" * 50_000 + "!": 1},
    ),
    "the same for unevaluated names": (
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False},
        {"a" * 50_000 + "!": 1},
    ),
    "a long list of objects": ({"uniqueItems": True}, [{"a": number} for number in range(20_000)] + [{"a": 1}]),
}


@pytest.mark.parametrize(("schema", "value"), HOSTILE.values(), ids=HOSTILE)
def test_bounded_time(schema: dict[str, Any], value: Any) -> None:
    """Values that would take openapi-core hours are refused; otherwise this test would not end."""
    contract = contract_of(described(body_of(schema), version="3.1.0"))

    assert contract.understand(request(value)).violations


def test_a_codec_that_is_none_of_the_webs_is_left_out() -> None:
    """Python's punycode takes minutes for a megabyte: the client's charset does not choose it."""
    contract = contract_of(described(body_of({"type": "string"}, "text/plain")))
    body = b"a" * 500_000 + b"-" + b"b" * 500_000

    assert () == contract.understand(sent(body, "text/plain; charset=punycode")).violations


def test_repeated_headers_of_a_reply() -> None:
    """Two media types on one reply are none, to the compiled path too."""
    document = described(response_of(NUMBERED))
    reply = Reply(status=200, headers=(JSON, ("Content-Type", "text/plain")), body=json.dumps({}).encode())
    assert [("body", "", "content")] == said_here(document, request(), reply)


def test_headers_of_a_reply_are_found_without_case() -> None:
    """A documented header is looked for as HTTP compares names."""
    header = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    document = described(response_of(NUMBERED, headers=header))
    for name, value, expected in (
        ("retry-after", "1", FINE),
        ("RETRY-AFTER", "soon", [("header", "/Retry-After", "type")]),
        ("other", "1", [("header", "/Retry-After", "required")]),
    ):
        reply = Reply(status=200, headers=(JSON, (name, value)), body=b"{}")
        assert expected == said_here(document, request(), reply)


def test_an_empty_body_has_no_media_type() -> None:
    """A body that may be absent and is empty passes, whatever its Content-Type, as openapi-core has it."""
    document = described(body_of(NUMBERED))
    document["paths"]["/x"]["post"]["requestBody"]["required"] = False
    message = Request(method="POST", path="/x", headers=Headers([("content-type", "text/plain")]))
    assert "yes" == verdict_on_request(document, message)
    assert FINE == said_here(document, message)


CONTENT: dict[str, tuple[str, str, Found]] = {
    "an object": ('q={"n":1}', "yes", FINE),
    "an object of another kind": ('q={"n":"x"}', "InvalidParameter", [("query", "/q/n", "type")]),
    "no JSON": ("q={", "ParameterValidationError", [("query", "/q", "content")]),
}


@pytest.mark.parametrize(("text", "plain", "here"), CONTENT.values(), ids=CONTENT)
def test_parameters_that_are_json(text: str, plain: str, here: Found) -> None:
    """A parameter with `content` is read as that says; here openapi-core does not err."""
    document = described(
        {"parameters": [{"name": "q", "in": "query", "content": {"application/json": {"schema": NUMBERED}}}]}
    )
    assert plain == verdict_on_request(document, query(text))
    assert here == said_here(document, query(text))
