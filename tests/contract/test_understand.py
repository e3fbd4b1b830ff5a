"""How the contract understands requests: as a call, as a refusal, or with violations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract import Contract
from mockserver.contract.document.document import load_document
from mockserver.errors import Refusal
from mockserver.messages import ABSENT, Headers, Request
from mockserver.settings import bundled

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
VALID = {"operation": "add_method", "address": True}
JSON = ("Content-Type", "application/json")
KEY = ("wb-key", "api_key_demo")


@pytest.fixture(scope="module", params=["compiled", "openapi-core"])
def contract(request: pytest.FixtureRequest) -> Contract:
    """The bundled contract, with and without compiled schemas. Both must give the same results."""
    document = load_document(bundled("spec") / "wingback.yaml")
    return Contract(document, compiled=request.param == "compiled")


def post(body: Any = VALID, *, path: str = PATH, headers: tuple[tuple[str, str], ...] = (JSON, KEY)) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method="POST", path=path, headers=Headers(headers), body=raw)


ACCEPTED: dict[str, tuple[Request, Any]] = {
    "the smallest body": (post(), VALID),
    "every nullable member is null": (
        post(VALID | dict.fromkeys(("provider", "plan_id", "pricing_id", "detach_previous_on_success"))),
        VALID | dict.fromkeys(("provider", "plan_id", "pricing_id", "detach_previous_on_success")),
    ),
    "unknown members": (post(VALID | {"note": {"a": [1]}}), VALID | {"note": {"a": [1]}}),
    "a sample plan id without a UUID": (
        post(VALID | {"plan_id": "PP6964516404716267"}),
        VALID | {"plan_id": "PP6964516404716267"},
    ),
    "a cookie as credential": (post(headers=(JSON, ("Cookie", "a=b; app-session=s1"))), VALID),
    "a media type with charset, in capitals": (
        post(headers=(("Content-Type", "Application/JSON; charset=UTF-8"), KEY)),
        VALID,
    ),
    "a media type with a parameter that has no value": (
        post(headers=(("content-type", "application/json; x"), KEY)),
        VALID,
    ),
}


@pytest.mark.parametrize(("request_", "body"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(contract: Contract, request_: Request, body: Any) -> None:
    """A valid request is understood without violations."""
    understood = contract.understand(request_)
    assert ([], body) == ([each.as_json() for each in understood.violations], understood.call.body)
    assert "c_create_payment_session" == understood.call.operation


def test_encoded_slash(contract: Contract) -> None:
    """An encoded slash does not end a segment, and is decoded in the value."""
    understood = contract.understand(post(path=PATH.replace("Cust_", "Cust%2F")))
    assert {"customer_id": "Cust/c40bea18-c0c9-44b1-bd0c-43f5283e1670"} == understood.call.path


VIOLATIONS: dict[str, tuple[Request, list[tuple[str, str, str]]]] = {
    "address is missing": (post({"operation": "add_method"}), [("body", "/address", "required")]),
    "both required members are missing": (
        post({}),
        [("body", "/operation", "required"), ("body", "/address", "required")],
    ),
    "an unknown purpose": (post(VALID | {"operation": "refund"}), [("body", "/operation", "enum")]),
    "a string for a boolean": (post(VALID | {"address": "true"}), [("body", "/address", "type")]),
    "a number for a boolean": (post(VALID | {"address": 1}), [("body", "/address", "type")]),
    "a list": (post([]), [("body", "", "type")]),
    "null": (post(None), [("body", "", "type")]),
    "null where it is not allowed": (post(VALID | {"address": None}), [("body", "/address", "type")]),
    "an unknown provider, behind nullable and allOf": (
        post(VALID | {"provider": "paypal"}),
        [("body", "/provider", "enum")],
    ),
    "several at once": (
        post({"operation": 1, "plan_id": 2}),
        [
            ("body", "/address", "required"),
            ("body", "/operation", "enum"),
            ("body", "/operation", "type"),
            ("body", "/plan_id", "type"),
        ],
    ),
    "an empty body": (post(b""), [("body", "", "required")]),
    "no body and no media type": (post(b"", headers=(KEY,)), [("body", "", "required")]),
    "an empty path parameter": (
        post(path="/v1/c/customer//payment/session"),
        [("path", "/customer_id", "required")],
    ),
    "a path parameter that is not UTF-8": (
        post(path="/v1/c/customer/%ff/payment/session"),
        [("path", "/customer_id", "type")],
    ),
}


@pytest.mark.parametrize(("request_", "expected"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_violations(contract: Contract, request_: Request, expected: list[tuple[str, str, str]]) -> None:
    """Every violation is reported, each with its place, pointer and keyword."""
    found = contract.understand(request_).violations
    assert sorted(expected) == sorted((each.place, each.pointer, each.keyword) for each in found)


REFUSED: dict[str, tuple[Request, str, str]] = {
    "malformed JSON": (post(b'{"operation"'), "malformed-body", "line 1"),
    "text after the value": (post(b"{} x"), "malformed-body", "Extra data"),
    "only white space": (post(b"  "), "malformed-body", "Expecting value"),
    "duplicate keys": (
        post(b'{"address":true,"address":false}'),
        "malformed-body",
        'the key "address" is repeated (first in line 1) at line 1, column 17',
    ),
    "NaN": (post(b'{"address":NaN}'), "malformed-body", "NaN is not JSON"),
    "Infinity": (post(b'{"address":-Infinity}'), "malformed-body", "-Infinity is not JSON"),
    "a number beyond a double": (post(b'{"address":1e999}'), "malformed-body", "beyond a double"),
    "a number of 5,000 digits": (post(b"1" * 5000), "malformed-body", "5000 digits"),
    "invalid UTF-8": (post(b'{"a":"\xff"}'), "malformed-body", "invalid UTF-8 at line 1, column 7"),
    "a byte order mark": (post(b"\xef\xbb\xbf{}"), "malformed-body", "byte order mark"),
    "a lone surrogate": (post(b'{"a":"\\ud800"}'), "malformed-body", "lone surrogate"),
    "nesting of 65": (post(b"[" * 65 + b"]" * 65), "malformed-body", "deeper than 64"),
    "text/plain": (
        post(headers=(("Content-Type", "text/plain"), KEY)),
        "unsupported-media-type",
        "send application/json",
    ),
    "no media type": (post(headers=(KEY,)), "unsupported-media-type", "without Content-Type"),
    "no credential": (post(headers=(JSON,)), "not-authenticated", "send the header wb-key or the cookie app-session"),
    "an unknown path": (post(path="/v1/nowhere"), "unknown-path", "Did you mean /v1/c/customer"),
    "a trailing slash": (post(path=PATH + "/"), "unknown-path", "ends with a slash"),
    "another method": (Request(method="GET", path=PATH), "method-not-allowed", "this path has: POST"),
    "HEAD": (Request(method="HEAD", path=PATH), "method-not-allowed", "POST"),
    "OPTIONS": (Request(method="OPTIONS", path=PATH), "method-not-allowed", "POST"),
    "too large": (
        Request(method="POST", path=PATH, headers=Headers((JSON, KEY)), oversized=True),
        "too-large",
        "1048576 bytes (--max-body)",
    ),
}


@pytest.mark.parametrize(("request_", "kind", "text"), REFUSED.values(), ids=REFUSED)
def test_refused(contract: Contract, request_: Request, kind: str, text: str) -> None:
    """A request that cannot be understood is refused, and the detail says what is wrong."""
    with pytest.raises(Refusal) as refused:
        contract.understand(request_)
    assert kind == refused.value.kind
    assert text in refused.value.detail


ORDER: dict[str, tuple[dict[str, Any], str]] = {
    "path before method": ({"method": "GET", "path": "/nowhere"}, "unknown-path"),
    "method before credential": ({"method": "GET", "path": PATH}, "method-not-allowed"),
    "credential before size": ({"method": "POST", "path": PATH, "oversized": True}, "not-authenticated"),
    "size before media type": (
        {"method": "POST", "path": PATH, "oversized": True, "headers": Headers((KEY, ("content-type", "text/plain")))},
        "too-large",
    ),
    "media type before syntax": (
        {"method": "POST", "path": PATH, "body": b"{", "headers": Headers((KEY, ("content-type", "text/plain")))},
        "unsupported-media-type",
    ),
    "syntax before violations": (
        {"method": "POST", "path": "/v1/c/customer//payment/session", "body": b"{", "headers": Headers((KEY, JSON))},
        "malformed-body",
    ),
}


@pytest.mark.parametrize(("members", "kind"), ORDER.values(), ids=ORDER)
def test_order_of_refusals(contract: Contract, members: dict[str, Any], kind: str) -> None:
    """If several refusals apply, the first one in the order of the checks is sent."""
    with pytest.raises(Refusal) as refused:
        contract.understand(Request(**members))
    assert kind == refused.value.kind


def test_accepted_keys() -> None:
    """With --api-key, only the listed keys are accepted."""
    contract = Contract.load(bundled("spec") / "wingback.yaml", accepted_keys=frozenset({"api_key_one"}))
    assert contract.understand(post(headers=(JSON, ("wb-key", "api_key_one")))).violations == ()
    with pytest.raises(Refusal) as refused:
        contract.understand(post(headers=(JSON, ("wb-key", "api_key_two"))))
    assert "not-authenticated" == refused.value.kind
    assert "api_key_two" not in str(refused.value.as_json())


def test_absent_body_is_not_null(contract: Contract) -> None:
    """A missing body is not the same as null."""
    assert contract.understand(post(b"")).call.body is ABSENT
    assert contract.understand(post(None)).call.body is None


def test_card_numbers_are_not_echoed(contract: Contract) -> None:
    """A violation shows the invalid value, but hides card numbers, client secrets and keys in it."""
    for secret in ("4242 4242 4242 4242", "seti_abc_secret_Sup3rS3cr3t", "api_key_hidden"):
        found = contract.understand(post(VALID | {"operation": secret})).violations
        assert secret not in found[0].message
        assert "[redacted]" in found[0].message
