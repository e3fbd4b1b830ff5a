"""The keys of a scenario file."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.delivery.plans import FAULTS
from mockserver.messages import BODILESS
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.format.delivery_formats import DELAY, FAULT
from mockserver.scenarios.format.flaws import Flaw, FlawsError, collected_flaws, expected
from mockserver.scenarios.format.formats import (
    ANYTHING,
    LINE,
    Key,
    ValueFormat,
    list_of,
    mapping_of,
    name_of,
    pattern,
    record,
    whole_number,
)
from mockserver.scenarios.format.header_formats import EXAMPLE_HEADERS, HEADER_MATCHERS, HEADERS, header_matchers
from mockserver.scenarios.format.matcher_formats import MATCHERS, MatcherFormats
from mockserver.scenarios.format.payment_formats import ON_CONFIRM, PAYMENT_METHOD_TYPES, STRIPE_ACCOUNT
from mockserver.scenarios.format.template_formats import OVERRIDES, TEMPLATE, as_text
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Stub
from mockserver.scenarios.stub_replies import LiteralReply, PaymentSessionReply, StubReply, text_type_of

_STATUS: Final = whole_number(200, 599)
_TIMES: Final = whole_number(1, 1_000_000)
_STUB_NAME: Final = pattern("[!-~]([ -~]{0,98}[!-~])?", "1 to 100 printable ASCII characters")
_METHOD: Final = pattern("[A-Z]+", "a method such as POST")
_TARGET: Final = pattern(r"/[!-\"$-~]*", "a path that begins with / and is percent-encoded")


def _reason(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FlawsError.one(expected("the reason in words", value))
    return LINE.parse(value)


_REASON: Final = ValueFormat(_reason, LINE.schema)


def condition_format(formats: MatcherFormats) -> ValueFormat[Condition]:
    """The format of a condition with these matchers."""
    texts = mapping_of(formats.text)
    keys = {
        "path": Key(texts, "Path parameters, by name."),
        "query": Key(texts, "Query parameters, by name. One value of a repeated parameter must fit."),
        "header": Key(header_matchers(formats), "Header fields, by name in upper or lower case."),
        "cookie": Key(texts, "Cookies, by name."),
        "body": Key(formats.anything, "The JSON body: an object matches by subset, other values as a whole."),
    }

    def condition(**parts: Any) -> Condition:
        if not parts:
            raise FlawsError.one(f"expected at least one of {', '.join(keys)}")
        return Condition(**parts)

    return record(condition, keys)


_CONDITION: Final = condition_format(MATCHERS)


def _reply(**members: Any) -> StubReply:
    with collected_flaws() as flaws:
        flaws.extend(_reply_flaws(members))
    if "payment_session" in members:
        overrides = members.pop("payment_session")
        method_types = members.pop("payment_method_types", DEFAULT_METHOD_TYPES)
        account = members.pop("stripe_account", None)
        required = None if account is None else account == "required"
        return PaymentSessionReply(overrides=overrides, method_types=method_types, account_required=required, **members)
    text_type = text_type_of(members.get("headers", ()))
    if "body" in members and text_type:
        members["body"] = as_text(members["body"], text_type)
    return LiteralReply(**members)


def _reply_flaws(members: Mapping[str, Any]) -> Iterator[Flaw]:
    """A reply has at most one kind of body, which fits its status and Content-Type."""
    bodies = [name for name in ("payment_session", "body") if name in members]
    misplaced = [name for name in ("on_confirm", "payment_method_types", "stripe_account") if name in members]
    status, text_type = members.get("status", 200), text_type_of(members.get("headers", ()))
    if len(bodies) == 2:
        yield Flaw(("body",), "expected at most one of payment_session, body, found both")
    elif misplaced and "payment_session" not in members:
        yield from (Flaw((name,), "only a reply with payment_session can have this key") for name in misplaced)
    elif not bodies and not {"status", "headers"} & members.keys():
        yield Flaw((), "expected at least one of status, headers, payment_session, body")
    elif bodies and status in BODILESS:
        yield Flaw((bodies[0],), f"a reply with status {status} has no body")
    elif text_type and "payment_session" in members:
        yield Flaw(("payment_session",), f"a payment session is JSON, but the Content-Type is {text_type}")
    elif text_type and "body" in members and as_text(members["body"], text_type) is None:
        yield Flaw(("body",), f"expected text, because the Content-Type is {text_type}")


def _scenario(**members: Any) -> Mapping[str, Any]:
    first: dict[str, int] = {}
    with collected_flaws() as flaws:
        flaws += [
            Flaw(("stubs", index, "name"), f"the name is repeated; stubs[{first[stub.name]}] has the same name")
            for index, stub in enumerate(members["stubs"])
            if first.setdefault(stub.name, index) != index
        ]
    return members


_REPLY: Final = record(
    _reply,
    {
        "status": Key(_STATUS, "The HTTP status, 200 by default."),
        "headers": Key(HEADERS, "Header fields. Values may have expressions."),
        "payment_session": Key(
            OVERRIDES, "A made-up payment session with these members, to any depth. {absent: true} removes a member."
        ),
        "body": Key(TEMPLATE, "The body: JSON, or text with another Content-Type. May have expressions."),
        "off_contract": Key(_REASON, "Why this reply may break the contract. Without it, it must not."),
        "on_confirm": Key(ON_CONFIRM, "What Stripe answers to a confirmation. By default the test card decides."),
        "payment_method_types": Key(PAYMENT_METHOD_TYPES, "What the setup intent offers, cards by default."),
        "stripe_account": Key(
            STRIPE_ACCOUNT, "Whether pages must pass stripeAccount to Stripe(). By default --stripe-account decides."
        ),
    },
)
_STUB: Final = record(
    Stub,
    {
        "name": Key(_STUB_NAME, "The name, sent in the reply header Mock-Stub."),
        "operation": Key(LINE, "The operationId that this stub answers."),
        "when": Key(_CONDITION, "Which requests the stub answers; by default all of the operation."),
        "times": Key(_TIMES, "How often the stub answers before the next one takes over; by default without limit."),
        "delay": Key(DELAY, "How long to wait before the answer."),
        "reply": Key(_REPLY, "A made-up payment session, a literal reply, or a reply without a body."),
        "fault": Key(FAULT, "How the connection misbehaves instead of a reply."),
    },
    required=("name", "operation"),
    exactly_one_of=("reply", "fault"),
)
_EXAMPLE_REQUEST: Final = record(
    ExampleRequest,
    {
        "method": Key(_METHOD, "GET, POST and so on."),
        "path": Key(_TARGET, "The path, percent-encoded, with its query if there is one."),
        "headers": Key(EXAMPLE_HEADERS, "Header fields in addition to those that every client sends."),
        "body": Key(ANYTHING, "The JSON body."),
    },
    required=("method", "path"),
)
_EXAMPLE_REPLY: Final = record(
    ExampleReply,
    {
        "status": Key(_STATUS, "The HTTP status."),
        "headers": Key(HEADER_MATCHERS, "Matchers for header fields, by name in upper or lower case."),
        "body": Key(MATCHERS.anything, "A matcher for the body, as under `when`."),
    },
    required=("status",),
)
_EXAMPLE: Final = record(
    Example,
    {
        "request": Key(_EXAMPLE_REQUEST, "What the client sends."),
        "reply": Key(_EXAMPLE_REPLY, "The reply that the client receives."),
        "fault": Key(name_of(FAULTS), "The fault that the client sees instead of a reply."),
    },
    required=("request",),
    exactly_one_of=("reply", "fault"),
)
SCENARIO: Final = record(
    _scenario,
    {
        "about": Key(LINE, "One sentence: what the client experiences."),
        "when": Key(_CONDITION, "Requests that select this scenario, without a header."),
        "stubs": Key(
            list_of(_STUB, least=1), "The first stub whose `when` fits and whose `times` is not used up answers."
        ),
        "example": Key(list_of(_EXAMPLE), "Exchanges from the client's side. `mockserver check` runs them as a test."),
    },
    required=("about", "stubs"),
)
"""A scenario file: the members of a Scenario, except its name and digest."""


def schema_text() -> str:
    """The JSON Schema of the format, as `mockserver schema` prints it."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "description": "One scenario of the Wingback mock server. The name of the file is the name of the scenario.",
    }
    return json.dumps({**head, **SCENARIO.schema}, indent=2, ensure_ascii=False) + "\n"
