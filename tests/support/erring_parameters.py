"""Parameters and credentials about which openapi-core errs, by the name of the correction.

Each row: the document, what is asked, what openapi-core alone says, and what is said here.
"""

from __future__ import annotations

from typing import Any

from mockserver.messages import Request
from tests.support.documents import body_of, described, request
from tests.support.messages import FINE, INTEGERS, NUMBERED, Found, form, parameter, query, secured

__all__ = ["PARAMETERS"]

PARAMETERS: dict[str, list[tuple[dict[str, Any], Request, str, Found]]] = {
    "http_scheme_case": [
        (
            secured({"type": "http", "scheme": "Bearer"}),
            request(headers=(("authorization", "bearer x"),)),
            "SecurityValidationError",
            FINE,
        ),
    ],
    "parameter_without_schema": [
        (parameter(required=True), query("q=1"), "MissingRequiredParameter", FINE),
        (parameter(required=True), query(""), "MissingRequiredParameter", [("query", "/q", "required")]),
        (described(body_of(None)), request({}), "falls over: AttributeError", FINE),
    ],
    "deprecated_is_silent": [
        (parameter(deprecated=True, schema={}), query("q=1"), "falls over: DeprecationWarning", FINE),
    ],
    "unknown_style_is_silent": [
        (parameter(style="csv", schema=INTEGERS), query("q=1&q=2"), "falls over: UserWarning", FINE),
    ],
    "allow_empty_value_is_silent": [
        (parameter(allowEmptyValue=True, schema={}), query("q="), "falls over: DeprecationWarning", FINE),
        (
            parameter(allowEmptyValue=False, schema={}),
            query("q="),
            "falls over: DeprecationWarning",
            [("query", "/q", "allowEmptyValue")],
        ),
        (
            parameter(allowEmptyValue=True, schema={"enum": ["a"]}),
            query("q="),
            "falls over: DeprecationWarning",
            [("query", "/q", "enum")],
        ),
    ],
    "empty_path_parameter": [
        (
            parameter("path", template="/x/{q}", schema={"type": "string"}),
            request(path="/x/"),
            "yes",
            [("path", "/q", "required")],
        ),
    ],
    "path_styles": [
        (
            parameter("path", template="/x/{q}", style="label", schema={"type": "integer"}),
            request(path="/x/.5"),
            "MissingRequiredParameter",
            FINE,
        ),
        (
            parameter("path", template="/x/{q}", style="matrix", explode=True, schema=INTEGERS),
            request(path="/x/;q=1;q=2"),
            "MissingRequiredParameter",
            FINE,
        ),
        (
            parameter("path", template="/x/{q}", style="matrix", schema={"type": "object"}),
            request(path="/x/;q=a,1"),
            "MissingRequiredParameter",
            FINE,
        ),
        (
            parameter("path", template="/x/{q}", style="label", schema={"type": "integer"}),
            request(path="/x/5"),
            "MissingRequiredParameter",
            [("path", "/q", "style")],
        ),
    ],
    "exploded_form_object": [
        (parameter(required=True, schema=NUMBERED), query("n=1"), "MissingRequiredParameter", FINE),
        (
            parameter(required=True, schema=NUMBERED),
            query("n=x"),
            "MissingRequiredParameter",
            [("query", "/q", "type")],
        ),
        (
            parameter(required=True, schema=NUMBERED),
            query("m=1"),
            "MissingRequiredParameter",
            [("query", "/q", "required")],
        ),
    ],
    "deep_object_names": [
        (
            parameter(
                style="deepObject", explode=True, schema={"properties": {"a-b": {}}, "type": "object"}, required=True
            ),
            query("q[a-b]=1"),
            "MissingRequiredParameter",
            FINE,
        ),
        (
            parameter(style="deepObject", explode=True, schema={"properties": {"a": NUMBERED}, "type": "object"}),
            query("q[a][n]=1"),
            "ParameterValidationError",
            FINE,
        ),
        (
            parameter(style="deepObject", explode=True, schema={"properties": {"a": NUMBERED}, "type": "object"}),
            query("q[a][n]=1&q[a]=2"),
            "ParameterValidationError",
            [("query", "/q", "type")],
        ),
    ],
    "delimited_queries": [
        (
            parameter(style="spaceDelimited", explode=False, schema=INTEGERS),
            query("q=1%202"),
            "ParameterValidationError",
            FINE,
        ),
        (
            parameter(style="pipeDelimited", explode=True, schema=INTEGERS),
            query("q=1&q=2"),
            "ParameterValidationError",
            FINE,
        ),
    ],
    "type_lists": [
        (parameter(version="3.1.0", schema={"type": ["integer", "null"]}), query("q=1"), "falls over: TypeError", FINE),
        (
            parameter(version="3.1.0", schema={"type": ["array", "null"], "items": {"type": "integer"}}),
            query("q=1&q=2"),
            "falls over: TypeError",
            FINE,
        ),
        (parameter(version="3.1.0", schema={"type": ["integer", "null"]}), query(""), "falls over: TypeError", FINE),
        (
            parameter(version="3.1.0", schema={"type": ["integer", "null"]}),
            query("q=x"),
            "falls over: TypeError",
            [("query", "/q", "type")],
        ),
        (
            described(
                body_of({"properties": {"n": {"type": ["integer", "null"]}}}, "multipart/form-data"), version="3.1.0"
            ),
            form(("n", "5")),
            "falls over: TypeError",
            FINE,
        ),
    ],
    "optional_arrays": [
        (
            parameter(version="3.1.0", schema={"anyOf": [INTEGERS, {"type": "null"}]}),
            query("q=1&q=2"),
            "InvalidParameter",
            FINE,
        ),
        (
            parameter(version="3.1.0", schema={"anyOf": [INTEGERS, {"type": "null"}]}),
            query("q=1&q=x"),
            "InvalidParameter",
            [("query", "/q", "anyOf")],
        ),
    ],
    "unsupported_security_is_silent": [
        (secured({"type": "oauth2", "flows": {}}), request(), "falls over: UserWarning", FINE),
        (secured({"type": "mutualTLS"}, "3.1.0"), request(), "falls over: KeyError", FINE),
    ],
}
