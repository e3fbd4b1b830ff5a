"""Documented reply headers that HTTP defines: those of the connection are the server's, others follow their grammar."""

from __future__ import annotations

import random
import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from mockserver.messages import Call, Reply
from mockserver.samples.sample_replies import SampleReplies
from tests.support.documents import JSON, contract_for, document_with, request, response_body
from tests.support.messages import VALID
from tests.support.mock_violations import mock_violations

TEXT = {"type": "string"}
SERVER = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Date",
    "Keep-Alive",
    "Server",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Vary",
    "content-length",
]


def described(name: str, schema: Any, **members: Any) -> dict[str, Any]:
    """A document whose reply has one header."""
    return document_with(response_body({"enum": [1]}, headers={name: {"schema": schema, **members}}))


def made(document: dict[str, Any]) -> dict[str, str]:
    """The headers of the reply that is made from the contract, without the media type."""
    reply = SampleReplies(contract_for(document)).make(
        Call(request=request(), operation="x", path={}), random.Random(1)
    )
    return {name: value for name, value in reply.headers if name != "content-type"}


@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize("schema", [TEXT, {"type": "integer"}, {"type": "boolean", "example": True}], ids=str)
@pytest.mark.parametrize("name", SERVER)
def test_headers_of_the_server(name: str, schema: Any, required: bool) -> None:  # noqa: FBT001  # a column of the table
    """A header of the connection or of CORS is never made up, and a reply without it is valid."""
    document = described(name, schema, required=required)

    assert {} == made(document)
    assert VALID == mock_violations(document, request(), Reply(status=200, headers=(JSON,), body=b"1"))


def test_such_a_header_is_checked_if_it_is_sent() -> None:
    """A value that a reply has is validated; another required header is still missing."""
    sent = Reply(status=200, headers=(JSON, ("Content-Length", "many")), body=b"1")
    required = {"required": True}

    assert [("header", "/Content-Length", "type")] == mock_violations(
        described("Content-Length", {"type": "integer"}, **required), request(), sent
    )
    assert [("header", "/X-Date", "required")] == mock_violations(
        described("X-Date", TEXT, **required), request(), Reply(status=200, headers=(JSON,), body=b"1")
    )


def is_date(value: str) -> bool:
    return value.endswith(" GMT") and parsedate_to_datetime(value).strftime("%a, %d %b %Y %H:%M:%S GMT") == value


GRAMMAR: dict[str, tuple[str, Any]] = {
    "Accept-Ranges": ("none", TEXT),
    "Age": ("0", TEXT),
    "Allow": ("GET, HEAD", TEXT),
    "Cache-Control": ("no-store", TEXT),
    "Content-Disposition": ('attachment; filename="example"', TEXT),
    "Content-Language": ("en", TEXT),
    "Content-Location": ("/[a-z]+/[0-9]+", TEXT),
    "ETag": ('"[0-9a-f]{16}"', TEXT),
    "Link": ('</>; rel="self"', TEXT),
    "Location": ("/[a-z]+/[0-9]+", TEXT),
    "location": ("https://example.com/[a-z]+/[0-9]+", {"type": "string", "format": "uri"}),
    "Retry-After": ("1", {"type": "integer"}),
    "retry-after": ("1", TEXT),
    "Set-Cookie": ("session=[0-9a-f]{16}; Path=/; HttpOnly", TEXT),
    "WWW-Authenticate": ("Bearer", TEXT),
    "www-authenticate": ("Basic", {"type": "string", "pattern": "^Basic"}),
}


@pytest.mark.parametrize(("name", "case"), GRAMMAR.items(), ids=GRAMMAR)
def test_a_header_follows_its_grammar(name: str, case: tuple[str, Any]) -> None:
    """A header that HTTP defines has a value in its grammar, of the type that the schema wants."""
    pattern, schema = case
    found = made(described(name, schema))

    assert [name.lower()] == list(found)
    assert re.fullmatch(pattern, found[name.lower()]), found


@pytest.mark.parametrize("name", ["Last-Modified", "Expires"])
def test_dates(name: str) -> None:
    """A date has the format of HTTP, or of RFC 3339 if the schema requires it."""
    assert is_date(made(described(name, TEXT))[name.lower()])
    assert re.fullmatch(
        r"2026-\d\d-\d\dT[\d:]{8}Z", made(described(name, TEXT | {"format": "date-time"}))[name.lower()]
    )


DOCUMENTED: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "an example": ("Location", {"example": "/books/1"}, TEXT, "/books/1"),
    "one of several examples": ("ETag", {"examples": {"a": {"value": '"1"'}}}, TEXT, '"1"'),
    "an example of the schema": ("Location", {}, TEXT | {"example": "/books/2"}, "/books/2"),
    "a listed value": ("Cache-Control", {}, {"enum": ["max-age=60"]}, "max-age=60"),
    "a number": ("Retry-After", {}, {"type": "integer", "minimum": 30, "maximum": 30}, "30"),
    "a type that the grammar does not have": ("ETag", {}, {"type": "integer", "enum": [7]}, "7"),
}


@pytest.mark.parametrize(("name", "members", "schema", "value"), DOCUMENTED.values(), ids=DOCUMENTED)
def test_the_document_decides(name: str, members: dict[str, Any], schema: Any, value: str) -> None:
    """A published example, or a value that the schema requires, comes before a usual one."""
    assert {name.lower(): value} == made(described(name, schema, **members))
