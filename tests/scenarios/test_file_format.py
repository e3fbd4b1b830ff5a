"""The file format: each key of a scenario file, and the value that it becomes."""

from __future__ import annotations

from random import Random

import pytest

from mockserver.delivery.plans import FixedDelay, LognormalDelay, PlannedFault, UniformDelay
from mockserver.messages import ABSENT, Call, Headers, Request
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.scenarios import LiteralReply, PaymentSessionReply, Scenario
from mockserver.scenarios.format.file_reader import read_text

CALL = Call(request=Request(method="POST", path="/"), operation="op", path={})


def read(text: str) -> Scenario:
    file = read_text(text.encode(), file="s.yaml", name="s")
    assert file.scenario is not None, file.problems
    return file.scenario


def read_stub(text: str) -> Scenario:
    return read(f"about: One.\nstubs:\n  - {{name: a, operation: op, {text}}}\n")


def test_everything() -> None:
    """A file that uses every key."""
    scenario = read(
        """
        about: The first call is answered 503, the retry succeeds.
        when:
          path: {customer_id: Cust_503}
          query: {trial: {present: true}}
          header: {X-Try: {one_of: ["1", "2"]}}
          cookie: {beta: {absent: true}}
          body: {provider: {matches: ^str}}
        stubs:
          - name: first call is refused
            operation: c_create_payment_session
            when: {body: {provider: stripe}}
            times: 1
            delay: 200ms
            reply:
              status: 503
              headers: {Retry-After: "1"}
              off_contract: the gateway answers this
          - name: the retry succeeds
            operation: c_create_payment_session
            reply:
              payment_session: {status: created, setup_intent: {address: true}}
              on_confirm: {decline: insufficient_funds, delay: 1s}
          - name: or the wire breaks
            operation: other
            fault: {dribble: {chunks: 5, over: 2s}}
        example:
          - request:
              method: POST
              path: /v1/c/customer/Cust_503/payment/session?trial=1
              headers: {X-Try: "1"}
              body: {operation: add_method, address: true}
            reply: {status: 503, headers: {Retry-After: "1"}, body: {absent: true}}
          - request: {method: GET, path: /other}
            fault: dribble
        """
    )
    first, second, third = scenario.stubs
    assert ("s", "The first call is answered 503, the retry succeeds.") == (scenario.name, scenario.about)
    assert ("first call is refused", "c_create_payment_session", 1) == (first.name, first.operation, first.times)
    assert FixedDelay(0.2) == first.delay
    assert isinstance(first.reply, LiteralReply)
    assert (503, "the gateway answers this") == (
        first.reply.status,
        first.reply.off_contract,
    )
    assert ((("Retry-After", "1"),), ABSENT) == first.reply.render(CALL, str)
    assert isinstance(second.reply, PaymentSessionReply)
    assert ConfirmOutcome(kind="decline", detail="insufficient_funds", delay=FixedDelay(1.0)) == second.reply.on_confirm
    overrides = {"status": "created", "setup_intent": {"address": True}}
    assert ((("Content-Type", "application/json"),), overrides) == second.reply.render(CALL, str)
    assert (None, PlannedFault(kind="dribble", chunks=5, over=2.0)) == (third.reply, third.fault)
    one, two = scenario.example
    assert ("POST", {"X-Try": "1"}) == (one.request.method, one.request.headers)
    assert {"operation": "add_method", "address": True} == one.request.body
    assert (None, "dribble", ABSENT) == (two.reply, two.fault, two.request.body)
    assert one.reply is not None
    assert [] == one.reply.misses(503, Headers([("retry-after", "1")]), ABSENT)
    assert [
        "status: expected 503, found 200",
        'header retry-after: expected "1", found nothing',
        "body: expected nothing, found {}",
    ] == [str(miss) for miss in one.reply.misses(200, Headers(), {})]


