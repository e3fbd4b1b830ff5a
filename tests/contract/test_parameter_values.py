"""How the values of parameters and headers are read, and which of them are missing."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.messages import Reply, Request
from tests.support.both_validators import BothValidators
from tests.support.documents import contract_for, document_with, loaded, request, response_body
from tests.support.messages import INTEGERS, NUMBERED, VALID, ViolationKeys, parameter_document, query_request
from tests.support.mock_violations import mock_violations

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}
STRINGS = {"type": "array", "items": {"type": "string"}}
TAGS = {"type": "object", "properties": {"tags": INTEGERS, "name": {"type": "string"}}}
ITEM = {"type": "object", "properties": {"items": {"type": "array", "items": NUMBERED}}}


def headers(*values: str) -> Request:
    return request(headers=tuple(("Q", value) for value in values))


def cookie(text: str) -> Request:
    return request(headers=(("Cookie", text),))


def invalid(place: str, pointer: str, keyword: str) -> ViolationKeys:
    return [(place, pointer, keyword)]


# Name: the members of the parameter `q`, the request, and the violations.
LISTS: dict[str, tuple[dict[str, Any], Request, ViolationKeys]] = {
    "header: commas": ({"in": "header", "schema": INTEGERS}, headers("1,2"), VALID),
    "header: spaces": ({"in": "header", "schema": INTEGERS}, headers("1, 2 ,\t3"), VALID),
    "header: repeated fields": ({"in": "header", "schema": INTEGERS}, headers("1", "2, 3"), VALID),
    "header: empty elements": ({"in": "header", "schema": INTEGERS}, headers(", 1, ,2,"), VALID),
    "header: empty elements do not count": (
        {"in": "header", "schema": INTEGERS | {"minItems": 1}},
        headers(" , ,"),
        invalid("header", "/q", "minItems"),
    ),
    "header: a wrong element": (
        {"in": "header", "schema": INTEGERS},
        headers("1, x"),
        invalid("header", "/q/1", "type"),
    ),
    "header: spaces belong to no element": (
        {"in": "header", "schema": STRINGS | {"items": {"enum": ["a", "b"]}}},
        headers("a, b"),
        VALID,
    ),
    "header: a list that is no array": ({"in": "header", "schema": {"enum": ["a, b"]}}, headers("a, b"), VALID),
    "header: a repeated field that is no array": (
        {"in": "header", "schema": {"type": "integer"}},
        headers("1", "2"),
        invalid("header", "/q", "type"),
    ),
    "header: an object": ({"in": "header", "schema": NUMBERED}, headers("m, a, n, 1"), VALID),
    "header: an empty member of an object": ({"in": "header", "schema": NUMBERED}, headers("m,,n,1"), VALID),
    "header: a wrong member of an object": (
        {"in": "header", "schema": NUMBERED},
        headers("m, a, n, x"),
        invalid("header", "/q/n", "type"),
    ),
    "header: an exploded object": (
        {"in": "header", "explode": True, "schema": NUMBERED},
        headers("m=a", "n=1 , "),
        VALID,
    ),
    "header: an object without values": (
        {"in": "header", "schema": NUMBERED},
        headers("n"),
        invalid("header", "/q", "style"),
    ),
    "path: spaces belong to the item": (
        {"in": "path", "required": True, "schema": INTEGERS},
        request(path="/x/1,%202"),
        invalid("path", "/q/1", "type"),
    ),
    "cookie: one value": ({"in": "cookie", "schema": INTEGERS}, cookie("q=1"), VALID),
    "cookie: repeated": ({"in": "cookie", "schema": INTEGERS}, cookie("q=1; a=b; q=2"), VALID),
    "cookie: joined": ({"in": "cookie", "schema": INTEGERS}, cookie("q=1&q=2"), VALID),
    "cookie: the second is wrong": (
        {"in": "cookie", "schema": INTEGERS},
        cookie("q=1; q=x"),
        invalid("cookie", "/q/1", "type"),
    ),
    "cookie: not exploded": ({"in": "cookie", "explode": False, "schema": INTEGERS}, cookie("q=1,2"), VALID),
    "cookie: not exploded, a wrong item": (
        {"in": "cookie", "explode": False, "schema": INTEGERS},
        cookie("q=1,x"),
        invalid("cookie", "/q/1", "type"),
    ),
    "cookie: an exploded object": ({"in": "cookie", "required": True, "schema": NUMBERED}, cookie("n=1; m=a"), VALID),
    "cookie: a wrong member": ({"in": "cookie", "schema": NUMBERED}, cookie("n=x"), invalid("cookie", "/q/n", "type")),
    "cookie: an object": ({"in": "cookie", "explode": False, "schema": NUMBERED}, cookie("q=n,1"), VALID),
    "cookie: required, but missing": (
        {"in": "cookie", "required": True, "schema": INTEGERS},
        cookie("a=1"),
        invalid("cookie", "/q", "required"),
    ),
    "deepObject: an array given once": ({"style": "deepObject", "schema": TAGS}, query_request("q[tags]=1"), VALID),
    "deepObject: an array given twice": (
        {"style": "deepObject", "schema": TAGS},
        query_request("q[tags]=1&q[tags]=2"),
        VALID,
    ),
    "deepObject: an array in brackets": (
        {"style": "deepObject", "schema": TAGS},
        query_request("q[tags][]=1&q[name]=a"),
        VALID,
    ),
    "deepObject: an array with indices": (
        {"style": "deepObject", "schema": TAGS},
        query_request("q[tags][1]=2&q[tags][0]=1"),
        VALID,
    ),
    "deepObject: a wrong item": (
        {"style": "deepObject", "schema": TAGS},
        query_request("q[tags]=x"),
        invalid("query", "/q/tags/0", "type"),
    ),
    "deepObject: a string given twice": (
        {"style": "deepObject", "schema": TAGS},
        query_request("q[name]=a&q[name]=b"),
        invalid("query", "/q/name", "type"),
    ),
    "deepObject: an array of objects": (
        {"style": "deepObject", "schema": ITEM},
        query_request("q[items][0][n]=1&q[items][1][n]=x"),
        invalid("query", "/q/items/1/n", "type"),
    ),
    "deepObject: the array itself": ({"style": "deepObject", "schema": INTEGERS}, query_request("q[]=1"), VALID),
    "deepObject: the array itself, with indices": (
        {"style": "deepObject", "schema": INTEGERS},
        query_request("q[0]=1&q[1]=x"),
        invalid("query", "/q/1", "type"),
    ),
    "deepObject: members in allOf": (
        {"style": "deepObject", "schema": {"allOf": [TAGS, {"type": "object", "required": ["tags"]}]}},
        query_request("q[tags]=1"),
        VALID,
    ),
    "deepObject: other members": (
        {"style": "deepObject", "schema": {"type": "object", "additionalProperties": {"type": "integer"}}},
        query_request("q[a]=1&q[b]=x"),
        invalid("query", "/q/b", "type"),
    ),
    "form: an array in allOf": ({"schema": {"allOf": [INTEGERS, {"minItems": 1}]}}, query_request("q=1&q=2"), VALID),
    "form: an array or a single value": (
        {"schema": {"anyOf": [{"type": "integer"}, INTEGERS]}},
        query_request("q=1&q=2"),
        VALID,
    ),
    "form: a single value or an array": (
        {"schema": {"anyOf": [STRINGS | {"minItems": 2}, {"type": "string"}]}},
        query_request("q=a"),
        VALID,
    ),
    "form: a wrong item of an array or a single value": (
        {"schema": {"anyOf": [{"type": "integer"}, INTEGERS]}},
        query_request("q=1&q=x"),
        invalid("query", "/q", "anyOf"),
    ),
    "form: items of several types": (
        {"schema": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"enum": ["a"]}]}}},
        query_request("q=1&q=a"),
        VALID,
    ),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize(("members", "message", "violations"), LISTS.values(), ids=LISTS)
def test_lists_and_objects(members: dict[str, Any], message: Request, violations: ViolationKeys, version: str) -> None:
    """Lists and objects are read in each place and style, as clients send them."""
    template = "/x/{q}" if members.get("in") == "path" else "/x"
    document = parameter_document(members.get("in", "query"), version, template, **members)

    assert violations == mock_violations(document, message)


EMPTY_VALUES: dict[str, tuple[Any, ViolationKeys]] = {
    "string": ({"type": "string"}, VALID),
    "integer": ({"type": "integer"}, VALID),
    "boolean": ({"type": "boolean"}, VALID),
    "array": (INTEGERS, VALID),
    "enum": ({"type": "string", "enum": ["a"]}, VALID),
    "format": ({"type": "string", "format": "date"}, VALID),
    "several types": ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, VALID),
}


@pytest.mark.parametrize("query", ["q=", "q"])
@pytest.mark.parametrize(("schema", "violations"), EMPTY_VALUES.values(), ids=EMPTY_VALUES)
def test_allow_empty_value(schema: Any, violations: ViolationKeys, query: str) -> None:
    """With `allowEmptyValue` a parameter of any type may be empty, without it none."""
    allowed = parameter_document(schema=schema, allowEmptyValue=True)
    forbidden = parameter_document(schema=schema)
    keyword = ("/q/0", "type") if schema is INTEGERS else ("/q", "allowEmptyValue")

    assert violations == mock_violations(allowed, query_request(query))
    assert [("query", *keyword)] == mock_violations(forbidden, query_request(query))


def test_empty_values_are_for_the_query() -> None:
    """`allowEmptyValue` has a meaning in the query only."""
    document = parameter_document("header", schema={"type": "integer"}, allowEmptyValue=True)

    assert [("header", "/q", "type")] == mock_violations(document, headers(""))


SCHEMAS = {"One": {"enum": [1, 2.5]}, "Other": {"allOf": [{"$ref": "#/components/schemas/One"}]}}
# Name: the schema, the versions of OpenAPI, texts that are valid, and texts that are not.
UNTYPED: dict[str, tuple[Any, tuple[str, ...], list[str], list[str]]] = {
    "an enum of numbers": ({"enum": [1, 2.5]}, ("3.0", "3.1"), ["1", "2.5", "1.0"], ["3", "a", "true"]),
    "an enum of booleans": ({"enum": [True]}, ("3.0", "3.1"), ["true"], ["false", "1", "yes"]),
    "a mixed enum": ({"enum": ["a", 1, False, None]}, ("3.0", "3.1"), ["a", "1", "false"], ["b", "2", "true", "null"]),
    "an enum of texts like numbers": ({"enum": ["1", "2"]}, ("3.0", "3.1"), ["1"], ["3"]),
    "a constant number": ({"const": 5}, ("3.1",), ["5"], ["6", "a"]),
    "a constant boolean": ({"const": False}, ("3.1",), ["false"], ["true", "0"]),
    "a constant text": ({"const": "5"}, ("3.1",), ["5"], ["6"]),
    "a reference": ({"$ref": "#/components/schemas/One"}, ("3.0", "3.1"), ["1"], ["3", "a"]),
    "a reference in a reference": ({"$ref": "#/components/schemas/Other"}, ("3.0", "3.1"), ["1"], ["3", "a"]),
    "allOf": ({"allOf": [{"type": "integer"}, {"minimum": 5}]}, ("3.0", "3.1"), ["5"], ["4", "a"]),
    "allOf, the type comes last": ({"allOf": [{"minimum": 5}, {"type": "integer"}]}, ("3.0", "3.1"), ["5"], ["4"]),
    "anyOf": ({"anyOf": [{"enum": [1]}, {"enum": ["a"]}]}, ("3.0", "3.1"), ["1", "a"], ["2", "b"]),
    "anyOf, the text comes first": (
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "integer"}]},
        ("3.0", "3.1"),
        ["1", "2024-01-31"],
        ["a", "1.5"],
    ),
    "oneOf": ({"oneOf": [{"type": "boolean"}, {"enum": ["auto"]}]}, ("3.0", "3.1"), ["true", "auto"], ["1", "yes"]),
    "one type by nesting": (
        {"type": "number", "anyOf": [{"maximum": 3}, {"enum": [10]}]},
        ("3.0", "3.1"),
        ["2.5", "10"],
        ["5", "a"],
    ),
    "a list of types": ({"type": ["integer", "boolean", "null"]}, ("3.1",), ["1", "true"], ["a", "1.5", "null"]),
    "a list of types with string": (
        {"type": ["string", "integer"], "maxLength": 1},
        ("3.1",),
        ["a", "1", "100"],
        ["ab", "1x"],
    ),
    "a type and an enum": ({"type": ["string", "number"], "enum": [1, "a"]}, ("3.1",), ["1", "a"], ["2", "b"]),
    "no type": ({"maxLength": 2}, ("3.0", "3.1"), ["a", "12"], ["abc", "123"]),
}


@pytest.mark.parametrize("place", ["path", "query", "header", "cookie"])
@pytest.mark.parametrize(
    ("name", "version"), [(name, version) for name, (_, versions, *_) in UNTYPED.items() for version in versions]
)
def test_the_type_is_found_in_the_whole_schema(name: str, version: str, place: str) -> None:
    """The type of a value follows from `type`, `enum` and `const`, also in the parts of a schema."""
    schema, _, valid, rejected = UNTYPED[name]
    template = "/x/{q}" if place == "path" else "/x"
    one = {"name": "q", "in": place, "required": True, "schema": schema}
    document = document_with({"parameters": [one]}, version=VERSIONS[version], template=template, schemas=SCHEMAS)

    def found(text: str) -> bool:
        values = {"path": {"path": f"/x/{text}"}, "query": {"query": f"q={text}"}}
        fields = {"header": (("q", text),), "cookie": (("cookie", f"q={text}"),)}
        return bool(mock_violations(document, request(**values.get(place, {}), headers=fields.get(place, ()))))

    assert [] == [text for text in valid if found(text)]
    assert rejected == [text for text in rejected if found(text)]


COMPILED = {
    "an enum of numbers": ({"schema": {"enum": [1, 2]}}, query_request("q=1")),
    "a reference": ({"schema": {"allOf": [{"type": "integer"}, {"minimum": 1}]}}, query_request("q=1")),
    "an array": ({"schema": INTEGERS}, query_request("q=1&q=2")),
    "an array that is not exploded": ({"explode": False, "schema": INTEGERS}, query_request("q=1,2")),
    "a header": ({"in": "header", "schema": INTEGERS}, headers("1, 2")),
    "a default": ({"schema": {"type": "string", "format": "email", "default": ""}}, query_request("")),
    "no query for a nested object": ({"style": "deepObject", "schema": NUMBERED}, query_request("")),
    "no query for a nested array": ({"style": "deepObject", "schema": INTEGERS}, query_request("")),
    "no query for an exploded object": ({"schema": NUMBERED}, query_request("")),
    "no query for JSON": ({"content": {"application/json": {"schema": NUMBERED}}}, query_request("")),
}


@pytest.mark.parametrize(("members", "message"), COMPILED.values(), ids=COMPILED)
def test_compiled(members: dict[str, Any], message: Request) -> None:
    """Common parameters are accepted by the compiled schemas, without openapi-core."""
    both = BothValidators(loaded(parameter_document(**({"place": members.pop("in", "query")} | members))))
    both.parameters(message, {})

    assert {"valid, compiled": 1} == both.counts


MISMATCHED = {"type": "string", "format": "email", "default": ""}
DEFAULTS: dict[str, tuple[str, dict[str, Any], ViolationKeys]] = {
    "optional": ("query", {"schema": MISMATCHED}, VALID),
    "of a wrong type": ("query", {"schema": {"type": "integer", "default": "x"}}, VALID),
    "null": ("query", {"schema": {"type": "integer", "default": None}}, VALID),
    "of an array": ("query", {"schema": INTEGERS | {"default": "x"}}, VALID),
    "of an exploded object": ("query", {"schema": NUMBERED | {"default": "x"}}, VALID),
    "of a nested object": ("query", {"style": "deepObject", "schema": NUMBERED | {"default": "x"}}, VALID),
    "in a header": ("header", {"schema": MISMATCHED}, VALID),
    "in a cookie": ("cookie", {"schema": MISMATCHED}, VALID),
    "required": ("query", {"schema": MISMATCHED, "required": True}, [("query", "/q", "required")]),
    "required, and the default is valid": (
        "query",
        {"schema": {"type": "integer", "default": 5}, "required": True},
        [("query", "/q", "required")],
    ),
    "required in a header": ("header", {"schema": MISMATCHED, "required": True}, [("header", "/q", "required")]),
    "required in a cookie": ("cookie", {"schema": MISMATCHED, "required": True}, [("cookie", "/q", "required")]),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize(("place", "members", "violations"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(place: str, members: dict[str, Any], violations: ViolationKeys, version: str) -> None:
    """A parameter that is not sent is missing. Its default is not a value that the client sent."""
    assert violations == mock_violations(parameter_document(place, version, **members), request())


REPLY_HEADERS: dict[str, tuple[dict[str, Any], tuple[str, ...], ViolationKeys]] = {
    "a default that does not fit": ({"schema": MISMATCHED}, (), VALID),
    "required, with a default": ({"schema": MISMATCHED, "required": True}, (), [("header", "/X-Q", "required")]),
    "a list": ({"schema": INTEGERS}, ("1, 2",), VALID),
    "a repeated field": ({"schema": INTEGERS}, ("1", "2"), VALID),
    "a wrong element": ({"schema": INTEGERS}, ("1, x",), [("header", "/X-Q/1", "type")]),
    "an object": ({"schema": NUMBERED, "explode": True}, ("n=1, m=a",), VALID),
    "an enum of numbers": ({"schema": {"enum": [1]}}, ("1",), VALID),
    "another number": ({"schema": {"enum": [1]}}, ("2",), [("header", "/X-Q", "enum")]),
}


@pytest.mark.parametrize(("header", "values", "violations"), REPLY_HEADERS.values(), ids=REPLY_HEADERS)
def test_headers_of_replies(header: dict[str, Any], values: tuple[str, ...], violations: ViolationKeys) -> None:
    """Headers of replies are read like those of requests."""
    document = document_with(response_body({}, headers={"X-Q": header}))
    fields = (("content-type", "application/json"), *(("x-q", value) for value in values))

    assert violations == mock_violations(document, request(), Reply(status=200, headers=fields, body=b"{}"))


MESSAGES = {
    "an empty value": ({"type": "integer"}, "q=", "the value is empty"),
    "a required parameter": ({"type": "integer", "default": 5}, "", "the query parameter 'q' is required"),
    "an untyped enum": ({"enum": [1, 2]}, "q=3", "3 is not one of 1, 2"),
    "an untyped enum and a text": ({"enum": [1, 2]}, "q=a", '"a" is not one of 1, 2'),
}


@pytest.mark.parametrize(("schema", "query", "message"), MESSAGES.values(), ids=MESSAGES)
def test_messages(schema: Any, query: str, message: str) -> None:
    """The message states the reason."""
    contract = contract_for(parameter_document(schema=schema, required=True))

    assert [message] == [each.message for each in contract.understand(query_request(query)).violations]
