"""A form that the mock writes is read as the same object, and is valid if and only if the object is valid as JSON."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.document.operations import operations
from mockserver.contract.validation.validator import Validator
from mockserver.messages import Call, Headers, Request
from mockserver.samples import NoSample
from mockserver.samples.form_writer import write_form
from mockserver.samples.sample_replies import SampleReplies
from tests.support.cases import generated
from tests.support.documents import contract_for, document_with, loaded, request, response_body
from tests.support.plain_openapi_core import verdict_on_request

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
TEXTS = st.sampled_from(("", "a", "1", "true", "é", "a b&c=d", "x\r\ny", "mockserver-boundary", "[1]", "{}"))
NUMBERS = st.sampled_from((0, 1, -7, 2**53, 1.5, 1e3))
SCALARS: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "text": ({"type": "string", "maxLength": 5}, TEXTS),
    "integer": ({"type": "integer", "maximum": 10}, st.sampled_from((0, 1, -7, 20))),
    "number": ({"type": "number", "minimum": 0}, NUMBERS),
    "boolean": ({"type": "boolean"}, st.booleans()),
}
OBJECT = {
    "type": "object",
    "required": ["x"],
    "properties": {"x": {"type": "integer"}, "y": {"type": "boolean"}},
    "additionalProperties": False,
}
OBJECTS = st.fixed_dictionaries({"x": st.integers(-5, 5)}, optional={"y": st.booleans(), "z": st.just(1)})
ENCODINGS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "list": {"explode": True},
    "commas": {"style": "form", "explode": False},
    "object": {"contentType": "application/json"},
    "deep": {"style": "deepObject", "explode": True},
    "objects": {},
    "json": {"contentType": "application/json"},
}


@st.composite
def schemas_and_values(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema of a form, whose members are spread over compositions, and an object that may be valid."""
    scalar, scalars = SCALARS[draw(st.sampled_from(sorted(SCALARS)))]
    item, items = SCALARS[draw(st.sampled_from(("integer", "number", "boolean")))]
    listed = {"type": "array", "items": item, "maxItems": 2}
    members: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
        "scalar": (scalar, scalars),
        "list": (listed, st.lists(items, min_size=1, max_size=3)),
        "commas": (listed, st.lists(items, min_size=1, max_size=3)),
        "object": (OBJECT, OBJECTS),
        "deep": (OBJECT, OBJECTS),
        "objects": ({"type": "array", "items": OBJECT}, st.lists(OBJECTS, min_size=1, max_size=2)),
        "json": (listed, st.lists(items, max_size=3)),
    }
    names = draw(st.lists(st.sampled_from(sorted(members)), unique=True, min_size=1))
    value = draw(
        st.fixed_dictionaries({}, optional={**{name: members[name][1] for name in names}, "undocumented": TEXTS})
    )
    parts: list[dict[str, Any]] = [{}, {}]
    for name in names:
        part = parts[draw(st.integers(0, 1))]
        part.setdefault("properties", {})[name] = members[name][0]
    if draw(st.booleans()):
        parts[0]["required"] = names[:1]
    closed = {"minProperties": draw(st.integers(0, 2))}
    schema = draw(
        st.sampled_from(
            (
                {"allOf": parts},
                parts[0] | {"allOf": [parts[1]]},
                {"allOf": [{"allOf": [parts[0]]}, {"anyOf": [parts[1]]}]},
                {"properties": parts[0].get("properties", {}) | parts[1].get("properties", {})}
                | {"additionalProperties": {"type": "string", "maxLength": 3}},
            )
        )
    )
    return schema | closed, value


def form_request(schema: Any, value: Any, media_type: str, encoding: Any = None) -> Request:
    content_type, body = write_form(value, {"schema": schema, "encoding": encoding or ENCODINGS}, media_type)
    return Request(method="POST", path="/x", headers=Headers([("content-type", content_type)]), body=body)


def form_document(schema: Any, version: str, encoding: Any = None) -> dict[str, Any]:
    described = {"schema": schema, "encoding": ENCODINGS if encoding is None else encoding}
    content: dict[str, Any] = dict.fromkeys((URLENCODED, MULTIPART), described)
    body = {"required": True, "content": content | {"application/json": {"schema": schema}}}
    return document_with({"requestBody": body}, version=version)


