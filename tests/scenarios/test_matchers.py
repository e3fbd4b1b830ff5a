"""Matchers: which requests fit a condition, and the misses of the others."""

from __future__ import annotations

import pytest

from mockserver.messages import Call, Headers, Request
from mockserver.scenarios import Miss, Stub
from mockserver.scenarios.format.file_reader import read_text
from mockserver.scenarios.matchers import shown


def stub(when: str) -> Stub:
    text = f"about: One.\nstubs:\n  - {{name: a, operation: op, when: {{{when}}}, fault: hang}}\n"
    read = read_text(text.encode(), file="s.yaml", name="s")
    assert read.scenario is not None, read.problems
    return read.scenario.stubs[0]


BODY = {
    "provider": "stripe",
    "address": True,
    "count": 1,
    "none": None,
    "list": [1, {"a": "x", "b": "y"}],
    "deep": {"er": {"est": "end", "more": 1}},
    "a/b": "slash",
    "text": "line one\nline two",
}
CALL = Call(
    request=Request(
        method="POST",
        path="/v1/c/customer/Cust_1",
        query="tag=one&tag=two&empty=",
        headers=Headers(
            [
                ("X-Try", "2"),
                ("Accept", "text/html"),
                ("Accept", "application/json"),
                ("wb-key", "api_key_private"),
                ("Cookie", "beta=on; app-session=private"),
            ]
        ),
    ),
    operation="op",
    path={"customer_id": "Cust_1"},
    body=BODY,
)

FITTING = {
    "path": "path: {customer_id: Cust_1}",
    "path by pattern": "path: {customer_id: {matches: ^Cust_}}",
    "query, one of the repeated": "query: {tag: two}",
    "query, empty": "query: {empty: ''}",
    "query, present": "query: {empty: {present: true}}",
    "query, absent": "query: {other: {absent: true}}",
    "header in any case": "header: {x-tRY: '2'}",
    "header, repeated on the wire": "header: {accept: 'text/html, application/json'}",
    "header, one of": "header: {x-try: {one_of: ['1', '2']}}",
    "cookie": "cookie: {beta: 'on'}",
    "credential": "header: {wb-key: api_key_private}, cookie: {app-session: {matches: ^priv}}",
    "body, text": "body: {provider: stripe}",
    "body, several members": "body: {provider: stripe, address: true}",
    "body, any order deep inside": "body: {deep: {er: {more: 1, est: end}}}",
    "body, subset deep inside": "body: {deep: {er: {est: end}}}",
    "body, empty subset": "body: {deep: {}}",
    "body, 1 is 1.0": "body: {count: 1.0}",
    "body, null": "body: {none: null}",
    "body, null is present": "body: {none: {present: true}}",
    "body, whole list": "body: {list: [1, {b: y, a: x}]}",
    "body, absent": "body: {other: {absent: true}}",
    "body, absent below what is absent": "body: {other: {deeper: {absent: true}}}",
    "body, one of any type": "body: {count: {one_of: [stripe, 1]}}",
    "body, one of whole objects": "body: {deep: {one_of: [{er: {more: 1, est: end}}]}}",
    "body, pattern anywhere": "body: {text: {matches: 'ne t'}}",
    "body, present": "body: {present: true}",
    "all at once": "path: {customer_id: Cust_1}, query: {tag: one}, header: {x-try: '2'}, body: {count: 1}",
}


@pytest.mark.parametrize("when", FITTING.values(), ids=FITTING.keys())
def test_fits(when: str) -> None:
    """A request that fits has no misses."""
    matcher = stub(when)
    assert ([], True) == (matcher.misses(CALL), matcher.fits(CALL))


