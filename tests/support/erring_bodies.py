"""Bodies and replies about which openapi-core errs, by the name of the correction.

Each row: the document, what is asked, what openapi-core alone says, and what is said here.
"""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply, Request
from tests.support.documents import JSON, body_of, described, request, response_of
from tests.support.messages import FINE, NUMBERED, Found, form, nested, sent

__all__ = ["BODIES", "REPLIES"]

FILES = {"type": "object", "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string"}}}}
MAPPED = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}],
    "discriminator": {"propertyName": "kind", "mapping": {"c": "Cat"}},
}
CATS = {"Cat": {"type": "object", "properties": {"lives": {"type": "integer"}}}}
NODE = {
    "type": "object",
    "additionalProperties": {"allOf": [{"anyOf": [{"oneOf": [{"allOf": [{"$ref": "#/components/schemas/Node"}]}]}]}]},
}


def without_responses(version: str) -> dict[str, Any]:
    document = described(version=version)
    del document["paths"]["/x"]["post"]["responses"]
    return document


BODIES: dict[str, list[tuple[dict[str, Any], Request, str, Found]]] = {
    "null_beside_all_of": [
        (
            described(body_of({"nullable": True, "allOf": [NUMBERED]})),
            sent(b"null", "application/json"),
            "InvalidRequestBody",
            FINE,
        ),
        (
            described(body_of({"allOf": [NUMBERED]})),
            sent(b"null", "application/json"),
            "InvalidRequestBody",
            [("body", "", "type")],
        ),
    ],
    "bare_discriminator_mapping": [
        (described(body_of(MAPPED), schemas=CATS), request({"kind": "c"}), "InvalidRequestBody", FINE),
        (
            described(body_of(MAPPED), schemas=CATS),
            request({"kind": "c", "lives": "nine"}),
            "InvalidRequestBody",
            [("body", "/lives", "type")],
        ),
    ],
    "boolean_schema": [
        (described(body_of(True), version="3.1.0"), request({}), "falls over: TypeError", FINE),  # noqa: FBT003  # the schema
        (
            described(body_of(False), version="3.1.0"),  # noqa: FBT003  # the schema
            request({}),
            "falls over: TypeError",
            [("body", "", "not")],
        ),
    ],
    "media_type_ranges": [
        (described(body_of(NUMBERED, "*/*")), request({}), "InvalidRequestBody", FINE),
        (described(body_of(NUMBERED, "*/*")), request([]), "InvalidRequestBody", [("body", "", "type")]),
    ],
    "media_type_parameters": [
        (described(body_of(NUMBERED)), sent(b"{}", "application/json; x"), "falls over: ValueError", FINE),
        (described(body_of(NUMBERED)), sent(b"{}", "application/json; a=b=c"), "falls over: ValueError", FINE),
        (described(body_of(NUMBERED)), sent(b"{}", "application/json; schema=x"), "falls over: TypeError", FINE),
        (
            described(body_of({"type": "string"}, "text/plain")),
            sent(b"x", "text/plain; charset=nobody-knows"),
            "falls over: LookupError",
            FINE,
        ),
    ],
    "json_suffix": [
        (
            described(body_of(NUMBERED, "application/merge-patch+json")),
            sent(b"{}", "application/merge-patch+json"),
            "InvalidRequestBody",
            FINE,
        ),
        (
            described(body_of(NUMBERED, "application/merge-patch+json")),
            sent(b'{"n":"x"}', "application/merge-patch+json"),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
    ],
    "other_media_types": [
        (
            described(body_of({"type": "string"}, "text/csv")),
            sent("é,1".encode(), "text/csv"),
            "InvalidRequestBody",
            FINE,
        ),
        (
            described(body_of({"type": "string", "format": "binary"}, "application/pdf"), version="3.1.0"),
            sent(b"%PDF\xff", "application/pdf"),
            "InvalidRequestBody",
            FINE,
        ),
        (
            described(body_of({"type": "string", "maxLength": 3}, "text/csv")),
            sent("é,1,2".encode(), "text/csv"),
            "InvalidRequestBody",
            [("body", "", "maxLength")],
        ),
    ],
    "opaque_bodies": [
        (
            described(body_of({"type": "object"}, "application/xml")),
            sent(b"<a/>", "application/xml"),
            "InvalidRequestBody",
            FINE,
        ),
        (
            described(body_of({"type": "object", "properties": {"a": {}}}, "multipart/related")),
            sent(b"--B--", "multipart/related; boundary=B"),
            "falls over: TypeError",
            FINE,
        ),
    ],
    "multipart_parts": [
        (described(body_of(NUMBERED, "multipart/form-data")), form(("n", "5")), "InvalidRequestBody", FINE),
        (
            described(body_of(NUMBERED, "multipart/form-data")),
            form(("n", "five")),
            "InvalidRequestBody",
            [("body", "", "type")],
        ),
        (
            described(body_of(FILES, "multipart/form-data"), version="3.1.0"),
            form(("other", "x")),
            "InvalidRequestBody",
            FINE,
        ),
    ],
    "patterns": [
        (described(body_of({"pattern": "^\\p{L}$"})), request("é"), "falls over: error", FINE),
        (described(body_of({"pattern": "^a$"})), request("a\n"), "yes", [("body", "", "pattern")]),
        (described(body_of({"pattern": "^\\d$"})), request("٣"), "yes", [("body", "", "pattern")]),
        (
            described(body_of({"patternProperties": {"^\\p{L}$": {"type": "integer"}}}), version="3.1.0"),
            request({"é": "x"}),
            "falls over: error",
            [("body", "/é", "type")],
        ),
        (
            described(body_of({"patternProperties": {"^a$": {}}, "additionalProperties": False}), version="3.1.0"),
            request({"a": 1, "a\n": 2}),
            "yes",
            [("body", "/a\n", "additionalProperties")],
        ),
        (
            described(body_of({"patternProperties": {"^a$": {}}, "unevaluatedProperties": False}), version="3.1.0"),
            request({"a": 1, "a\n": 2}),
            "yes",
            [("body", "/a\n", "unevaluatedProperties")],
        ),
    ],
    "unique_items": [
        (
            described(body_of({"uniqueItems": True})),
            request([[True], [1], [True]]),
            "yes",
            [("body", "", "uniqueItems")],
        ),
        (
            described(body_of({"uniqueItems": True})),
            request([1, 1.0]),
            "InvalidRequestBody",
            [("body", "", "uniqueItems")],
        ),
    ],
    "multiple_of": [
        (described(body_of({"multipleOf": 0.01})), request(19.99), "InvalidRequestBody", FINE),
        (described(body_of({"multipleOf": 0.01})), request(19.999), "InvalidRequestBody", [("body", "", "multipleOf")]),
    ],
    "unknown_dialect": [
        (
            described(body_of(NUMBERED), version="3.1.0") | {"jsonSchemaDialect": "urn:nobody:knows"},
            request({}),
            "falls over: ValueError",
            FINE,
        ),
    ],
    "deep_bodies": [
        (
            described(body_of({"$ref": "#/components/schemas/Node"}), schemas={"Node": NODE}),
            request(nested(60, {})),
            "falls over: RecursionError",
            FINE,
        ),
        (
            described(body_of({"$ref": "#/components/schemas/Node"}), schemas={"Node": NODE}),
            request(nested(60, 1)),
            "falls over: RecursionError",
            [("body", "/a" * 60, "type")],
        ),
    ],
}

REPLIES: dict[str, list[tuple[dict[str, Any], Reply, str, Found]]] = {
    "null_beside_all_of": [
        (
            described(response_of({"nullable": True, "allOf": [NUMBERED]})),
            Reply(status=200, headers=(JSON,), body=b"null"),
            "InvalidData",
            FINE,
        ),
    ],
    "json_suffix": [
        (
            described(response_of(NUMBERED, "application/problem+json")),
            Reply(status=200, headers=(("content-type", "application/problem+json"),), body=b"{}"),
            "InvalidData",
            FINE,
        ),
    ],
    "other_media_types": [
        (
            described(response_of({"type": "string"}, "text/event-stream")),
            Reply(status=200, headers=(("content-type", "text/event-stream"),), body=b"data: 1\n\n"),
            "InvalidData",
            FINE,
        ),
    ],
    "deprecated_is_silent": [
        (
            described(response_of({}, headers={"X-Old": {"deprecated": True, "schema": {}}})),
            Reply(status=200, headers=(JSON, ("X-Old", "1")), body=b"1"),
            "falls over: DeprecationWarning",
            FINE,
        ),
    ],
    "bodiless_statuses": [
        (
            described({"responses": {"204": {"content": {"application/json": {}}}}}),
            Reply(status=204),
            "MissingData",
            FINE,
        ),
    ],
    "no_responses": [
        (without_responses("3.1.0"), Reply(status=418), "falls over: KeyError", FINE),
        (described({"responses": {}}, version="3.1.0"), Reply(status=418), "ResponseNotFound", FINE),
    ],
}
