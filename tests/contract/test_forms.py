"""Forms: every field is read as its schema and its encoding describe it, and the whole object is validated."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from mockserver.errors import Refusal
from mockserver.messages import Request
from tests.support.documents import contract_for, document_with, request_body
from tests.support.messages import INTEGERS, VALID, ViolationKeys, body_request, nested
from tests.support.mock_violations import mock_violations

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}
SCHEMAS: dict[str, Any] = {
    "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    "AB": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"type": "boolean"}}}]},
    "Point": {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}},
}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def an_object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})


INTEGER = {"type": "integer"}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
POINTS = {"type": "array", "items": ref("Point")}


def urlencoded(text: str) -> Request:
    return body_request(text.encode("latin-1"), URLENCODED)


def multipart(*parts: tuple[str, ...]) -> Request:
    """A multipart form. A part is a name, a text, and lines of headers."""
    sections = []
    for name, text, *headers in parts:
        lines = [f'Content-Disposition: form-data; name="{name}"', *headers, "", text]
        sections.append("--B\r\n" + "\r\n".join(lines) + "\r\n")
    return body_request("".join([*sections, "--B--\r\n"]).encode("latin-1"), f"{MULTIPART}; boundary=B")


def found(version: str, schema: Any, message: Request, **members: Any) -> ViolationKeys:
    media_type = message.headers["content-type"].partition(";")[0]
    body = request_body(schema, media_type, **members)
    return mock_violations(document_with(body, version=version, schemas=SCHEMAS), message)


def read(version: str, schema: Any, message: Request, **members: Any) -> Any:
    media_type = message.headers["content-type"].partition(";")[0]
    body = request_body(schema, media_type, **members)
    document = document_with(body, version=version, schemas=SCHEMAS)
    return contract_for(document).understand(message).call.body


A = an_object(a=INTEGER)
WHOLE_OBJECT: dict[str, tuple[Any, list[tuple[str, str]], ViolationKeys]] = {
    "no undocumented fields": (
        A | {"additionalProperties": False},
        [("a", "1"), ("b", "2")],
        [("body", "/b", "additionalProperties")],
    ),
    "only documented fields": (A | {"additionalProperties": False}, [("a", "1")], VALID),
    "undocumented fields of a type": (A | {"additionalProperties": INTEGER}, [("b", "2")], VALID),
    "an undocumented field of another type": (
        A | {"additionalProperties": INTEGER},
        [("b", "x")],
        [("body", "/b", "type")],
    ),
    "undocumented fields": (A, [("b", "x"), ("c", "1"), ("c", "2")], VALID),
    "too few fields": (A | {"minProperties": 2}, [("a", "1")], [("body", "", "minProperties")]),
    "undocumented fields count": (A | {"minProperties": 2}, [("a", "1"), ("b", "1")], VALID),
    "too many fields": (A | {"maxProperties": 1}, [("a", "1"), ("b", "1")], [("body", "", "maxProperties")]),
    "an allOf": ({"allOf": [A, an_object(("b",), b=INTEGER)]}, [("a", "1"), ("b", "2")], VALID),
    "an invalid allOf": ({"allOf": [A, an_object(b=INTEGER)]}, [("b", "x")], [("body", "/b", "type")]),
    "an allOf behind references": (ref("AB"), [("a", "1"), ("b", "true")], VALID),
    "an invalid allOf behind references": (
        ref("AB"),
        [("a", "x"), ("b", "1")],
        [
            ("body", "/a", "type"),
            ("body", "/b", "type"),
        ],
    ),
    "a missing field behind references": (ref("AB"), [("b", "true")], [("body", "/a", "required")]),
    "a nested allOf": ({"allOf": [{"allOf": [{"allOf": [ref("A")]}]}]}, [("a", "1")], VALID),
    "an allOf beside properties": (an_object(c=INTEGER) | {"allOf": [ref("A")]}, [("a", "1"), ("c", "2")], VALID),
    "a oneOf": ({"oneOf": [ref("A"), an_object(("b",), b=INTEGER)]}, [("b", "2")], VALID),
    "an anyOf": ({"anyOf": [ref("A"), an_object(("b",), b=INTEGER)]}, [("a", "1"), ("b", "2")], VALID),
    "an invalid anyOf": (
        {"anyOf": [an_object(("a",), a=INTEGER)]},
        [("a", "x")],
        [("body", "/a", "type")],
    ),
    "the alternative decides the type": (
        {
            "oneOf": [
                an_object(("kind", "v"), kind={"enum": ["number"]}, v=INTEGER),
                an_object(("kind", "v"), kind={"enum": ["text"]}, v=TEXT),
            ]
        },
        [("kind", "text"), ("v", "5")],
        VALID,
    ),
    "a field of several types": (an_object(a={"oneOf": [INTEGER, {"type": "boolean"}]}), [("a", "true")], VALID),
    "a text or a list": (an_object(a={"anyOf": [TEXT, INTEGERS]}), [("a", "1"), ("a", "2")], VALID),
    "an enum of numbers": (an_object(a={"enum": [1, 2]}), [("a", "2")], VALID),
    "not in an enum of numbers": (an_object(a={"enum": [1, 2]}), [("a", "3")], [("body", "/a", "enum")]),
    "a field that is not allowed": (
        A | {"not": {"required": ["b"]}},
        [("b", "1")],
        [("body", "", "not")],
    ),
    "a boolean": (an_object(a={"type": "boolean"}), [("a", "yes")], [("body", "/a", "type")]),
    "a number": (an_object(a={"type": "number"}), [("a", "1_000")], [("body", "/a", "type")]),
    "an empty text": (an_object(("a",), a=TEXT), [("a", "")], VALID),
    "an empty number": (A, [("a", "")], [("body", "/a", "type")]),
    "a default is not inserted": (
        an_object(("a",), a={"type": "string", "default": "x"}),
        [("b", "1")],
        [("body", "/a", "required")],
    ),
    "a field that is sent twice": (A, [("a", "1"), ("a", "2")], [("body", "/a", "type")]),
    "a list": (an_object(a=INTEGERS), [("a", "1"), ("a", "2")], VALID),
    "a list with one item": (an_object(a=INTEGERS), [("a", "1")], VALID),
    "an invalid item": (an_object(a=INTEGERS), [("a", "1"), ("a", "x")], [("body", "/a/1", "type")]),
    "too many items": (
        an_object(a=INTEGERS | {"maxItems": 1}),
        [("a", "1"), ("a", "2")],
        [("body", "/a", "maxItems")],
    ),
    "an object": (an_object(a=ref("Point")), [("a", '{"x":1}')], VALID),
    "an invalid object": (an_object(a=ref("Point")), [("a", '{"x":"1"}')], [("body", "/a/x", "type")]),
    "an object that is not JSON": (an_object(a=ref("Point")), [("a", "{x")], [("body", "/a", "content")]),
    "objects": (an_object(a=POINTS), [("a", '{"x":1}'), ("a", '{"x":2}')], VALID),
    "objects in one array": (an_object(a=POINTS), [("a", '[{"x":1},{"x":2}]')], VALID),
    "an invalid object in one array": (
        an_object(a=POINTS),
        [("a", '[{"x":1},{"y":2}]')],
        [("body", "/a/1/x", "required")],
    ),
    "nested lists": (an_object(a={"type": "array", "items": INTEGERS}), [("a", "[1]"), ("a", "[2,3]")], VALID),
    "numbers in one array": (an_object(a=INTEGERS), [("a", "[1,2]")], [("body", "/a/0", "type")]),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("media_type", [URLENCODED, MULTIPART])
@pytest.mark.parametrize(("schema", "fields", "expected"), WHOLE_OBJECT.values(), ids=WHOLE_OBJECT)
def test_the_whole_object_is_validated(
    media_type: str, version: str, schema: Any, fields: list[tuple[str, str]], expected: ViolationKeys
) -> None:
    """All keywords of the schema apply to all fields, in both media types and versions."""
    if media_type == MULTIPART:
        message = multipart(*fields)
    else:
        message = urlencoded("&".join(f"{name}={value}" for name, value in fields))
    assert expected == found(version, schema, message)


ONLY_31: dict[str, tuple[Any, str, ViolationKeys]] = {
    "unevaluatedProperties": (
        {"allOf": [A], "unevaluatedProperties": False},
        "a=1&b=2",
        [("body", "/b", "unevaluatedProperties")],
    ),
    "unevaluatedProperties with a type": ({"allOf": [A], "unevaluatedProperties": INTEGER}, "a=1&b=2", VALID),
    "patternProperties": ({"patternProperties": {"^n_": INTEGER}}, "n_a=1", VALID),
    "patternProperties with another type": (
        {"patternProperties": {"^n_": INTEGER}},
        "n_a=x",
        [("body", "/n_a", "type")],
    ),
    "propertyNames": (A | {"propertyNames": {"maxLength": 2}}, "abc=1", [("body", "", "maxLength")]),
    "dependentRequired": (
        A | {"dependentRequired": {"a": ["b"]}},
        "a=1",
        [("body", "", "dependentRequired")],
    ),
    "if and then": (
        {"if": an_object(("k",), k={"const": "n"}), "then": an_object(v=INTEGER), "else": an_object(v=TEXT)},
        "k=n&v=5",
        VALID,
    ),
    "if and else": (
        {"if": an_object(("k",), k={"const": "n"}), "then": an_object(v=INTEGER), "else": an_object(v=TEXT)},
        "k=t&v=5",
        VALID,
    ),
    "a list of types": (an_object(a={"type": ["integer", "null"]}), "a=5", VALID),
    "null": (an_object(a={"type": ["integer", "null"]}), "a=", VALID),
    "prefixItems": (an_object(a={"prefixItems": [INTEGER, {"type": "boolean"}]}), "a=1&a=true", VALID),
    "a reference beside properties": (ref("A") | {"properties": {"b": INTEGER}}, "a=1&b=2", VALID),
}


@pytest.mark.parametrize(("schema", "text", "expected"), ONLY_31.values(), ids=ONLY_31)
def test_keywords_of_31(schema: Any, text: str, expected: ViolationKeys) -> None:
    """Keywords that only OpenAPI 3.1 has apply to forms too."""
    assert expected == found("3.1.0", schema, urlencoded(text))


JSON_FIELD = {"contentType": "application/json"}
ENCODED: dict[str, tuple[Any, dict[str, Any], str, Any]] = {
    "a list as JSON": (INTEGERS, JSON_FIELD, "a=[1,2]", [1, 2]),
    "the items as JSON": (INTEGERS, JSON_FIELD, "a=1&a=2", [1, 2]),
    "one item as JSON": (INTEGERS, JSON_FIELD, "a=1", [1]),
    "a list of lists as JSON": ({"type": "array", "items": INTEGERS}, JSON_FIELD, "a=[[1],[2]]", [[1], [2]]),
    "an object as JSON": (ref("Point"), JSON_FIELD, 'a={"x":1}', {"x": 1}),
    "a text with JSON in it": (TEXT, JSON_FIELD, 'a={"x":1}', '{"x":1}'),
    "commas": (INTEGERS, {"explode": False}, "a=1,2", [1, 2]),
    "spaces": (TEXTS, {"style": "spaceDelimited", "explode": False}, "a=x+y", ["x", "y"]),
    "pipes": (TEXTS, {"style": "pipeDelimited", "explode": False}, "a=x|y", ["x", "y"]),
    "repeated": (INTEGERS, {"style": "form", "explode": True}, "a=1&a=2", [1, 2]),
    "reserved characters": (TEXT, {"allowReserved": True}, "a=x/y", "x/y"),
    "an object with commas": (ref("Point"), {"explode": False}, "a=x,1,y,2", {"x": 1, "y": 2}),
    "a deep object": (ref("Point"), {"style": "deepObject"}, "a[x]=1&a[y]=2", {"x": 1, "y": 2}),
    "a deep object in a deep object": (
        an_object(p=ref("Point"), l=INTEGERS),
        {"style": "deepObject"},
        "a[p][x]=1&a[l]=2&a[l]=3",
        {"p": {"x": 1}, "l": [2, 3]},
    ),
    "a list in a deep object, given once": (an_object(l=INTEGERS), {"style": "deepObject"}, "a[l]=2", {"l": [2]}),
    "a list in a deep object, in brackets": (
        an_object(l=INTEGERS),
        {"style": "deepObject"},
        "a[l][]=2&a[l][]=3",
        {"l": [2, 3]},
    ),
    "a list with indices": (POINTS, {"style": "deepObject"}, "a[0][x]=1&a[1][x]=2", [{"x": 1}, {"x": 2}]),
    "a list in brackets": (INTEGERS, {"style": "deepObject"}, "a[]=1&a[]=2", [1, 2]),
    "an exploded object": (ref("Point"), {"style": "form"}, "x=1&y=2", {"x": 1, "y": 2}),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize(("schema", "encoding", "text", "expected"), ENCODED.values(), ids=ENCODED)
def test_encodings(version: str, schema: Any, encoding: dict[str, Any], text: str, expected: Any) -> None:
    """A field is read by the media type or the style of its encoding."""
    whole = an_object(("a",), a=schema) | {"additionalProperties": False}
    message = urlencoded(text)
    assert VALID == found(version, whole, message, encoding={"a": encoding})
    assert {"a": expected} == read(version, whole, message, encoding={"a": encoding})


WRONGLY_ENCODED: dict[str, tuple[Any, dict[str, Any], str, ViolationKeys]] = {
    "not JSON": (INTEGERS, JSON_FIELD, "a=[1,", [("body", "/a", "content")]),
    "JSON with a repeated key": (ref("Point"), JSON_FIELD, 'a={"x":1,"x":2}', [("body", "/a", "content")]),
    "an item of JSON": (INTEGERS, JSON_FIELD, 'a=[1,"2"]', [("body", "/a/1", "type")]),
    "an item between commas": (INTEGERS, {"explode": False}, "a=1,x", [("body", "/a/1", "type")]),
    "JSON for a deep object": (
        ref("Point"),
        {"style": "deepObject"},
        'a={"x":1}',
        [("body", "/a", "type")],
    ),
    "a member of a deep object": (ref("Point"), {"style": "deepObject"}, "a[x]=one", [("body", "/a/x", "type")]),
    "a deep object that contradicts itself": (
        an_object(x={}),
        {"style": "deepObject"},
        "a[x]=1&a[x][y]=2",
        [("body", "/a", "style")],
    ),
    "a value between commas, sent twice": (
        INTEGER,
        {"explode": False},
        "a=1&a=2",
        [("body", "/a", "type")],
    ),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize(("schema", "encoding", "text", "expected"), WRONGLY_ENCODED.values(), ids=WRONGLY_ENCODED)
def test_wrong_encodings(
    version: str, schema: Any, encoding: dict[str, Any], text: str, expected: ViolationKeys
) -> None:
    """The violation names the field or the item."""
    assert expected == found(version, an_object(a=schema), urlencoded(text), encoding={"a": encoding})


PNG = ("Content-Type: image/png",)
A_JSON_PART = ("Content-Type: application/json",)
PARTS: dict[str, tuple[Any, dict[str, Any], tuple[tuple[str, ...], ...], ViolationKeys]] = {
    "a list as JSON": (INTEGERS, JSON_FIELD, (("a", "[1,2]"),), VALID),
    "a list, and the part says it is JSON": (INTEGERS, {}, (("a", "[1,2]", *A_JSON_PART),), VALID),
    "items that say they are JSON": (
        POINTS,
        {},
        (("a", '{"x":1}', *A_JSON_PART), ("a", '{"x":2}', *A_JSON_PART)),
        VALID,
    ),
    "a JSON text": (TEXT, {}, (("a", '"x"', *A_JSON_PART),), VALID),
    "a part that says it is JSON, and is not": (INTEGER, {}, (("a", "{", *A_JSON_PART),), [("body", "/a", "content")]),
    "explode": (TEXTS, {"explode": True}, (("a", "x"), ("a", "y")), VALID),
    "style": (INTEGERS, {"style": "form"}, (("a", "1"), ("a", "2")), VALID),
    "no explode": (INTEGERS, {"style": "form", "explode": False}, (("a", "1,2"),), VALID),
    "allowReserved": (TEXT, {"allowReserved": True}, (("a", "x/y"),), VALID),
    "explode for an object": (ref("Point"), {"explode": True}, (("a", '{"x":1}'),), VALID),
    "deepObject": (ref("Point"), {"style": "deepObject"}, (("a[x]", "1"),), VALID),
    "files": (
        {"type": "array", "items": {"type": "string", "format": "binary"}},
        {},
        (("a", "\xff"), ("a", "")),
        VALID,
    ),
    "the documented media type": (TEXT, {"contentType": "image/png"}, (("a", "\x89", *PNG),), VALID),
    "one of the documented media types": (TEXT, {"contentType": "image/gif, image/png"}, (("a", "\x89", *PNG),), VALID),
    "a range of media types": (TEXT, {"contentType": "image/*"}, (("a", "\x89", *PNG),), VALID),
    "no media type": (TEXT, {"contentType": "image/png"}, (("a", "\x89"),), VALID),
    "an unknown media type": (
        TEXT,
        {"contentType": "image/png"},
        (("a", "\x89", "Content-Type: application/octet-stream"),),
        VALID,
    ),
    "another media type": (
        TEXT,
        {"contentType": "image/gif"},
        (("a", "\x89", *PNG),),
        [("body", "/a", "contentType")],
    ),
    "a required header": (
        TEXT,
        {"headers": {"X-Size": {"required": True, "schema": INTEGER}}},
        (("a", "x", "X-Size: 1"),),
        VALID,
    ),
    "a required header that is missing": (
        TEXT,
        {"headers": {"X-Size": {"required": True, "schema": INTEGER}}},
        (("a", "x"),),
        [("body", "/a", "headers")],
    ),
    "an optional header that is missing": (TEXT, {"headers": {"X-Size": {"schema": INTEGER}}}, (("a", "x"),), VALID),
    "a header of another type": (
        TEXT,
        {"headers": {"X-Size": {"schema": INTEGER}}},
        (("a", "x", "X-Size: big"),),
        [("body", "/a", "headers")],
    ),
}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize(("schema", "encoding", "parts", "expected"), PARTS.values(), ids=PARTS)
def test_parts(
    version: str, schema: Any, encoding: dict[str, Any], parts: tuple[tuple[str, ...], ...], expected: ViolationKeys
) -> None:
    """A part is read by its own media type, or by its encoding, and its headers are checked."""
    assert expected == found(version, an_object(a=schema), multipart(*parts), encoding={"a": encoding})


CHARSETS: dict[str, tuple[Request, str]] = {
    "percent-encoded UTF-8": (urlencoded("a=%C3%A9"), "é"),
    "UTF-8": (urlencoded("a=\xc3\xa9"), "é"),
    "a charset": (body_request(b"a=%E9", f"{URLENCODED}; charset=ISO-8859-1"), "é"),
    "a part in UTF-8": (multipart(("a", "\xc3\xa9")), "é"),
    "a part with a charset": (multipart(("a", "\xe9", "Content-Type: text/plain; charset=iso-8859-1")), "é"),
    "a part that is not text": (multipart(("a", "\xff")), "\xff"),
    "a part in base64": (multipart(("a", "w6k=", "Content-Transfer-Encoding: base64")), "é"),
    "a quoted-printable part": (multipart(("a", "=C3=A9", "Content-Transfer-Encoding: quoted-printable")), "é"),
    "line breaks": (multipart(("a", "x\r\n--\r\ny")), "x\r\n--\r\ny"),
    "an empty file": (multipart(("a", "", "Content-Type: application/octet-stream")), ""),
}


@pytest.mark.parametrize(("message", "expected"), CHARSETS.values(), ids=CHARSETS)
def test_texts(message: Request, expected: str) -> None:
    """Texts are decoded by their charset, and bytes that are no text have one character each."""
    assert {"a": expected} == read("3.0.3", an_object(a=TEXT), message)


PART = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
MALFORMED: dict[str, tuple[Request, str]] = {
    "no UTF-8 after decoding": (urlencoded("a=%FF"), "it is not valid UTF-8 after decoding"),
    "no UTF-8": (urlencoded("a=\xff"), "it is not valid UTF-8 after decoding"),
    "too many fields": (urlencoded("a&" * 1001), "it has more than 1000 fields"),
    "no boundary": (body_request(PART, MULTIPART), "the Content-Type has no boundary"),
    "another boundary": (
        body_request(PART, f"{MULTIPART}; boundary=C"),
        "its parts are not separated by the boundary, or a part has no Content-Disposition",
    ),
    "a long boundary": (
        body_request(PART, f"{MULTIPART}; boundary={'B' * 71}"),
        "the boundary has more than 70 characters, the limit of RFC 2046",
    ),
    "no end": (
        body_request(PART + b"x", f"{MULTIPART}; boundary=B"),
        "its parts are not separated by the boundary, or a part has no Content-Disposition",
    ),
    "no name": (
        body_request(b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--", f"{MULTIPART}; boundary=B"),
        "a part has no name",
    ),
    "too many parts": (multipart(*[("a", "")] * 1001), "it has more than 1000 fields"),
    "long headers of a part": (
        multipart(("a", "x", "X-A: " + "a" * 5000)),
        "the headers of a part do not end within 4096 bytes",
    ),
    "not base64": (
        multipart(("a", "x", "Content-Transfer-Encoding: base64")),
        "a part cannot be decoded as base64",
    ),
}


@pytest.mark.parametrize(("message", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_forms(message: Request, reason: str) -> None:
    """A form that cannot be read is refused with the reason."""
    with pytest.raises(Refusal) as refused:
        read("3.0.3", {"type": "object"}, message)
    assert ("malformed-body", f"The body is malformed: {reason}.") == (refused.value.kind, refused.value.detail)


MANY = 1 << 19
HOSTILE: dict[str, Request] = {
    "separators": urlencoded("&" * 2 * MANY),
    "brackets": urlencoded("a" + "[x]" * (MANY // 2) + "=1"),
    "half boundaries": body_request(PART + b"\r\n--" * (MANY // 2), f"{MULTIPART}; boundary=B"),
    "boundaries without a line break": body_request(PART + b"\r\n--Bx" * (MANY // 6), f"{MULTIPART}; boundary=B"),
    "line breaks": body_request(PART + b"\r\n" * MANY, f"{MULTIPART}; boundary=B"),
    "a boundary without its end": body_request(b"-" * 2 * MANY, f"{MULTIPART}; boundary={'-' * 60_000}"),
    "boundaries before the first part": body_request(b"\r\n--Bx" * (MANY // 3), f"{MULTIPART}; boundary=B"),
    "spaces after a boundary": body_request(PART + b"\r\n--B" + b" " * MANY, f"{MULTIPART}; boundary=B"),
    "parameters of a part": multipart(("a", "", "X: a;" + "b=c;" * (MANY // 2))),
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
def test_hostile_forms_take_bounded_time(message: Request) -> None:
    """Large forms are refused in bounded time; otherwise this test would not end."""
    schema = an_object(a=an_object(x={}))
    with suppress(Refusal):
        assert found("3.0.3", schema, message, encoding={"a": {"style": "deepObject"}})


def test_deep_json_in_a_field() -> None:
    """A field may be JSON with as many levels as a JSON body, also if its schema is recursive and ambiguous."""
    node = {"type": "object", "additionalProperties": {"allOf": [{"anyOf": [{"oneOf": [{"allOf": [ref("Node")]}]}]}]}}
    schema = an_object(a={"anyOf": [{"type": "string", "maxLength": 1}, ref("Node")]})
    document = document_with(request_body(schema, URLENCODED), schemas={"Node": node})
    assert VALID == mock_violations(document, urlencoded(f"a={json.dumps(nested(60, {}))}"))


def test_ambiguous_fields_take_bounded_time() -> None:
    """If many fields can mean a number or a text, not every combination is tried."""
    properties: dict[str, Any] = {f"f{number}": {"anyOf": [INTEGER, TEXT]} for number in range(300)}
    schema = an_object(**properties) | {"not": {"required": ["f0"]}}
    text = "&".join(f"{name}=1" for name in properties)
    assert [("body", "", "not")] == found("3.0.3", schema, urlencoded(text))


MESSAGES: dict[str, tuple[Any, dict[str, Any], Request, str]] = {
    "a number": (INTEGER, {}, urlencoded("a=1_0"), '"1_0" is not an integer (written as in JSON, such as 10 or -5)'),
    "a boolean": ({"type": "boolean"}, {}, urlencoded("a=yes"), '"yes" is not a boolean (true or false)'),
    "sent twice": (INTEGER, {}, urlencoded("a=1&a=2"), "the field is sent 2 times; the contract wants one value"),
    "not JSON": (
        INTEGERS,
        JSON_FIELD,
        urlencoded("a=x"),
        "the field cannot be read as JSON: not JSON: Expecting value at line 1, column 1",
    ),
    "another media type": (
        TEXT,
        {"contentType": "image/gif,image/jpeg"},
        multipart(("a", "x", *PNG)),
        "the part has the media type 'image/png'; the contract wants image/gif or image/jpeg",
    ),
    "a missing header": (
        TEXT,
        {"headers": {"X-Size": {"required": True}}},
        multipart(("a", "x")),
        "the header X-Size of the part is required",
    ),
}


@pytest.mark.parametrize(("schema", "encoding", "message", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_messages(schema: Any, encoding: dict[str, Any], message: Request, expected: str) -> None:
    """The message of a violation gives the true reason."""
    media_type = message.headers["content-type"].partition(";")[0]
    document = document_with(request_body(an_object(a=schema), media_type, encoding={"a": encoding}))
    violations = contract_for(document).understand(message).violations
    assert [("/a", expected)] == [(each.pointer, each.message) for each in violations]


@pytest.mark.parametrize("media_type", ["multipart/mixed", "multipart/related"])
def test_other_multipart_bodies_are_not_checked(media_type: str) -> None:
    """A multipart body that is not a form is only checked for its media type."""
    document = document_with(request_body(A, media_type))
    assert VALID == mock_violations(document, body_request(b"--B\r\n\r\nx\r\n--B--", f"{media_type}; boundary=B"))