def test_an_example_with_only_a_status() -> None:
    """Headers and body that an example does not mention may be anything."""
    text = "about: One.\nstubs:\n  - {name: a, operation: op, fault: hang}\nexample:\n"
    [example] = read(f"{text}  - {{request: {{method: GET, path: /}}, reply: {{status: 200}}}}\n").example
    assert example.reply is not None
    assert [] == example.reply.misses(200, Headers([("x", "y")]), {"a": 1})


OVERRIDES = {
    "nothing": ("payment_session: {}", True, {}),
    "a member": ("payment_session: {status: failed}", True, {"status": "failed"}),
    "an expression": ("payment_session: {a: ['{$method}']}", False, {"a": ["POST"]}),
    "an expression in a header": ("payment_session: {}, headers: {x: '{$method}'}", False, {}),
}


@pytest.mark.parametrize(("text", "static", "expected"), OVERRIDES.values(), ids=OVERRIDES.keys())
def test_payment_session_reply(text: str, static: object, expected: dict[str, object]) -> None:
    """Members of a payment session are overridden by values and expressions."""
    reply = read_stub(f"reply: {{{text}}}").stubs[0].reply
    assert isinstance(reply, PaymentSessionReply)
    assert (static, expected) == (reply.static, reply.render(CALL, str)[1])


def test_equal_files_are_equal_scenarios() -> None:
    """Scenarios are equal if their files mean the same."""
    text = "reply: {body: ['{$request.body}', {a: 1}]}, when: {body: {a: {matches: x}}}"
    assert read_stub(text) == read_stub(text)
    assert read_stub(text) != read_stub(text.replace("{matches: x}", "{matches: y}"))
    assert read_stub("reply: {body: 1}") != read_stub("reply: {body: 2}")


DELAYS = {
    "milliseconds": ("200ms", FixedDelay(0.2)),
    "seconds": ("1.5s", FixedDelay(1.5)),
    "nothing": ("0s", FixedDelay(0.0)),
    "the longest": ("3600s", FixedDelay(3600.0)),
    "uniform": ("{uniform: [50ms, 0.2s]}", UniformDelay(0.05, 0.2)),
    "uniform of one point": ("{uniform: [1s, 1s]}", UniformDelay(1.0, 1.0)),
    "lognormal": ("{lognormal: {median: 80ms, sigma: 0.4}}", LognormalDelay(0.08, 0.4)),
    "lognormal, always the median": ("{lognormal: {median: 80ms, sigma: 0}}", LognormalDelay(0.08, 0.0)),
}


@pytest.mark.parametrize(("text", "expected"), DELAYS.values(), ids=DELAYS.keys())
def test_delay(text: str, expected: object) -> None:
    """A delay is fixed, uniform or lognormal."""
    assert expected == read_stub(f"fault: hang, delay: {text}").stubs[0].delay


def test_delays_are_seeded() -> None:
    """The same seed gives the same delays. They are within their limits and near their median."""
    uniform, lognormal = UniformDelay(0.05, 0.2), LognormalDelay(0.08, 0.4)
    one, two = Random(7), Random(7)
    drawn = [(uniform.seconds(one), lognormal.seconds(one)) for _ in range(1000)]
    assert drawn == [(uniform.seconds(two), lognormal.seconds(two)) for _ in range(1000)]
    assert all(0.05 <= seconds <= 0.2 for seconds, _ in drawn)
    assert 0.07 < sorted(seconds for _, seconds in drawn)[500] < 0.09
    assert max(LognormalDelay(3600.0, 5.0).seconds(one) for _ in range(100)) == 3600.0