@pytest.mark.parametrize("media_type", [URLENCODED, MULTIPART])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_form_is_valid_if_and_only_if_it_is_valid_as_json(version: str, media_type: str) -> None:
    """The same object, sent as JSON and as a form, has the same violations and the same value."""
    counts: Counter[bool] = Counter()

    @generated(1 / 5)
    @given(schemas_and_values())
    def hold(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
        schema, value = case
        message = form_request(schema, value, media_type)
        if not message.body:
            return
        document = loaded(form_document(schema, version))
        validator, operation = Validator(document), next(iter(operations(document)))
        expected = validator.body(operation, request(value))
        found = validator.body(operation, message)
        assert {(each.pointer, each.keyword) for each in expected} == {(each.pointer, each.keyword) for each in found}
        if not found:
            assert value == validator.read_body(operation, message)
        counts[bool(found)] += 1

    hold()
    assert min(counts[True], counts[False]) > counts.total() / 10


SIMPLE = st.fixed_dictionaries({}, optional={name: values for name, (_, values) in SCALARS.items()})


def test_openapi_core_agrees_about_simple_forms() -> None:
    """openapi-core alone has the same verdict on urlencoded forms of documented scalars."""
    counts: Counter[str] = Counter()
    schema = {"type": "object", "required": ["text"], "properties": {name: each for name, (each, _) in SCALARS.items()}}
    data = form_document(schema, "3.0.3", {})
    document = loaded(data)
    validator, operation = Validator(document), next(iter(operations(document)))

    @generated(1 / 10)
    @given(SIMPLE.filter(bool))
    def hold(value: dict[str, Any]) -> None:
        message = form_request(schema, value, URLENCODED, {"none": {}})
        verdict = verdict_on_request(data, message)
        assert verdict == ("InvalidRequestBody" if validator.body(operation, message) else "valid")
        counts[verdict] += 1

    hold()
    assert ["InvalidRequestBody", "valid"] == sorted(counts)


@pytest.mark.parametrize("media_type", [URLENCODED, MULTIPART])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_replies_that_are_forms(version: str, media_type: str) -> None:
    """A reply that is documented as a form is generated, and it is valid."""
    points = {"required": ["t"], "properties": {"t": {"type": "array", "items": OBJECT}}}
    schema = {"allOf": [OBJECT | {"additionalProperties": True}, points]}
    contract = contract_for(document_with(response_body(schema, media_type), version=version))
    call = Call(request=request(), operation="x", path={})
    reply = SampleReplies(contract).make(call, random.Random(1))
    assert media_type == dict(reply.headers)["content-type"].partition(";")[0]
    assert [] == contract.reply_violations("x", reply)


WRITTEN: dict[str, tuple[Any, dict[str, Any], str]] = {
    "scalars": ({"a": True, "b": 1.5, "c": "x y"}, {}, "a=true&b=1.5&c=x+y"),
    "null": ({"a": None}, {}, "a="),
    "a list": ({"a": [1, 2]}, {}, "a=1&a=2"),
    "a list with commas": ({"a": [1, 2]}, {"explode": False}, "a=1%2C2"),
    "an object": ({"a": {"x": 1}}, {}, "a=%7B%22x%22%3A1%7D"),
    "an object with commas": ({"a": {"x": 1}}, {"explode": False}, "a=x%2C1"),
    "an exploded object": ({"a": {"x": 1}}, {"style": "form"}, "x=1"),
    "a deep object": ({"a": {"x": [1]}}, {"style": "deepObject"}, "a%5Bx%5D%5B0%5D=1"),
    "JSON": ({"a": [1]}, {"contentType": "application/json"}, "a=%5B1%5D"),
}


@pytest.mark.parametrize(("value", "encoding", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_urlencoded_forms(value: Any, encoding: dict[str, Any], expected: str) -> None:
    """Each field is written as its encoding requires it."""
    written = write_form(value, {"encoding": {"a": encoding}}, URLENCODED)
    assert (URLENCODED, expected.encode()) == written


def test_multipart_forms() -> None:
    """A part has the documented media type, and the boundary is not in its text."""
    value = {'"a"': "x", "file": "mockserver-boundary"}
    encoding = {"file": {"contentType": "image/*, image/png"}}
    expected = (
        b"--mockserver-boundary-x\r\n"
        b'Content-Disposition: form-data; name="%22a%22"\r\n\r\nx\r\n'
        b"--mockserver-boundary-x\r\n"
        b'Content-Disposition: form-data; name="file"\r\nContent-Type: image/png\r\n\r\nmockserver-boundary\r\n'
        b"--mockserver-boundary-x--\r\n"
    )
    written = write_form(value, {"encoding": encoding}, MULTIPART)
    assert ("multipart/form-data; boundary=mockserver-boundary-x", expected) == written


def test_only_objects_are_forms() -> None:
    """A value that is no object cannot be written as a form."""
    with pytest.raises(NoSample, match="only an object can be written as application/x-www-form-urlencoded"):
        write_form([1], {}, URLENCODED)
