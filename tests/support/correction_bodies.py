"""Requests with bodies, and replies, that openapi-core validates incorrectly, by the name of the correction.

Each row: the document, the message, the verdict of openapi-core alone, and the violations that the mock finds.
"""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply, Request
from tests.support.documents import JSON, document_with, request, request_body, response_body
from tests.support.messages import NUMBERED, VALID, ViolationKeys, body_request, nested

__all__ = ["BODIES", "REPLIES"]

MAPPED = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}],
    "discriminator": {"propertyName": "kind", "mapping": {"c": "Cat"}},
}
CATS = {"Cat": {"type": "object", "properties": {"lives": {"type": "integer"}}}}
KINDS = {
    "oneOf": [
        {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["a"]}}},
        {"type": "object", "required": ["n"]},
    ],
    "discriminator": {"propertyName": "kind"},
}
ANIMALS = {
    "Animal": {"type": "object", "discriminator": {"propertyName": "kind"}},
    "Lion": {"allOf": [{"$ref": "#/components/schemas/Animal"}, {"type": "object", "required": ["mane"]}]},
}
SHAPES = {
    "Shape": {"oneOf": [{"$ref": "#/components/schemas/Circle"}], "discriminator": {"propertyName": "kind"}},
    "Circle": {"allOf": [{"$ref": "#/components/schemas/Shape"}, {"type": "object"}]},
}
READ_ONLY = {"required": ["n"], "properties": {"n": {"type": "integer", "readOnly": True}}}
MEMBER = {"properties": {"n": {"$ref": "#/components/schemas/N"}}}
NODE = {
    "type": "object",
    "additionalProperties": {"allOf": [{"anyOf": [{"oneOf": [{"allOf": [{"$ref": "#/components/schemas/Node"}]}]}]}]},
}


def without_responses(version: str) -> dict[str, Any]:
    document = document_with(version=version)
    del document["paths"]["/x"]["post"]["responses"]
    return document