MISSING = {
    "path": ("path: {customer_id: Cust_2}", ['path customer_id: expected "Cust_2", found "Cust_1"']),
    "path, no such": ("path: {id: a}", ['path id: expected "a", found nothing']),
    "query": ("query: {tag: three}", ['query tag: expected "three", found "one"']),
    "query, absent": ("query: {empty: {absent: true}}", ['query empty: expected nothing, found ""']),
    "header": ("header: {X-Try: '1'}", ['header x-try: expected "1", found "2"']),
    "header, one of": (
        "header: {X-Try: {one_of: ['1', '3']}}",
        ['header x-try: expected one of "1", "3", found "2"'],
    ),
    "header, present": ("header: {x-other: {present: true}}", ["header x-other: expected anything, found nothing"]),
    "cookie, redacted": ("cookie: {beta: 'off'}", ["cookie beta: expected [redacted], found [redacted]"]),
    "credential, redacted": (
        "header: {wb-key: api_key_other}, query: {access_token: a}",
        [
            "query access_token: expected [redacted], found nothing",
            "header wb-key: expected [redacted], found [redacted]",
        ],
    ),
    "body, text": ("body: {provider: authorize}", ['body /provider: expected "authorize", found "stripe"']),
    "body, true is not 1": ("body: {address: 1}", ["body /address: expected 1, found true"]),
    "body, 1 is not true": ("body: {count: true}", ["body /count: expected true, found 1"]),
    "body, 1 is not text": ("body: {count: '1'}", ['body /count: expected "1", found 1']),
    "body, null is not absent": ("body: {none: {absent: true}}", ["body /none: expected nothing, found null"]),
    "body, absent is not null": ("body: {other: null}", ["body /other: expected null, found nothing"]),
    "body, every miss": (
        "body: {provider: x, deep: {er: {est: y, less: 1}}, other: {a: {present: true}}}",
        [
            'body /provider: expected "x", found "stripe"',
            'body /deep/er/est: expected "y", found "end"',
            "body /deep/er/less: expected 1, found nothing",
            "body /other/a: expected anything, found nothing",
        ],
    ),
    "body, pointer escaped": (
        "body: {a/b: x, c~d: 1}",
        ['body /a~1b: expected "x", found "slash"', "body /c~0d: expected 1, found nothing"],
    ),
    "body, list shorter": ("body: {list: [1]}", ['body /list: expected [1], found [1, {"a": "x", "b": "y"}]']),
    "body, list by subset": (
        "body: {list: [1, {a: x}]}",
        ['body /list: expected [1, {"a": "x"}], found [1, {"a": "x", "b": "y"}]'],
    ),
    "body, object expected": ("body: {provider: {a: 1}}", ['body /provider: expected an object, found "stripe"']),
    "body, some object expected": ("body: {other: {}}", ["body /other: expected an object, found nothing"]),
    "body, pattern": (
        "body: {provider: {matches: ^x}}",
        ['body /provider: expected a text that matches ^x, found "stripe"'],
    ),
    "body, pattern of a number": (
        "body: {count: {matches: '1'}}",
        ["body /count: expected a text that matches 1, found 1"],
    ),
    "body, one of whole objects": (
        "body: {deep: {one_of: [{er: {est: end}}]}}",
        [
            'body /deep: expected one of {"er": {"est": "end"}}, found {"er": {"est": "end", "more": 1}}',
        ],
    ),
}


@pytest.mark.parametrize(("when", "expected"), MISSING.values(), ids=MISSING.keys())
def test_misses(when: str, expected: list[str]) -> None:
    """A request that does not fit has a miss for each difference, with the expected and the actual value."""
    matcher = stub(when)
    assert (expected, False) == ([str(miss) for miss in matcher.misses(CALL)], matcher.fits(CALL))


def test_misses_without_a_body() -> None:
    """Without a body, every expected member is a miss, and every member that must be absent fits."""
    call = Call(request=CALL.request, operation="op", path={})
    assert [Miss("body /a", "1", "nothing")] == stub("body: {a: 1, b: {absent: true}}").misses(call)
    assert [Miss("body", "anything", "nothing")] == stub("body: {present: true}").misses(call)
    assert [] == stub("body: {absent: true}").misses(call)


def test_misses_of_a_list() -> None:
    """A list is not an object, even if the expected members must be absent."""
    call = Call(request=CALL.request, operation="op", path={}, body=[1])
    assert [Miss("body", "an object", "[1]")] == stub("body: {a: {absent: true}}").misses(call)
    assert [] == stub("body: [1]").misses(call)


def test_another_operation_is_a_miss() -> None:
    """A call of another operation does not fit; the operation is the first miss."""
    call = Call(request=CALL.request, operation="other", path={"customer_id": "Cust_2"})
    matcher = stub("path: {customer_id: Cust_1}")
    assert [
        {"where": "operation", "expected": "op", "actual": "other"},
        {"where": "path customer_id", "expected": '"Cust_1"', "actual": '"Cust_2"'},
    ] == [miss.as_json() for miss in matcher.misses(call)]
    assert not matcher.fits(call)


def test_shown_values_are_short_and_without_secrets() -> None:
    """Long values are cut, and secrets are redacted before that, so that no half of a secret is shown."""
    secret = "seti_abc_secret_" + "x" * 31
    assert '"seti_abc_secret_[redacted]"' == shown(secret)
    assert "x" * 10 not in shown("a" * 170 + " " + secret)
    assert 201 == len(shown({"a": ["b" * 500] * 1000}))
