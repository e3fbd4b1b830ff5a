"""Setup intents for Stripe's clients: authentication, the members that each key sees, and the errors."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY, Setup, card_data, flat, prepared

SECRET_ONLY = {
    "application",
    "customer",
    "flow_directions",
    "latest_attempt",
    "mandate",
    "metadata",
    "on_behalf_of",
    "payment_method_options",
    "single_use_mandate",
}
PUBLIC = {
    "id",
    "object",
    "automatic_payment_methods",
    "cancellation_reason",
    "client_secret",
    "created",
    "description",
    "last_setup_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "status",
    "usage",
}


def bare(setup: Setup) -> httpx.Client:
    """A client without a credential."""
    return setup.mock.browser({})


def path(setup: Setup, action: str = "") -> str:
    return f"/v1/setup_intents/{setup.id}{action}"


def test_a_publishable_key_sees_a_part(mock: Mock) -> None:
    """A publishable key sees no customer, no metadata, and no other member that is for the merchant only."""
    body = prepared(mock).retrieve().json()

    assert body.keys() == PUBLIC
    assert ("setup_intent", False, "requires_payment_method", ["card"], "off_session") == (
        body["object"],
        body["livemode"],
        body["status"],
        body["payment_method_types"],
        body["usage"],
    )


def test_a_secret_key_sees_everything(mock: Mock) -> None:
    """A secret key needs no client secret; a customer of Wingback always has the same Stripe customer."""
    one, two, other = prepared(mock), prepared(mock), prepared(mock, customer="Cust_2")
    bodies = [
        mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).get(path(each)).json() for each in (one, two, other)
    ]
    customers = [body["customer"] for body in bodies]

    assert bodies[0].keys() == PUBLIC | SECRET_ONLY
    assert customers[0] == customers[1] != customers[2]
    assert re.fullmatch(r"cus_[0-9A-Za-z]{14}", customers[0])


def test_formats_of_ids(mock: Mock) -> None:
    """Ids have the same format as Stripe's."""
    setup = prepared(mock)
    confirmed = setup.confirm()
    whole = mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).get(path(setup)).json()

    assert re.fullmatch(r"seti_[0-9A-Za-z]{24}_secret_[0-9A-Za-z]{31}", setup.secret)
    assert re.fullmatch(r"pm_[0-9A-Za-z]{24}", whole["payment_method"])
    assert re.fullmatch(r"setatt_[0-9A-Za-z]{24}", whole["latest_attempt"])
    assert re.fullmatch(r"req_[0-9A-Za-z]{14}", confirmed.headers["request-id"])


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


AUTHENTICATIONS: dict[str, Callable[[str], tuple[dict[str, str], dict[str, str]]]] = {
    "Bearer": lambda key: ({"authorization": f"Bearer {key}"}, {}),
    "bearer": lambda key: ({"authorization": f"bearer {key}"}, {}),
    "Basic": lambda key: ({"authorization": basic(key)}, {}),
    "key=": lambda key: ({}, {"key": key}),
}


@pytest.mark.parametrize("account", ["none", "header", "parameter"])
@pytest.mark.parametrize("secret", [True, False], ids=["secret key", "publishable key"])
@pytest.mark.parametrize("way", AUTHENTICATIONS)
def test_ways_to_authenticate(mock: Mock, way: str, account: str, *, secret: bool) -> None:
    """Retrieve, confirm and cancel accept each way to send a key and each way to send an account.

    Only a publishable key needs an account.
    """
    setups = [prepared(mock) for _ in range(4)]
    headers, fields = AUTHENTICATIONS[way](SECRET_KEY if secret else setups[0].key)
    if account == "header":
        headers["stripe-account"] = setups[0].account
    elif account == "parameter":
        fields["_stripe_account"] = setups[0].account
    client = mock.browser(headers)

    def sent(setup: Setup, **more: Any) -> dict[str, Any]:
        return fields | ({} if secret else {"client_secret": setup.secret}) | more

    data = {"payment_method_data": card_data()}
    replies = [
        client.get(path(setups[0]), params=sent(setups[0])),
        client.post(path(setups[1], "/confirm"), data=flat(sent(setups[1], **data))),
        client.post(path(setups[2], "/confirm"), json=sent(setups[2], **data)),
        client.post(path(setups[3], "/cancel"), data=sent(setups[3])),
    ]

    if not secret and account == "none":
        assert ["resource_missing"] * 4 == [reply.json()["error"]["code"] for reply in replies]
        return
    assert ["requires_payment_method", "succeeded", "succeeded", "canceled"] == [
        reply.json().get("status", reply.text) for reply in replies
    ]
    assert [not secret] * 4 == [reply.json().keys() == PUBLIC for reply in replies]