BODIES: dict[str, list[tuple[dict[str, Any], Request, str, ViolationKeys]]] = {
    "null_beside_all_of": [
        (
            document_with(request_body({"nullable": True, "allOf": [NUMBERED]})),
            body_request(b"null", "application/json"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body({"allOf": [NUMBERED]})),
            body_request(b"null", "application/json"),
            "InvalidRequestBody",
            [("body", "", "type")],
        ),
    ],
    "bare_discriminator_mapping": [
        (document_with(request_body(MAPPED), schemas=CATS), request({"kind": "c"}), "InvalidRequestBody", VALID),
        (
            document_with(request_body(MAPPED), schemas=CATS),
            request({"kind": "c", "lives": "nine"}),
            "InvalidRequestBody",
            [("body", "/lives", "type")],
        ),
    ],
    "null_beside_alternatives": [
        (
            document_with(request_body({"nullable": True, keyword: [NUMBERED, {"type": "string"}]})),
            body_request(b"null", "application/json"),
            "InvalidRequestBody",
            VALID,
        )
        for keyword in ("oneOf", "anyOf")
    ],
    "undecided_discriminators": [
        *(
            (document_with(request_body(KINDS), version=version), request(value), "InvalidRequestBody", VALID)
            for version in ("3.0.3", "3.1.0")
            for value in ({"kind": "a"}, {"n": 1}, {"kind": 5, "n": 1})
        ),
        (document_with(request_body(KINDS)), request({}), "InvalidRequestBody", [("body", "", "oneOf")]),
        (
            document_with(request_body(KINDS | {"oneOf": [*KINDS["oneOf"], {"type": "null"}]}), version="3.1.0"),
            body_request(b"null", "application/json"),
            "InvalidRequestBody",
            VALID,
        ),
    ],
    "names_of_other_schemas": [
        (
            document_with(request_body(KINDS), schemas=CATS),
            request({"kind": "Cat"}),
            "valid",
            [("body", "", "oneOf")],
        ),
    ],
    "discriminator_beside_all_of": [
        (
            document_with(
                request_body(
                    {"allOf": [{"type": "object", "required": ["id"]}], "discriminator": KINDS["discriminator"]}
                ),
                schemas=CATS,
            ),
            request({"kind": "Cat"}),
            "valid",
            [("body", "/id", "required")],
        ),
    ],
    "inherited_discriminators": [
        (
            document_with(request_body({"$ref": "#/components/schemas/Animal"}), schemas=ANIMALS),
            request({"kind": "Lion"}),
            "valid",
            [("body", "/mane", "required")],
        ),
        (
            document_with(request_body({"$ref": "#/components/schemas/Shape"}), schemas=SHAPES),
            request({"kind": "Circle"}),
            "crashes: RecursionError",
            VALID,
        ),
    ],
    "boolean_schema": [
        (document_with(request_body(True), version="3.1.0"), request({}), "crashes: TypeError", VALID),  # noqa: FBT003  # the schema
        (
            document_with(request_body(False), version="3.1.0"),  # noqa: FBT003  # the schema
            request({}),
            "crashes: TypeError",
            [("body", "", "not")],
        ),
    ],
    "media_type_ranges": [
        (document_with(request_body(NUMBERED, "*/*")), request({}), "InvalidRequestBody", VALID),
        (document_with(request_body(NUMBERED, "*/*")), request([]), "InvalidRequestBody", [("body", "", "type")]),
    ],
    "media_type_parameters": [
        (
            document_with(request_body(NUMBERED)),
            body_request(b"{}", "application/json; x"),
            "crashes: ValueError",
            VALID,
        ),
        (
            document_with(request_body(NUMBERED)),
            body_request(b"{}", "application/json; a=b=c"),
            "crashes: ValueError",
            VALID,
        ),
        (
            document_with(request_body(NUMBERED)),
            body_request(b"{}", "application/json; schema=x"),
            "crashes: TypeError",
            VALID,
        ),
        (
            document_with(request_body({"type": "string"}, "text/plain")),
            body_request(b"x", "text/plain; charset=unknown"),
            "crashes: LookupError",
            VALID,
        ),
    ],
    "empty_content": [
        (
            document_with({"requestBody": {"required": True, "content": {}}}),
            request(),
            "MissingRequiredRequestBody",
            VALID,
        ),
        (document_with({"requestBody": {"content": {}}}), request({}), "RequestBodyValidationError", VALID),
    ],
    "json_suffix": [
        (
            document_with(request_body(NUMBERED, "application/merge-patch+json")),
            body_request(b"{}", "application/merge-patch+json"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body(NUMBERED, "application/merge-patch+json")),
            body_request(b'{"n":"x"}', "application/merge-patch+json"),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
    ],
    "other_media_types": [
        (
            document_with(request_body({"type": "string"}, "text/csv")),
            body_request("é,1".encode(), "text/csv"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body({"type": "string", "format": "binary"}, "application/pdf"), version="3.1.0"),
            body_request(b"%PDF\xff", "application/pdf"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body({"type": "string", "maxLength": 3}, "text/csv")),
            body_request("é,1,2".encode(), "text/csv"),
            "InvalidRequestBody",
            [("body", "", "maxLength")],
        ),
    ],
    "xml": [
        (
            document_with(request_body(NUMBERED, "application/xml")),
            body_request(b"<a><n>1</n></a>", "application/xml"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body(NUMBERED, "application/xml")),
            body_request(b"<a><n>x</n></a>", "application/xml"),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
    ],
    "unparsed_formats": [
        (
            document_with(request_body(NUMBERED, "application/x-ndjson")),
            body_request(b'{"n":1}\n{"n":2}\n', "application/x-ndjson"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body({"type": "integer"}, "text/plain")),
            body_request(b"5", "text/plain"),
            "InvalidRequestBody",
            VALID,
        ),
        (
            document_with(request_body({"type": "string", "format": "byte"}, "application/pdf")),
            body_request(b"%PDF\xff", "application/pdf"),
            "InvalidRequestBody",
            VALID,
        ),
    ],
    "opaque_bodies": [
        (
            document_with(request_body({"type": "object", "properties": {"a": {}}}, "multipart/related")),
            body_request(b"--B--", "multipart/related; boundary=B"),
            "crashes: TypeError",
            VALID,
        ),
    ],
    "patterns": [
        (document_with(request_body({"pattern": "^\\p{L}$"})), request("é"), "crashes: error", VALID),
        (document_with(request_body({"pattern": "^a$"})), request("a\n"), "valid", [("body", "", "pattern")]),
        (document_with(request_body({"pattern": "^\\d$"})), request("٣"), "valid", [("body", "", "pattern")]),
        (
            document_with(request_body({"patternProperties": {"^\\p{L}$": {"type": "integer"}}}), version="3.1.0"),
            request({"é": "x"}),
            "crashes: error",
            [("body", "/é", "type")],
        ),
        (
            document_with(
                request_body({"patternProperties": {"^a$": {}}, "additionalProperties": False}), version="3.1.0"
            ),
            request({"a": 1, "a\n": 2}),
            "valid",
            [("body", "/a\n", "additionalProperties")],
        ),
        (
            document_with(
                request_body({"patternProperties": {"^a$": {}}, "unevaluatedProperties": False}), version="3.1.0"
            ),
            request({"a": 1, "a\n": 2}),
            "valid",
            [("body", "/a\n", "unevaluatedProperties")],
        ),
    ],
    "unique_items": [
        (
            document_with(request_body({"uniqueItems": True})),
            request([[True], [1], [True]]),
            "valid",
            [("body", "", "uniqueItems")],
        ),
        (
            document_with(request_body({"uniqueItems": True})),
            request([1, 1.0]),
            "InvalidRequestBody",
            [("body", "", "uniqueItems")],
        ),
    ],
    "multiple_of": [
        (document_with(request_body({"multipleOf": 0.01})), request(19.99), "InvalidRequestBody", VALID),
        (
            document_with(request_body({"multipleOf": 0.01})),
            request(19.999),
            "InvalidRequestBody",
            [("body", "", "multipleOf")],
        ),
    ],
    "formats": [
        (document_with(request_body({"format": "time"})), request("10:00:00Z"), "InvalidRequestBody", VALID),
        (
            document_with(request_body({"format": "time"})),
            request("10:00:00"),
            "valid",
            [("body", "", "format")],
        ),
        (document_with(request_body({"format": "hostname"})), request("a..b"), "valid", [("body", "", "format")]),
        (
            document_with(request_body({"format": "byte"})),
            request("ü"),
            "crashes: UnicodeEncodeError",
            [("body", "", "format")],
        ),
        (
            document_with(request_body({"format": "uint8"}), version="3.1.0"),
            request(256),
            "valid",
            [("body", "", "format")],
        ),
    ],
    "references": [
        (
            document_with(request_body({"$ref": "#n"}), version="3.1.0", schemas={"N": {"$anchor": "n", **NUMBERED}}),
            request({"n": "x"}),
            "crashes: NoSuchAnchor",
            [("body", "/n", "type")],
        ),
        (
            document_with(
                request_body(
                    {"properties": {"m": {"$id": "urn:a", "properties": {"n": {"$ref": "#/components/schemas/N"}}}}}
                ),
                version="3.1.0",
                schemas={"N": {"type": "integer"}},
            ),
            request({"m": {"n": 1}}),
            "crashes: _WrappedReferencingError",
            VALID,
        ),
        (
            document_with(
                request_body(
                    {"properties": {"m": {"id": "urn:a", "properties": {"n": {"$ref": "#/components/schemas/N"}}}}}
                ),
                schemas={"N": {"type": "integer"}},
            ),
            request({"m": {"n": 1}}),
            "crashes: _WrappedReferencingError",
            VALID,
        ),
    ],
    "invalid_keywords": [
        (
            document_with(request_body({"properties": {"n": {"type": "strng"}}})),
            request({"n": 1}),
            "crashes: UnknownType",
            VALID,
        ),
        (
            document_with(request_body({"type": "number", "exclusiveMaximum": True}), version="3.1.0"),
            request(3),
            "InvalidRequestBody",
            VALID,
        ),
        (document_with(request_body({"required": "n"})), request({"m": 1}), "InvalidRequestBody", VALID),
    ],
    "required_marks": [
        (
            document_with(
                request_body({"allOf": [{"$ref": "#/components/schemas/A"}], "required": ["n"]}),
                schemas={"A": READ_ONLY},
            ),
            request({}),
            "InvalidRequestBody",
            VALID,
        ),
    ],
    "required_31": [
        (document_with(request_body(READ_ONLY), version="3.1.0"), request({}), "InvalidRequestBody", VALID),
        (document_with(request_body(READ_ONLY), version="3.1.0"), request({"n": 1}), "valid", VALID),
    ],
    "keywords_beside_reference": [
        (
            document_with(
                request_body({"$ref": "#/components/schemas/N", "required": ["n"]}),
                version="3.1.0",
                schemas={"N": NUMBERED},
            ),
            request({}),
            "valid",
            [("body", "/n", "required")],
        ),
    ],
    "unknown_dialect": [
        (
            document_with(request_body(NUMBERED), version="3.1.0") | {"jsonSchemaDialect": "urn:example:unknown"},
            request({}),
            "crashes: ValueError",
            VALID,
        ),
    ],
    "circular_schemas": [
        (
            document_with(
                request_body({"$ref": "#/components/schemas/A"}),
                schemas={"A": {"type": "object", "anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}},
            ),
            request(body),
            "crashes: RecursionError",
            violations,
        )
        for body, violations in (({}, VALID), (1, [("body", "", "type")]))
    ],
    "deep_bodies": [
        (
            document_with(request_body({"$ref": "#/components/schemas/Node"}), schemas={"Node": NODE}),
            request(nested(60, {})),
            "crashes: RecursionError",
            VALID,
        ),
        (
            document_with(request_body({"$ref": "#/components/schemas/Node"}), schemas={"Node": NODE}),
            request(nested(60, 1)),
            "crashes: RecursionError",
            [("body", "/a" * 60, "type")],
        ),
    ],
}

REPLIES: dict[str, list[tuple[dict[str, Any], Reply, str, ViolationKeys]]] = {
    "null_beside_all_of": [
        (
            document_with(response_body({"nullable": True, "allOf": [NUMBERED]})),
            Reply(status=200, headers=(JSON,), body=b"null"),
            "InvalidData",
            VALID,
        ),
    ],
    "empty_content": [
        (
            document_with({"responses": {"200": {"description": "fine", "content": {}}}}),
            Reply(status=200),
            "MissingData",
            VALID,
        ),
        (
            document_with({"responses": {"200": {"description": "fine", "content": {}}}}),
            Reply(status=200, headers=(JSON,), body=b"{}"),
            "DataValidationError",
            VALID,
        ),
    ],
    "json_suffix": [
        (
            document_with(response_body(NUMBERED, "application/problem+json")),
            Reply(status=200, headers=(("content-type", "application/problem+json"),), body=b"{}"),
            "InvalidData",
            VALID,
        ),
    ],
    "other_media_types": [
        (
            document_with(response_body({"type": "string"}, "text/event-stream")),
            Reply(status=200, headers=(("content-type", "text/event-stream"),), body=b"data: 1\n\n"),
            "InvalidData",
            VALID,
        ),
    ],
    "deprecated_is_silent": [
        (
            document_with(response_body({}, headers={"X-Old": {"deprecated": True, "schema": {}}})),
            Reply(status=200, headers=(JSON, ("X-Old", "1")), body=b"1"),
            "crashes: DeprecationWarning",
            VALID,
        ),
    ],
    "transport_headers": [
        (
            document_with(response_body({}, headers={name: {"required": True, "schema": {"type": "string"}}})),
            Reply(status=200, headers=(JSON,), body=b"1"),
            "MissingRequiredHeader",
            VALID,
        )
        for name in ("Date", "Content-Length", "Access-Control-Allow-Origin")
    ],
    "bodiless_statuses": [
        (
            document_with({"responses": {"204": {"content": {"application/json": {}}}}}),
            Reply(status=204),
            "MissingData",
            VALID,
        ),
    ],
    "no_responses": [
        (without_responses("3.1.0"), Reply(status=418), "crashes: KeyError", VALID),
        (document_with({"responses": {}}, version="3.1.0"), Reply(status=418), "ResponseNotFound", VALID),
    ],
}
