"""Booleans and numbers that are sent as text are written as in JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from mockserver.contract.contract import Contract
from mockserver.messages import Reply, Request
from tests.support.documents import contract_for, document_with, request, request_body, response_body

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}
NOT_BOOLEANS = ["True", "TRUE", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n", "true ", " false", "null", "a"]
NOT_NUMBERS = [
    "1_000",
    " 5",
    "5 ",
    "\u0663",
    "\uff11",
    "NaN",
    "nan",
    "-inf",
    "Infinity",
    "+1",
    "1.",
    ".5",
    "-",
    "0x10",
    "1e",
    "1e400",
    "-1e400",
    "007",
    "-01",
    "00",
    "1,5",
    "--1",
    "true",
    "a",
    "9" * 5000,
]
READ: dict[str, tuple[str, list[str], list[str]]] = {
    "boolean": ("boolean", ["true", "false"], NOT_BOOLEANS),
    "integer": ("integer", ["0", "-0", "5", "-17", "9" * 20], NOT_NUMBERS),
    "number": ("number", ["0", "-0.0", "5", "1.5", "1e3", "1E+3", "-2.5e-3", "9" * 20], NOT_NUMBERS),
}


def with_parameter(place: str, schema: Any, version: str, *, compiled: bool) -> Contract:
    one = {"name": "q", "in": place, "required": True, "schema": schema}
    template = "/x/{q}" if place == "path" else "/x"
    return contract_for(document_with({"parameters": [one]}, version=version, template=template), compiled=compiled)


def sent(place: str, text: str) -> Request:
    match place:
        case "path":
            return request(path=f"/x/{quote(text, safe='')}")
        case "query":
            return request(query=f"q={quote(text, safe='')}")
        case "header":
            return request(headers=(("q", text),))
    return request(headers=(("cookie", f"q={text}"),))


def keywords(contract: Contract, message: Request) -> list[str]:
    return [violation.keyword for violation in contract.understand(message).violations]


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("place", ["path", "query", "header", "cookie"])
def test_parameters(place: str, name: str, version: str, compiled: bool) -> None:  # noqa: FBT001 - a column of the table
    """A parameter is a boolean or a number only if it is written as in JSON."""
    kind, valid, invalid = READ[name]
    contract = with_parameter(place, {"type": kind}, version, compiled=compiled)
    # A cookie is trimmed when the header is read.
    outer = [text for text in invalid if place != "cookie" or text == text.strip()]

    assert [] == [text for text in valid if keywords(contract, sent(place, text))]
    assert [] == [text for text in outer if keywords(contract, sent(place, text)) != ["type"]]


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize(
    ("version", "expected"), [("3.0.3", ["type"]), ("3.1.0", [])], ids=["JSON Schema of 3.0", "JSON Schema of 3.1"]
)
@pytest.mark.parametrize("text", ["5.0", "1e2", "-3.00", "15e-1e", "1.5"])
def test_integers_with_a_fraction(version: str, expected: list[str], text: str, compiled: bool) -> None:  # noqa: FBT001 - as above
    """`5.0` is an integer in OpenAPI 3.1 but not in 3.0, in parameters as in JSON bodies. `1.5` is never one."""
    contract = with_parameter("query", {"type": "integer"}, version, compiled=compiled)
    is_whole = text not in {"1.5", "15e-1e"}

    assert (expected if is_whole else ["type"]) == keywords(contract, sent("query", text))


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("name", READ)
def test_form_members(name: str, media_type: str) -> None:
    """A member of a form is read like a parameter."""
    kind, valid, invalid = READ[name]
    schema = {"type": "object", "properties": {"q": {"type": kind}}}
    contract = contract_for(document_with(request_body(schema, media_type)))

    def form(text: str) -> Request:
        if media_type.startswith("multipart"):
            head = 'Content-Disposition: form-data; name="q"'
            body = f"--B\r\n{head}\r\n\r\n{text}\r\n--B--\r\n"
            return request(body.encode(), headers=(("content-type", f"{media_type}; boundary=B"),))
        return request(f"q={quote(text)}".encode(), headers=(("content-type", media_type),))

    assert [] == [text for text in valid if keywords(contract, form(text))]
    assert [] == [text for text in invalid if keywords(contract, form(text)) != ["type"]]


@pytest.mark.parametrize("name", READ)
def test_headers_of_replies(name: str) -> None:
    """A header of a reply is read like a parameter."""
    kind, valid, invalid = READ[name]
    contract = contract_for(document_with(response_body({}, headers={"X-Q": {"schema": {"type": kind}}})))

    def found(text: str) -> list[str]:
        reply = Reply(status=200, headers=(("content-type", "application/json"), ("x-q", text)), body=b"{}")
        return [violation.keyword for violation in contract.reply_violations("x", reply)]

    assert [] == [text for text in valid if found(text)]
    assert [] == [text for text in invalid if found(text) != ["type"]]


MESSAGES = {
    "boolean": ({"type": "boolean"}, "yes", '"yes" is not a boolean (true or false)'),
    "integer": ({"type": "integer"}, "1_000", '"1_000" is not an integer (written as in JSON, such as 10 or -5)'),
    "number": ({"type": "number"}, "1.", '"1." is not a number (written as in JSON, such as 10 or -0.5)'),
    "an item of a list": (
        {"type": "array", "items": {"type": "integer"}},
        "x",
        '"x" is not an integer (written as in JSON, such as 10 or -5)',
    ),
}


@pytest.mark.parametrize(("schema", "text", "message"), MESSAGES.values(), ids=MESSAGES)
def test_messages(schema: Any, text: str, message: str) -> None:
    """The message quotes the value and says how such values are written."""
    contract = with_parameter("query", schema, "3.0.3", compiled=True)

    assert [message] == [each.message for each in contract.understand(sent("query", text)).violations]