def refused(reply: httpx.Response) -> tuple[int, str, str | None, str | None, str | None]:
    """Status, type, code, param, and the kind of the mock's refusal."""
    error = reply.json()["error"]
    return (
        reply.status_code,
        error["type"],
        error.get("code"),
        error.get("param"),
        reply.headers.get("mock-refused"),
    )


INVALID = "invalid_request_error"
MISSING = (404, INVALID, "resource_missing", "intent", None)
KEYS: dict[str, tuple[dict[str, str], tuple[int, str, str | None, str | None, str | None]]] = {
    "none": ({}, (401, INVALID, None, None, None)),
    "empty": ({"authorization": "Bearer"}, (401, INVALID, None, None, None)),
    "no key": ({"authorization": "Bearer hello"}, (401, INVALID, None, None, None)),
    "a Wingback key": ({"authorization": "Bearer api_key_demo"}, (401, INVALID, None, None, None)),
    "no base64": ({"authorization": "Basic !"}, (401, INVALID, None, None, None)),
    "another scheme": ({"authorization": "Digest x"}, (401, INVALID, None, None, None)),
    "live publishable": ({"authorization": "Bearer pk_live_1"}, (403, INVALID, None, None, "test-mode-only")),
    "live secret": ({"authorization": "Bearer sk_live_1"}, (403, INVALID, None, None, "test-mode-only")),
    "live, basic": ({"authorization": basic("rk_live_1")}, (403, INVALID, None, None, "test-mode-only")),
    "another publishable": ({"authorization": "Bearer pk_test_other"}, MISSING),
    "another account": ({"authorization": f"Bearer {SECRET_KEY}", "stripe-account": "acct_other"}, MISSING),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_are_refused(mock: Mock, name: str) -> None:
    """No key gets 401, a live key is refused by the mock, and another account does not find the setup intent."""
    headers, expected = KEYS[name]
    setup = prepared(mock)
    client = mock.browser(headers)

    assert expected == refused(client.get(path(setup), params={"client_secret": setup.secret}))
    assert expected == refused(client.post(path(setup, "/confirm"), data={"client_secret": setup.secret}))
    assert "created" == setup.status


@pytest.mark.parametrize("action", ["confirm", "cancel"])
@pytest.mark.parametrize("way", ["form", "JSON", "query"])
def test_a_live_key_beside_a_test_key(mock: Mock, action: str, way: str) -> None:
    """A request that also contains a live key is refused and changes nothing."""
    setup = prepared(mock)
    client = mock.browser({"authorization": f"Bearer {SECRET_KEY}"})
    where = path(setup, f"/{action}")
    match way:
        case "form":
            reply = client.post(where, data={"key": "sk_live_z"})
        case "JSON":
            reply = client.post(where, json={"key": "pk_live_z"})
        case _:
            reply = client.post(f"{where}?key=rk_live_z")

    assert (403, "test-mode-only") == (reply.status_code, reply.headers["mock-refused"])
    assert "created" == setup.status


def test_how_to_send_a_key(mock: Mock) -> None:
    """The error for a missing key names every way to send one."""
    error = mock.browser({}).get("/v1/setup_intents/seti_1").json()["error"]

    assert [True] * 3 == [way in error["message"] for way in ("Bearer token", "HTTP Basic", "parameter key")]


def test_an_unknown_setup_intent(mock: Mock) -> None:
    """The error for an unknown setup intent has Stripe's text."""
    reply = prepared(mock).http.get("/v1/setup_intents/seti_nothing", params={"client_secret": "seti_nothing_secret_1"})

    assert MISSING == refused(reply)
    assert "No such setupintent: 'seti_nothing'" == reply.json()["error"]["message"]


def test_a_publishable_key_is_no_setup_intent(mock: Mock) -> None:
    """A publishable key in place of an id does not find a setup intent."""
    setup = prepared(mock)

    assert 404 == setup.http.get(f"/v1/setup_intents/{setup.key}", params={"client_secret": "x"}).status_code


@pytest.mark.parametrize("action", ["", "/confirm", "/cancel"])
def test_a_wrong_secret(mock: Mock, action: str) -> None:
    """A wrong client secret gets Stripe's error, with a publishable key and with a secret key."""
    setup = prepared(mock)
    fields = {"client_secret": prepared(mock).secret}
    for key in (setup.key, SECRET_KEY):
        client = mock.browser({"authorization": f"Bearer {key}", "stripe-account": setup.account})
        reply = client.post(path(setup, action), data=fields) if action else client.get(path(setup), params=fields)

        assert (400, INVALID, None, "client_secret", None) == refused(reply)
        assert (
            "The client_secret provided does not match the client_secret associated with the SetupIntent."
            == reply.json()["error"]["message"]
        )


@pytest.mark.parametrize("action", ["", "/confirm", "/cancel"])
def test_a_missing_secret(mock: Mock, action: str) -> None:
    """A publishable key needs a client secret."""
    setup = prepared(mock)
    reply = setup.http.post(path(setup, action)) if action else setup.http.get(path(setup))

    assert (400, INVALID, "parameter_missing", "client_secret", None) == refused(reply)


@pytest.mark.parametrize("action", ["confirm", "cancel"])
@pytest.mark.parametrize("ended", ["confirm", "cancel"])
def test_a_finished_setup_intent_does_not_change(mock: Mock, ended: str, action: str) -> None:
    """A succeeded or canceled setup intent cannot be confirmed or canceled; the error contains it."""
    setup = prepared(mock)
    fields = {"payment_method": "pm_card_visa"} if ended == "confirm" else {}
    first = setup.call(ended, fields)
    reply = setup.call(action, {"payment_method": "pm_card_visa"} if action == "confirm" else {})

    assert (400, INVALID, "setup_intent_unexpected_state", None, None) == refused(reply)
    assert first.json() == reply.json()["error"]["setup_intent"] == setup.retrieve().json()


@pytest.mark.parametrize("reason", ["abandoned", "duplicate", "requested_by_customer", None])
def test_cancel(mock: Mock, reason: str | None) -> None:
    """A canceled setup intent stores the reason, and its payment session fails."""
    setup = prepared(mock)
    body = setup.call("cancel", {"cancellation_reason": reason} if reason else {}).json()

    assert ("canceled", reason, "failed") == (body["status"], body["cancellation_reason"], setup.status)


def test_a_challenge_can_be_canceled_or_repeated(mock: Mock) -> None:
    """During a challenge, the setup intent can be canceled or confirmed with another card."""
    one, two = prepared(mock), prepared(mock)
    for setup in (one, two):
        setup.confirm("4000002500003155")

    assert "canceled" == one.call("cancel", {}).json()["status"]
    assert ("succeeded", None) == (two.confirm().json()["status"], two.retrieve().json()["next_action"])


def test_without_a_payment_method(mock: Mock) -> None:
    """A confirmation without a payment method is an error and is no attempt."""
    setup = prepared(mock)

    assert (400, INVALID, "setup_intent_unexpected_state", None, None) == refused(setup.call("confirm", {}))
    assert "created" == setup.status


@pytest.mark.parametrize("name", ["pm_nothing", "pm_card_nothing", "tok_visa", "seti_1"])
def test_an_unknown_payment_method(mock: Mock, name: str) -> None:
    """An unknown payment method is an error."""
    reply = prepared(mock).confirm_with(name)

    assert (400, INVALID, "resource_missing", "payment_method", None) == refused(reply)


def test_an_unknown_token(mock: Mock) -> None:
    """An unknown card token is an error."""
    reply = prepared(mock).call("confirm", {"payment_method_data": {"type": "card", "card": {"token": "tok_1"}}})

    assert (400, INVALID, "resource_missing", "card[token]", None) == refused(reply)


@pytest.mark.parametrize(
    "query", ["expand[]=payment_method", "expand[0]=payment_method", "expand%5B0%5D=payment_method"]
)
def test_expand(mock: Mock, query: str) -> None:
    """`expand` replaces the id of the payment method with the whole object, including the billing details."""
    setup = prepared(mock)
    billing = {"name": "Ada", "email": "ada@example.com", "address": {"city": "Berlin", "country": "DE"}}
    id_only = setup.call("confirm", {"payment_method_data": card_data() | {"billing_details": billing}}).json()
    body = setup.http.get(f"{path(setup)}?client_secret={setup.secret}&{query}").json()["payment_method"]

    assert id_only["payment_method"] == body["id"]
    assert ("Ada", "ada@example.com", "Berlin", None) == (
        body["billing_details"]["name"],
        body["billing_details"]["email"],
        body["billing_details"]["address"]["city"],
        body["billing_details"]["phone"],
    )
    assert ("visa", "4242", 12, 2034, "pass") == (
        body["card"]["brand"],
        body["card"]["last4"],
        body["card"]["exp_month"],
        body["card"]["exp_year"],
        body["card"]["checks"]["cvc_check"],
    )


def test_expand_an_unknown_member(mock: Mock) -> None:
    """A member that cannot be expanded is refused before anything changes."""
    setup = prepared(mock)
    reply = setup.confirm(expand=["customer"])

    assert (400, INVALID, None, "expand", None) == refused(reply)
    assert "requires_payment_method" == setup.retrieve().json()["status"]


VIOLATIONS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "unknown": ({"colour": "red"}, "colour", "parameter_unknown"),
    "unknown, deep": (
        {"payment_method_data": {"type": "card", "card": {"colour": "red"}}},
        "payment_method_data[card][colour]",
        "parameter_unknown",
    ),
    "missing, deep": ({"payment_method_data": {}}, "payment_method_data[type]", "parameter_missing"),
    "not one of": ({"payment_method_data": {"type": "cash"}}, "payment_method_data[type]", None),
    "not a number": (
        {"payment_method_data": {"type": "card", "card": {"exp_month": "May"}}},
        "payment_method_data[card][exp_month]",
        None,
    ),
    "not an object": ({"payment_method_data": "card"}, "payment_method_data", None),
    "not a URL": ({"return_url": "/done"}, "return_url", None),
    "not a list": ({"expand": "payment_method"}, "expand", None),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_invalid_parameters(mock: Mock, name: str) -> None:
    """An invalid parameter gets an error in Stripe's format, and the journal lists the violations."""
    fields, param, code = VIOLATIONS[name]
    setup = prepared(mock)
    if name == "missing, deep":
        reply = setup.http.post(path(setup, "/confirm"), json=fields)
    else:
        reply = setup.call("confirm", fields)
    entry = mock.get("journal")["entries"][-1]

    assert (400, INVALID, code, param, "contract-violation") == refused(reply)
    assert ("confirm_setup_intent", "contract-violation") == (entry["operation"], entry["refused"])
    assert entry["violations"]


def test_an_unknown_query_parameter(mock: Mock) -> None:
    """Unknown parameters in the query are refused too."""
    reply = prepared(mock).retrieve(colour="red")

    assert (400, INVALID, "parameter_unknown", "colour", "contract-violation") == refused(reply)


WIRE: dict[str, tuple[dict[str, Any], int, str]] = {
    "broken JSON": ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "malformed-body"),
    "repeated members": (
        {"content": b'{"a":1,"a":2}', "headers": {"content-type": "application/json"}},
        400,
        "malformed-body",
    ),
    "no object": ({"content": b"[]", "headers": {"content-type": "application/json"}}, 400, "contract-violation"),
    "sent twice": ({"content": b"client_secret=a&client_secret=b"}, 400, "malformed-body"),
    "value and object": ({"content": b"a=1&a[b]=2"}, 400, "malformed-body"),
    "open bracket": ({"content": b"a[b=2"}, 400, "malformed-body"),
    "too deep": ({"content": b"a" + b"[b]" * 50 + b"=2"}, 400, "malformed-body"),
    "no UTF-8": ({"content": b"a=%FF"}, 400, "malformed-body"),
    "no UTF-8, raw": ({"content": b"a=\xff"}, 400, "malformed-body"),
    "too many": ({"content": b"&".join(b"a%d=1" % number for number in range(2000))}, 400, "malformed-body"),
    "XML": ({"content": b"<a/>", "headers": {"content-type": "application/xml"}}, 415, "unsupported-media-type"),
    "multipart": ({"files": {"a": b"1"}}, 415, "unsupported-media-type"),
    "too large": ({"content": b"a=" + b"1" * 1_100_000}, 413, "too-large"),
}


