"""Confirmation tokens: a page creates one, and a server confirms a setup intent with it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY, Setup, card_data, prepared

ADDRESS = {"line1": "1 Main St", "city": "Berlin", "country": "DE", "postal_code": "10115"}


def server(mock: Mock) -> httpx.Client:
    return mock.browser({"authorization": f"Bearer {SECRET_KEY}"})


def create(setup: Setup, number: str = "4242424242424242", **more: Any) -> Any:
    """A confirmation token, as the page creates it."""
    reply = setup.http.post("/v1/confirmation_tokens", json={"payment_method_data": card_data(number), **more})
    assert 200 == reply.status_code, reply.text
    return reply.json()


def confirm(setup: Setup, token: str, **more: Any) -> httpx.Response:
    """Confirm the setup intent on a server."""
    return server(setup.mock).post(f"/v1/setup_intents/{setup.id}/confirm", json={"confirmation_token": token, **more})


def test_the_object(mock: Mock) -> None:
    """A token has Stripe's members. It shows a preview of the payment method, which has no id yet."""
    shipping = {"name": "Jo", "address": ADDRESS, "phone": "+49 30 1"}
    token = create(
        prepared(mock),
        return_url="https://shop.example.com/",
        setup_future_usage="off_session",
        shipping=shipping,
    )
    preview = token.pop("payment_method_preview")

    assert re.fullmatch(r"ctoken_[0-9A-Za-z]{24}", token.pop("id"))
    assert 12 * 60 * 60 == token.pop("expires_at") - token.pop("created")
    assert {
        "object": "confirmation_token",
        "livemode": False,
        "mandate_data": None,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_options": None,
        "return_url": "https://shop.example.com/",
        "setup_future_usage": "off_session",
        "setup_intent": None,
        "shipping": {**shipping, "address": {"line2": None, "state": None, **ADDRESS}},
        "use_stripe_sdk": True,
    } == token
    assert ("card", "4242", "id" in preview) == (preview["type"], preview["card"]["last4"], False)


def test_a_server_confirms(mock: Mock) -> None:
    """The confirmation makes a payment method of the token. The token then names the setup intent and never expires."""
    setup = prepared(mock)
    token = create(setup)
    confirmed = confirm(setup, token["id"]).json()
    used = server(mock).get(f"/v1/confirmation_tokens/{token['id']}").json()

    assert "succeeded" == confirmed["status"]
    assert re.fullmatch(r"pm_[0-9A-Za-z]{24}", confirmed["payment_method"])
    assert (setup.id, None) == (used["setup_intent"], used["expires_at"])
    assert "4242" == setup.saved()[0]["details"]["Card"]["last_digits"]


def test_a_challenge_is_left_to_the_page(mock: Mock) -> None:
    """After the confirmation the page handles the challenge, also if there is a return URL."""
    setup = prepared(mock)
    token = create(setup, "4000002500003155", return_url="https://shop.example.com/")
    confirmed = confirm(setup, token["id"], return_url="https://shop.example.com/").json()
    answered = setup.call("mock_authenticate", {"outcome": "pass"}).json()

    assert ("requires_action", "use_stripe_sdk") == (confirmed["status"], confirmed["next_action"]["type"])
    assert "succeeded" == answered["status"]


def test_a_challenge_by_redirect(mock: Mock) -> None:
    """A server can deny that Stripe.js handles the challenge. Then the return URL of the token is used."""
    setup = prepared(mock)
    token = create(setup, "4000002500003155", return_url="https://shop.example.com/")
    action = confirm(setup, token["id"], use_stripe_sdk=False).json()["next_action"]

    assert "https://shop.example.com/" == action["redirect_to_url"]["return_url"]


@pytest.mark.parametrize("number", ["4242424242424242", "4000000000000002", "4000002500003155"])
def test_a_token_is_used_once(mock: Mock, number: str) -> None:
    """A second confirmation is refused, whatever the outcome of the first was, and changes nothing."""
    one, other = prepared(mock), prepared(mock)
    token = create(one, number)
    confirm(one, token["id"])
    reply = confirm(other, token["id"])

    assert (400, "invalid_request_error", "confirmation_token") == (
        reply.status_code,
        reply.json()["error"]["type"],
        reply.json()["error"]["param"],
    )
    assert "requires_payment_method" == other.retrieve().json()["status"]


