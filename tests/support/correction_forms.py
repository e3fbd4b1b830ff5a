"""Forms that openapi-core validates incorrectly, by the name of the correction.

Each row: the document, the message, the verdict of openapi-core alone, and the violations that the mock finds.
"""

from __future__ import annotations

from typing import Any

from mockserver.messages import Request
from tests.support.documents import document_with, request_body
from tests.support.messages import INTEGERS, NUMBERED, VALID, ViolationKeys, body_request, form_request

__all__ = ["FORMS"]

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILES = {"type": "object", "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string"}}}}
DEFAULT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "string", "default": "x"}}}
JSON_FIELD = {"contentType": "application/json"}
PNG = b'--B\r\nContent-Disposition: form-data; name="n"\r\nContent-Type: image/png\r\n\r\nx\r\n--B--\r\n'


def urlencoded(schema: Any, *, version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    """A document with an urlencoded form."""
    return document_with(request_body(schema, URLENCODED, **members), version=version)


def multipart(schema: Any, *, version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    """A document with a multipart form, whose field `n` has a schema."""
    properties = {"type": "object", "properties": {"n": schema}}
    return document_with(request_body(properties, MULTIPART, **members), version=version)


def fields(text: str) -> Request:
    """A request with an urlencoded form."""
    return body_request(text.encode(), URLENCODED)


FORMS: dict[str, list[tuple[dict[str, Any], Request, str, ViolationKeys]]] = {
    "undocumented_fields": [
        (
            urlencoded(NUMBERED | {"additionalProperties": False}),
            fields("n=1&m=2"),
            "valid",
            [("body", "/m", "additionalProperties")],
        ),
        (
            urlencoded(NUMBERED | {"additionalProperties": {"type": "integer"}}),
            fields("m=x"),
            "valid",
            [("body", "/m", "type")],
        ),
        (urlencoded(NUMBERED | {"minProperties": 2}), fields("n=1&m=2"), "InvalidRequestBody", VALID),
        (
            urlencoded({"patternProperties": {"^m": {"type": "integer"}}}, version="3.1.0"),
            fields("m=x"),
            "valid",
            [("body", "/m", "type")],
        ),
    ],
    "composed_forms": [
        (
            urlencoded({"allOf": [{"allOf": [NUMBERED | {"required": ["n"]}]}]}),
            fields("n=1"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            urlencoded({"allOf": [{"allOf": [NUMBERED | {"required": ["n"]}]}]}),
            fields("n=x"),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
    ],
    "empty_form": [
        (urlencoded(NUMBERED), fields(""), "MissingRequiredRequestBody", VALID),
        (
            urlencoded(NUMBERED | {"required": ["n"]}),
            fields(""),
            "MissingRequiredRequestBody",
            [("body", "/n", "required")],
        ),
    ],
    "forms_without_objects": [
        (urlencoded({"type": "string"}), fields("n=1"), "InvalidRequestBody", VALID),
        (urlencoded({"allOf": [INTEGERS]}), fields("n=1"), "InvalidRequestBody", VALID),
    ],
    "form_defaults": [(urlencoded(DEFAULT), fields("m=1"), "valid", [("body", "/n", "required")])],
    "repeated_fields": [(urlencoded(NUMBERED), fields("n=1&n=2"), "valid", [("body", "/n", "type")])],
    "field_encodings": [
        (
            urlencoded({"type": "object", "properties": {"n": NUMBERED}}),
            fields('n={"n":1}'),
            "RequestBodyValidationError",
            VALID,
        ),
        (
            multipart({"type": "array", "items": NUMBERED}),
            form_request(("n", '[{"n":1}]')),
            "InvalidRequestBody",
            VALID,
        ),
        (
            multipart({"type": "string"}, encoding={"n": {"allowReserved": True}}),
            form_request(("n", "a/b")),
            "InvalidRequestBody",
            VALID,
        ),
        (
            multipart(INTEGERS, encoding={"n": JSON_FIELD}),
            form_request(("n", '[1,"2"]')),
            "InvalidRequestBody",
            [("body", "/n/1", "type")],
        ),
    ],
    "multipart_parts": [
        (
            document_with(request_body(NUMBERED, "multipart/form-data")),
            form_request(("n", "5")),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body(NUMBERED, "multipart/form-data")),
            form_request(("n", "five")),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
        (
            document_with(request_body(FILES, "multipart/form-data"), version="3.1.0"),
            form_request(("other", "x")),
            "InvalidRequestBody",
            VALID,
        ),
    ],
    "part_headers": [
        (
            multipart({"type": "string", "format": "binary"}, encoding={"n": {"contentType": "image/gif"}}),
            body_request(PNG, "multipart/form-data; boundary=B"),
            "valid",
            [("body", "/n", "contentType")],
        ),
        (
            multipart(
                {"type": "string", "format": "binary"},
                encoding={"n": {"contentType": "image/png", "headers": {"X-A": {"required": True, "schema": {}}}}},
            ),
            body_request(PNG, "multipart/form-data; boundary=B"),
            "valid",
            [("body", "/n", "headers")],
        ),
    ],
}