ON_CONFIRM = {
    "test card": ("test_card", ConfirmOutcome(kind="test_card")),
    "succeed": ("succeed", ConfirmOutcome(kind="succeed")),
    "processing": ("processing", ConfirmOutcome(kind="processing")),
    "expired": ("expired", ConfirmOutcome(kind="expired")),
    "succeed, late": ("{succeed: true, delay: 1s}", ConfirmOutcome(kind="succeed", delay=FixedDelay(1.0))),
    "decline": ("{decline: lost_card}", ConfirmOutcome(kind="decline", detail="lost_card")),
    "challenge": ("{authenticate: challenge}", ConfirmOutcome(kind="authenticate", detail="challenge")),
    "pass": ("{authenticate: pass}", ConfirmOutcome(kind="authenticate", detail="pass")),
    "fail, some time": (
        "{authenticate: fail, delay: {uniform: [1s, 2s]}}",
        ConfirmOutcome(kind="authenticate", detail="fail", delay=UniformDelay(1.0, 2.0)),
    ),
    "fault": ("{fault: hang}", ConfirmOutcome(kind="fault", fault=PlannedFault(kind="hang"))),
    "dribble": (
        "{fault: {dribble: {chunks: 2, over: 1s}}}",
        ConfirmOutcome(kind="fault", fault=PlannedFault(kind="dribble", chunks=2, over=1.0)),
    ),
}


@pytest.mark.parametrize(("text", "expected"), ON_CONFIRM.values(), ids=ON_CONFIRM.keys())
def test_on_confirm(text: str, expected: ConfirmOutcome) -> None:
    """Each outcome of a confirmation, with and without a delay."""
    reply = read_stub(f"reply: {{payment_session: {{}}, on_confirm: {text}}}").stubs[0].reply
    assert isinstance(reply, PaymentSessionReply)
    assert expected == reply.on_confirm


@pytest.mark.parametrize("kind", ["connection_reset", "empty_reply", "truncated_body", "malformed_json", "hang"])
def test_fault(kind: str) -> None:
    """A fault without parameters is a word."""
    assert PlannedFault(kind=kind) == read_stub(f"fault: {kind}").stubs[0].fault


JSON = ("Content-Type", "application/json")
REPLIES = {
    "status alone": ("status: 503", 503, (), ABSENT, False),
    "headers alone": ("headers: {X-A: b}", 200, (("X-A", "b"),), ABSENT, False),
    "a body": ("body: {a: [1, no one, null]}", 200, (JSON,), {"a": [1, "no one", None]}, False),
    "null as body": ("body: null", 200, (JSON,), None, False),
    "a text as JSON": ("body: hello", 200, (JSON,), "hello", False),
    "false as body": ("body: false", 200, (JSON,), False, False),
    "a text as text": (
        "headers: {content-type: text/html; charset=utf-8}, body: <p>",
        200,
        (("content-type", "text/html; charset=utf-8"),),
        "<p>",
        True,
    ),
    "problem+json": (
        "status: 400, headers: {Content-Type: application/problem+json}, body: {}",
        400,
        (("Content-Type", "application/problem+json"),),
        {},
        False,
    ),
    "text/json": (
        "headers: {Content-Type: text/json; charset=utf-8}, body: {a: 1}",
        200,
        (("Content-Type", "text/json; charset=utf-8"),),
        {"a": 1},
        False,
    ),
    "a text made of one expression": (
        "headers: {Content-Type: text/plain}, body: '{$request.body}'",
        200,
        (("Content-Type", "text/plain"),),
        '{"a":true}',
        True,
    ),
}


@pytest.mark.parametrize(("text", "status", "headers", "body", "is_text"), REPLIES.values(), ids=REPLIES.keys())
def test_literal_reply(
    text: str, status: int, headers: tuple[tuple[str, str], ...], body: object, is_text: object
) -> None:
    """A literal reply is sent as it is. Without a Content-Type its body is JSON."""
    reply = read_stub(f"reply: {{{text}}}").stubs[0].reply
    assert isinstance(reply, LiteralReply)
    call = Call(request=CALL.request, operation="op", path={}, body={"a": True})
    assert (status, (headers, body), is_text) == (reply.status, reply.render(call, str), reply.is_text)
    assert ("{$" not in text) is reply.static
