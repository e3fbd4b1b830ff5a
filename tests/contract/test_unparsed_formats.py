"""Bodies in formats that the mock does not parse: only their media type is checked, and replies are plausible."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import Refusal
from mockserver.messages import Reply
from tests.support.documents import contract_for, document_with, request, request_body, response_body
from tests.support.messages import INTEGERS, NUMBERED, VALID, ViolationKeys, body_request
from tests.support.mock_violations import mock_violations

TEXT, INTEGER, BYTE = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "byte"}
ROWS = {"type": "array", "items": NUMBERED}

# The media type, its schema and a body.
UNCHECKED: dict[str, tuple[str, Any, bytes]] = {
    "CSV of rows": ("text/csv", ROWS, b"n\n5\n"),
    "CSV in Latin-1": ("text/csv", ROWS, b"n\n\xe9\n"),
    "CSV of an application": ("application/csv", NUMBERED, b"n\n5\n"),
    "NDJSON": ("application/x-ndjson", NUMBERED, b'{"n":1}\n{"n":2}\n'),
    "NDJSON as registered": ("application/ndjson", ROWS, b'{"n":1}\n'),
    "JSON lines": ("application/jsonl", NUMBERED, b'{"n":1}\n'),
    "a JSON sequence": ("application/json-seq", NUMBERED, b'\x1e{"n":1}\n'),
    "YAML": ("application/yaml", NUMBERED, b"n: 5\n"),
    "YAML as text": ("text/yaml", NUMBERED, b"n: 5\n"),
    "protobuf": ("application/x-protobuf", NUMBERED, b"\x08\x05"),
    "events": ("text/event-stream", NUMBERED, b'data: {"n":1}\n\n'),
    "a number as text": ("text/plain", INTEGER, b"5"),
    "a boolean as text": ("text/plain", {"type": "boolean"}, b"true"),
    "a list as text": ("text/plain", INTEGERS, b"1 2 3"),
    "a page of an object": ("text/html", NUMBERED, b"<p>5</p>"),
    "a number by reference": ("text/plain", {"$ref": "#/components/schemas/N"}, b"5"),
    "an alternative of objects": ("text/plain", {"oneOf": [NUMBERED, INTEGERS]}, b"5"),
    "a PDF": ("application/pdf", TEXT | {"format": "binary"}, b"%PDF-1.7\xff"),
    "a PDF with the format byte": ("application/pdf", BYTE, b"%PDF-1.7\xff"),
    "an image with the format byte": ("image/png", BYTE, b"\x89PNG\xff"),
    "an image of an object": ("image/png", NUMBERED, b"\x89PNG\xff"),
    "a ZIP archive": ("application/zip", TEXT | {"format": "binary"}, b"PK\x05\x06\xff"),
    "bytes with the format byte": ("application/octet-stream", BYTE, b"\x00\xff"),
    "a type of a vendor": ("application/vnd.example.v1", NUMBERED, b"anything"),
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("media_type", "schema", "body"), UNCHECKED.values(), ids=UNCHECKED)
def test_only_the_media_type_is_checked(version: str, media_type: str, schema: Any, body: bytes) -> None:
    """The body is accepted in a request and in a reply, and another media type is not."""
    document = document_with(
        request_body(schema, media_type) | response_body(schema, media_type), version=version, schemas={"N": INTEGER}
    )

    assert VALID == mock_violations(document, body_request(body, media_type))
    assert VALID == mock_violations(
        document, request(body, headers=(("content-type", media_type),)), reply(media_type, body)
    )
    assert [("body", "", "content")] == mock_violations(document, request(b"x"), reply("text/other", body))
    with pytest.raises(Refusal, match="unsupported-media-type"):
        contract_for(document).understand(body_request(body, "text/other"))


def reply(media_type: str, body: bytes) -> Reply:
    return Reply(status=200, headers=(("content-type", media_type),), body=body)


# A schema that allows a string is about the text itself.
TEXTS: dict[str, tuple[str, Any, bytes, ViolationKeys]] = {
    "a text": ("text/plain", {"type": "string", "maxLength": 3}, b"four", [("body", "", "maxLength")]),
    "a text with a pattern": ("text/plain", {"type": "string", "pattern": "^a$"}, b"a", VALID),
    "a text with another pattern": ("text/plain", {"pattern": "^a$"}, b"b", [("body", "", "pattern")]),
    "bytes with a pattern": ("application/octet-stream", {"pattern": "^a$"}, b"a", VALID),
    "a listed text": ("text/plain", {"enum": ["a", "b"]}, b"c", [("body", "", "enum")]),
    "a text or a number": (
        "text/plain",
        {"anyOf": [INTEGER, {"type": "string", "pattern": "^a"}]},
        b"b",
        [("body", "", "anyOf")],
    ),
    "a text with the format byte": ("text/plain", BYTE, b"*", [("body", "", "format")]),
    "the text of a CSV file": ("text/csv", {"type": "string", "maxLength": 3}, b"four", [("body", "", "maxLength")]),
    "bytes": ("application/octet-stream", {"type": "string", "maxLength": 3}, b"four", [("body", "", "maxLength")]),
    "anything": ("text/plain", {}, b"four", VALID),
}


@pytest.mark.parametrize(("media_type", "schema", "body", "violations"), TEXTS.values(), ids=TEXTS)
def test_the_text_itself_is_checked(media_type: str, schema: Any, body: bytes, violations: ViolationKeys) -> None:
    """A schema that allows a string still applies to the text."""
    document = document_with(request_body(schema, media_type), version="3.1.0")

    assert violations == mock_violations(document, body_request(body, media_type))


@pytest.mark.parametrize("media_type", ["text/csv", "application/x-ndjson", "multipart/mixed; boundary=B"])
def test_what_matchers_see(media_type: str) -> None:
    """Matchers of scenarios see the text of the body as an ordinary string, so that patterns match it."""
    document = document_with(request_body(NUMBERED, media_type.partition(";")[0]))
    body = contract_for(document).understand(body_request(b"n\n5\n", media_type)).call.body

    assert (str, "n\n5\n") == (type(body), body)