def test_a_refused_confirmation_uses_no_token(mock: Mock) -> None:
    """If the confirmation is not attempted, the token can be used later."""
    setup, canceled = prepared(mock), prepared(mock)
    canceled.call("cancel", {})
    token = create(setup)

    assert 400 == confirm(canceled, token["id"]).status_code
    assert "succeeded" == confirm(setup, token["id"]).json()["status"]


def test_the_request_takes_precedence(mock: Mock) -> None:
    """What the confirmation has itself is used instead of what the token has."""
    setup = prepared(mock)
    reply = confirm(setup, create(setup)["id"], payment_method="pm_card_chargeDeclined")

    assert (402, "card_declined") == (reply.status_code, reply.json()["error"]["code"])


@pytest.mark.parametrize("data", [{"payment_method": "pm_card_visa"}, {"payment_method_data": card_data()}])
def test_a_server_creates_a_token_for_a_test(mock: Mock, data: dict[str, Any]) -> None:
    """A server can create a token without a page, from a payment method or from new data."""
    setup = prepared(mock)
    token = server(mock).post("/v1/test_helpers/confirmation_tokens", json=data).json()

    assert ("payment_method" in data) == (token["payment_method"] is not None)
    confirmed = confirm(setup, token["id"]).json()
    assert "succeeded" == confirmed["status"]
    assert token["payment_method"] in (None, confirmed["payment_method"])


def test_a_bank_account(mock: Mock) -> None:
    """A token can have a bank account."""
    setup = prepared(mock, scenario="sepa_debit")
    data = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    token = setup.http.post("/v1/confirmation_tokens", json={"payment_method_data": data}).json()

    assert "3000" == token["payment_method_preview"]["sepa_debit"]["last4"]
    assert "succeeded" == confirm(setup, token["id"]).json()["status"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param({}, (400, "parameter_missing"), id="nothing"),
        pytest.param({"payment_method": "pm_unknown"}, (400, "resource_missing"), id="an unknown payment method"),
        pytest.param(
            {"payment_method_data": card_data("4242424242424241")}, (402, "incorrect_number"), id="a wrong number"
        ),
        pytest.param(
            {"payment_method_data": card_data(), "shipping": {"name": "Jo"}},
            (400, "parameter_missing"),
            id="no address",
        ),
        pytest.param({"payment_method_data": card_data(), "colour": "red"}, (400, "parameter_unknown"), id="unknown"),
    ],
)
def test_what_makes_no_token(mock: Mock, data: dict[str, Any], expected: tuple[int, str]) -> None:
    """Mistakes get Stripe's errors."""
    reply = prepared(mock).http.post("/v1/confirmation_tokens", json=data)

    assert expected == (reply.status_code, reply.json()["error"]["code"])


def test_an_unknown_token(mock: Mock) -> None:
    """A token that does not exist cannot be retrieved or used."""
    replies = [server(mock).get("/v1/confirmation_tokens/ctoken_1"), confirm(prepared(mock), "ctoken_1")]

    assert [(404, "resource_missing"), (400, "resource_missing")] == [
        (reply.status_code, reply.json()["error"]["code"]) for reply in replies
    ]


@pytest.mark.parametrize("method", ["retrieve", "create"])
def test_a_page_may_not(mock: Mock, method: str) -> None:
    """A publishable key can neither retrieve a token nor create one as a server does."""
    setup = prepared(mock)
    token = create(setup)
    if method == "retrieve":
        reply = setup.http.get(f"/v1/confirmation_tokens/{token['id']}")
    else:
        reply = setup.http.post("/v1/test_helpers/confirmation_tokens", json={"payment_method": "pm_card_visa"})

    assert (403, "secret_key_required") == (reply.status_code, reply.json()["error"]["code"])


def test_card_numbers_are_redacted(mock: Mock) -> None:
    """A card number in a shipping address is not returned."""
    shipping = {"name": "4111 1111 1111 1111", "address": {"line1": "4111111111111111"}}
    token = create(prepared(mock), shipping=shipping)

    assert ("[redacted]", "[redacted]") == (token["shipping"]["name"], token["shipping"]["address"]["line1"])


def test_a_reset_deletes_tokens(mock: Mock) -> None:
    """After a reset of the namespace, its tokens do not exist."""
    setup = prepared(mock)
    token = create(setup)
    mock.http.post("/__mock/reset")

    assert 404 == server(mock).get(f"/v1/confirmation_tokens/{token['id']}").status_code
