"""Parameters and credentials that openapi-core validates incorrectly, by the name of the correction.

Each row: the document, the request, the verdict of openapi-core alone, and the violations that the mock finds.
"""

from __future__ import annotations

from typing import Any

from mockserver.messages import Request
from tests.support.documents import document_with, request, request_body
from tests.support.messages import (
    INTEGERS,
    NUMBERED,
    VALID,
    ViolationKeys,
    form_request,
    parameter_document,
    query_request,
    security_document,
)

__all__ = ["PARAMETERS"]

REFUSED = [("security", "", "security")]
LISTED = {"type": "object", "properties": {"a": INTEGERS}}
PARAMETERS: dict[str, list[tuple[dict[str, Any], Request, str, ViolationKeys]]] = {
    "http_scheme_case": [
        (
            security_document({"type": "http", "scheme": "Bearer"}),
            request(headers=(("authorization", "bearer x"),)),
            "SecurityValidationError",
            VALID,
        ),
    ],
    "empty_credentials": [
        (
            security_document({"type": "apiKey", "in": "header", "name": "k"}),
            request(headers=(("k", " "),)),
            "valid",
            REFUSED,
        ),
        (security_document({"type": "apiKey", "in": "query", "name": "k"}), query_request("k="), "valid", REFUSED),
        (
            security_document({"type": "http", "scheme": "bearer"}),
            request(headers=(("authorization", "Bearer  "),)),
            "valid",
            REFUSED,
        ),
        (
            security_document({"type": "http", "scheme": "basic"}),
            request(headers=(("authorization", "Basic !!!"),)),
            "valid",
            REFUSED,
        ),
    ],
    "parameter_without_schema": [
        (parameter_document(required=True), query_request("q=1"), "MissingRequiredParameter", VALID),
        (
            parameter_document(required=True),
            query_request(""),
            "MissingRequiredParameter",
            [("query", "/q", "required")],
        ),
        (document_with(request_body(None)), request({}), "crashes: AttributeError", VALID),
    ],
    "ignored_headers": [
        *(
            (
                parameter_document("header", name=name, required=True, schema={"enum": ["x"]}),
                request(),
                "MissingRequiredParameter",
                VALID,
            )
            for name in ("Accept", "Authorization", "content-type")
        ),
        (
            parameter_document("header", name="Accept", schema={"enum": ["text/csv"]}),
            request(headers=(("accept", "*/*"),)),
            "InvalidParameter",
            VALID,
        ),
        (
            parameter_document("header", name="Authorization", content={"application/json": {"schema": {}}}),
            request(headers=(("authorization", "Bearer x"),)),
            "ParameterValidationError",
            VALID,
        ),
    ],
    "deprecated_is_silent": [
        (parameter_document(deprecated=True, schema={}), query_request("q=1"), "crashes: DeprecationWarning", VALID),
    ],
    "unknown_style_is_silent": [
        (parameter_document(style="csv", schema=INTEGERS), query_request("q=1&q=2"), "crashes: UserWarning", VALID),
    ],
    "allow_empty_value_is_silent": [
        (
            parameter_document(allowEmptyValue=True, schema={}),
            query_request("q="),
            "crashes: DeprecationWarning",
            VALID,
        ),
        (
            parameter_document(allowEmptyValue=False, schema={}),
            query_request("q="),
            "crashes: DeprecationWarning",
            [("query", "/q", "allowEmptyValue")],
        ),
        (
            parameter_document(allowEmptyValue=True, schema={"enum": ["a"]}),
            query_request("q="),
            "crashes: DeprecationWarning",
            VALID,
        ),
    ],
    "empty_path_parameter": [
        (
            parameter_document("path", template="/x/{q}", schema={"type": "string"}),
            request(path="/x/"),
            "valid",
            [("path", "/q", "required")],
        ),
    ],
    "path_styles": [
        (
            parameter_document("path", template="/x/{q}", style="label", schema={"type": "integer"}),
            request(path="/x/.5"),
            "MissingRequiredParameter",
            VALID,
        ),
        (
            parameter_document("path", template="/x/{q}", style="matrix", explode=True, schema=INTEGERS),
            request(path="/x/;q=1;q=2"),
            "MissingRequiredParameter",
            VALID,
        ),
        (
            parameter_document("path", template="/x/{q}", style="matrix", schema={"type": "object"}),
            request(path="/x/;q=a,1"),
            "MissingRequiredParameter",
            VALID,
        ),
        (
            parameter_document("path", template="/x/{q}", style="label", schema={"type": "integer"}),
            request(path="/x/5"),
            "MissingRequiredParameter",
            [("path", "/q", "style")],
        ),
    ],
    "exploded_form_object": [
        (parameter_document(required=True, schema=NUMBERED), query_request("n=1"), "MissingRequiredParameter", VALID),
        (
            parameter_document(required=True, schema=NUMBERED),
            query_request("n=x"),
            "MissingRequiredParameter",
            [("query", "/q/n", "type")],
        ),
        (
            parameter_document(required=True, schema=NUMBERED),
            query_request("m=1"),
            "MissingRequiredParameter",
            [("query", "/q", "required")],
        ),
    ],
    "deep_object_names": [
        (
            parameter_document(
                style="deepObject", explode=True, schema={"properties": {"a-b": {}}, "type": "object"}, required=True
            ),
            query_request("q[a-b]=1"),
            "MissingRequiredParameter",
            VALID,
        ),
        (
            parameter_document(
                style="deepObject", explode=True, schema={"properties": {"a": NUMBERED}, "type": "object"}
            ),
            query_request("q[a][n]=1"),
            "ParameterValidationError",
            VALID,
        ),
        (
            parameter_document(
                style="deepObject", explode=True, schema={"properties": {"a": NUMBERED}, "type": "object"}
            ),
            query_request("q[a][n]=1&q[a]=2"),
            "ParameterValidationError",
            [("query", "/q/a", "type")],
        ),
    ],
    "deep_object_arrays": [
        (
            parameter_document(
                style="deepObject", explode=True, schema={"type": "object", "properties": {"a": INTEGERS}}
            ),
            query_request("q[a]=1"),
            "ParameterValidationError",
            VALID,
        ),
        (
            parameter_document(
                style="deepObject", explode=True, schema={"type": "object", "properties": {"a": INTEGERS}}
            ),
            query_request("q[a][]=x"),
            "ParameterValidationError",
            [("query", "/q/a/0", "type")],
        ),
    ],
    "header_lists": [
        (
            parameter_document("header", schema={"type": "array", "items": {"enum": ["a", "b"]}}),
            request(headers=(("q", "a, b"),)),
            "InvalidParameter",
            VALID,
        ),
        (
            parameter_document("header", schema={"type": "array", "minItems": 2}),
            request(headers=(("q", "a,"),)),
            "valid",
            [("header", "/q", "minItems")],
        ),
    ],
    "cookie_lists": [
        (
            parameter_document("cookie", schema=INTEGERS),
            request(headers=(("cookie", "q=1&q=2"),)),
            "ParameterValidationError",
            VALID,
        ),
        (
            parameter_document("cookie", required=True, schema=NUMBERED),
            request(headers=(("cookie", "n=x"),)),
            "MissingRequiredParameter",
            [("cookie", "/q/n", "type")],
        ),
    ],
    "untyped_values": [
        (parameter_document(schema={"enum": [1, 2]}), query_request("q=1"), "InvalidParameter", VALID),
        (
            parameter_document(schema={"anyOf": [{"type": "string", "format": "date"}, {"type": "integer"}]}),
            query_request("q=1"),
            "InvalidParameter",
            VALID,
        ),
    ],
    "empty_values": [
        (
            parameter_document(allowEmptyValue=True, schema={"type": "integer"}),
            query_request("q="),
            "crashes: DeprecationWarning",
            VALID,
        ),
    ],
    "parameter_defaults": [
        (
            parameter_document(schema={"type": "string", "format": "email", "default": ""}),
            query_request(""),
            "InvalidParameter",
            VALID,
        ),
        (
            parameter_document(required=True, schema={"type": "string", "default": "a"}),
            query_request(""),
            "valid",
            [("query", "/q", "required")],
        ),
    ],
    "delimited_queries": [
        (
            parameter_document(style="spaceDelimited", explode=False, schema=INTEGERS),
            query_request("q=1%202"),
            "ParameterValidationError",
            VALID,
        ),
        (
            parameter_document(style="pipeDelimited", explode=True, schema=INTEGERS),
            query_request("q=1&q=2"),
            "ParameterValidationError",
            VALID,
        ),
    ],
    "text_values": [
        (parameter_document(schema={"type": "boolean"}), query_request("q=yes"), "valid", [("query", "/q", "type")]),
        (parameter_document(schema={"type": "integer"}), query_request("q=1_000"), "valid", [("query", "/q", "type")]),
        (parameter_document(schema={"type": "number"}), query_request("q=NaN"), "valid", [("query", "/q", "type")]),
        (
            parameter_document(version="3.1.0", schema={"type": "integer"}),
            query_request("q=5.0"),
            "ParameterValidationError",
            VALID,
        ),
        (
            document_with(request_body({"properties": {"n": {"type": "boolean"}}}, "multipart/form-data")),
            form_request(("n", "1")),
            "InvalidRequestBody",
            [("body", "/n", "type")],
        ),
    ],
    "type_lists": [
        (
            parameter_document(version="3.1.0", schema={"type": ["integer", "null"]}),
            query_request("q=1"),
            "crashes: TypeError",
            VALID,
        ),
        (
            parameter_document(version="3.1.0", schema={"type": ["array", "null"], "items": {"type": "integer"}}),
            query_request("q=1&q=2"),
            "crashes: TypeError",
            VALID,
        ),
        (
            parameter_document(version="3.1.0", schema={"type": ["integer", "null"]}),
            query_request(""),
            "crashes: TypeError",
            VALID,
        ),
        (
            parameter_document(version="3.1.0", schema={"type": ["integer", "null"]}),
            query_request("q=x"),
            "crashes: TypeError",
            [("query", "/q", "type")],
        ),
        (
            document_with(
                request_body({"properties": {"n": {"type": ["integer", "null"]}}}, "multipart/form-data"),
                version="3.1.0",
            ),
            form_request(("n", "5")),
            "crashes: TypeError",
            VALID,
        ),
    ],
    "optional_arrays": [
        (
            parameter_document(version="3.1.0", schema={"anyOf": [INTEGERS, {"type": "null"}]}),
            query_request("q=1&q=2"),
            "InvalidParameter",
            VALID,
        ),
        (
            parameter_document(version="3.1.0", schema={"anyOf": [INTEGERS, {"type": "null"}]}),
            query_request("q=1&q=x"),
            "InvalidParameter",
            [("query", "/q/1", "type")],
        ),
    ],
    "unsupported_security_is_silent": [
        (security_document({"type": "oauth2", "flows": {}}), request(), "crashes: UserWarning", VALID),
        (security_document({"type": "mutualTLS"}, "3.1.0"), request(), "crashes: KeyError", VALID),
    ],
}