@pytest.mark.parametrize("name", WIRE)
def test_unreadable_bodies(mock: Mock, name: str) -> None:
    """A body that cannot be read gets an error object that says why."""
    options, status, kind = WIRE[name]
    setup = prepared(mock)
    reply = setup.http.post(path(setup, "/confirm"), **options)

    assert (status, INVALID, kind) == (
        reply.status_code,
        reply.json()["error"]["type"],
        reply.headers["mock-refused"],
    )


@pytest.mark.parametrize(
    ("method", "where", "status", "kind"),
    [
        pytest.param("GET", "/v1/setup_intents", 404, "unknown-path", id="no such path"),
        pytest.param("POST", "/v1/setup_intents/seti_1/verify_microdeposits", 404, "unknown-path", id="not served"),
        pytest.param("DELETE", "/v1/setup_intents/seti_1", 404, "method-not-allowed", id="method"),
        pytest.param("GET", "/v1/payment_methods", 404, "method-not-allowed", id="method of a list"),
        pytest.param("GET", "/v1/tokens/tok_1", 404, "unknown-path", id="tokens"),
        pytest.param("POST", "/v1/customers", 404, "unknown-path", id="another resource"),
        pytest.param("GET", "/v1/customers/cus_1", 404, "unknown-path", id="an object of another resource"),
        pytest.param("POST", "/v1/payment_intents/pi_1/confirm", 404, "unknown-path", id="an action"),
        pytest.param("GET", "/v1/checkout/sessions", 404, "unknown-path", id="a path of two names"),
        pytest.param("DELETE", "/v1/subscriptions/sub_1", 404, "unknown-path", id="another resource, DELETE"),
    ],
)
def test_paths_that_are_not_served(mock: Mock, method: str, where: str, status: int, kind: str) -> None:
    """Every error under Stripe's paths has a format that Stripe's libraries can read, and Stripe's first sentence."""
    reply = mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).request(method, where)

    assert (status, INVALID, None, None, kind) == refused(reply)
    assert reply.json()["error"]["message"].startswith(f"Unrecognized request URL ({method}: {where}). ")
    assert ("Mock-Entry" in reply.headers, "Request-Id" in reply.headers) == (True, True)


