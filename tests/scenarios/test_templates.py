"""Templates and runtime expressions: the values that they take from a request."""

from __future__ import annotations

import json

import pytest

from mockserver.messages import ABSENT, Call, Headers, Request
from mockserver.scenarios.format.template_formats import TEMPLATE, text_template

BODY = {"provider": "stripe", "address": True, "count": 2, "none": None, "list": [{"x": 1.5}], "a/b~c": {"": "deep"}}
CALL = Call(
    request=Request(
        method="POST",
        path="/v1/customer/Cust_%C3%A9",
        query="tag=one&tag=two&empty=",
        headers=Headers([("Host", "127.0.0.1:8080"), ("X-Id", "42"), ("x-name", "caf\xe9")]),
    ),
    operation="op",
    path={"customer_id": "Cust_é"},
    body=BODY,
)

VALUES: dict[str, tuple[object, object]] = {
    "no expression": ("plain {text} {}", "plain {text} {}"),
    "path": ("{$request.path.customer_id}", "Cust_é"),
    "path in text": ("<{$request.path.customer_id}>", "<Cust_é>"),
    "path, not there": ("{$request.path.other}", None),
    "not there, in text": ("<{$request.path.other}>", "<>"),
    "query": ("{$request.query.tag}", "one"),
    "query, empty": ("{$request.query.empty}", ""),
    "query, not there": ("{$request.query.none}", None),
    "header": ("{$request.header.X-ID}", "42"),
    "header, not there": ("{$request.header.X-Other}", None),
    "body": ("{$request.body}", BODY),
    "body, empty pointer": ("{$request.body#}", BODY),
    "body, text": ("{$request.body#/provider}", "stripe"),
    "body, truth value": ("{$request.body#/address}", True),
    "body, number": ("{$request.body#/count}", 2),
    "body, null": ("{$request.body#/none}", None),
    "body, item": ("{$request.body#/list/0/x}", 1.5),
    "body, escaped pointer": ("{$request.body#/a~1b~0c/}", "deep"),
    "body, past the end": ("{$request.body#/list/1}", None),
    "body, not an index": ("{$request.body#/list/00}", None),
    "body, below a scalar": ("{$request.body#/count/0}", None),
    "truth value in text": ("address={$request.body#/address}", "address=true"),
    "number in text": ("{$request.body#/count}!", "2!"),
    "null in text": ("{$request.body#/none}!", "null!"),
    "object in text": ("{$request.body#/list/0}!", '{"x":1.5}!'),
    "two in one text": ("{$method} {$request.query.tag}", "POST one"),
    "two without text between": ("{$method}{$method}", "POSTPOST"),
    "method": ("{$method}", "POST"),
    "url": ("{$url}", "http://127.0.0.1:8080/v1/customer/Cust_%C3%A9?tag=one&tag=two&empty="),
    "fake": ("{$fake.iban}", "made-up iban"),
    "nested": (
        {"a": ["{$method}", 1, None], "b": {"c": "{$request.body#/address}"}},
        {"a": ["POST", 1, None], "b": {"c": True}},
    ),
    "evaluated once only": (["{$request.path.customer_id}"], ["Cust_é"]),
}


@pytest.mark.parametrize(("written", "expected"), VALUES.values(), ids=VALUES.keys())
def test_values(written: object, expected: object) -> None:
    """A single expression keeps the JSON type of its value. Inside a text the value becomes text."""
    template = TEMPLATE.parse(written)
    actual = template.render(CALL, lambda name: f"made-up {name}")
    assert json.dumps(expected) == json.dumps(actual)
    assert ("{$" not in str(written)) is template.static


def test_values_are_not_evaluated_again() -> None:
    """Text from a request that looks like an expression stays text."""
    call = Call(request=CALL.request, operation="op", path={"customer_id": "{$fake.iban}"})
    assert "<{$fake.iban}>" == TEMPLATE.parse("<{$request.path.customer_id}>").render(call, str)


def test_a_request_without_a_body() -> None:
    """Without a body every pointer is null, or empty inside a text."""
    call = Call(request=CALL.request, operation="op", path={}, body=ABSENT)
    assert [None, None, ""] == TEMPLATE.parse(
        ["{$request.body}", "{$request.body#/a}", "{$request.body}{$request.body}"]
    ).render(call, str)


FIELDS = {
    "plain": ("1", "1"),
    "expression": ("id={$request.header.x-id}", "id=42"),
    "printable ASCII stays": ("a b~!\"#$%&'()*+,-./:;<=>?@[]^_`|", "a b~!\"#$%&'()*+,-./:;<=>?@[]^_`|"),
    "beyond ASCII": ("{$request.path.customer_id}", "Cust_%C3%A9"),
    "line break": ("{$request.query.evil}", "a%0D%0ASet-Cookie: b"),
    "lone surrogate": ("{$request.body}", "?"),
}


@pytest.mark.parametrize(("written", "expected"), FIELDS.values(), ids=FIELDS.keys())
def test_header_values(written: str, expected: str) -> None:
    """Values from a request are percent-encoded in header fields, so that they cannot add another field."""
    request = Request(method="GET", path="/", query="evil=a%0d%0aSet-Cookie:%20b", headers=CALL.request.headers)
    call = Call(request=request, operation="op", path=CALL.path, body="\ud83d")
    assert expected == text_template(written).render_field(call, str)