@pytest.mark.parametrize(
    "where",
    [
        pytest.param("/v1/c/customers/Cust_1/payment/session", id="a misspelled path of the contract"),
        pytest.param("/v1/customer/Cust_1/payment/session", id="a shortened path of the contract"),
        pytest.param("/v1", id="the prefix alone"),
        pytest.param("/v1/", id="the prefix with a slash"),
        pytest.param("/customers", id="no prefix"),
        pytest.param("/v2/customers", id="another version"),
    ],
)
def test_other_unknown_paths_are_refused_by_the_contract(mock: Mock, where: str) -> None:
    """A path that starts with no resource of Stripe is refused with the nearest paths of the contract."""
    reply = mock.http.post(where, json={})

    assert (404, "application/problem+json") == (reply.status_code, reply.headers["content-type"])
    assert "Did you mean /v1/c/customer/{customer_id}/payment/" in reply.json()["detail"]


def test_a_card_number_in_an_unknown_path_is_hidden(mock: Mock) -> None:
    """The message about an unknown path repeats no card number."""
    reply = mock.browser({}).get("/v1/customers/4242%204242%204242%204242")

    assert "(GET: /v1/customers/[redacted])" in reply.json()["error"]["message"]


def test_an_unknown_setup_intent_is_named(mock: Mock) -> None:
    """The message about an unknown setup intent repeats its id, also one of many digits."""
    reply = mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).get("/v1/setup_intents/seti_1234567890")

    assert "No such setupintent: 'seti_1234567890'" == reply.json()["error"]["message"]


def test_promise_4_repeatable(mock: Mock) -> None:
    """The same requests after a reset get the same bytes."""

    def life() -> list[bytes]:
        setup = prepared(mock)
        replies = [setup.retrieve(), setup.confirm("4000000000000002"), setup.confirm(), setup.retrieve()]
        return [setup.secret.encode(), *(reply.content for reply in replies), json.dumps(setup.saved()).encode()]

    first = life()
    mock.restore()

    assert first == life()
