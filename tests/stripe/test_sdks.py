"""Stripe's own client libraries, unmodified, retrieve and confirm setup intents of the mock."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.support.mock import Mock
from tests.support.needs import command, modules
from tests.support.shop import SECRET_KEY, prepared

SCRIPT = Path(__file__).parents[1] / "clients" / "stripe.mjs"


@pytest.fixture(params=["global", "client"])
def client(mock: Mock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """stripe-python, configured for the mock in each of its two ways."""
    if request.param == "client":
        yield stripe.StripeClient(SECRET_KEY, base_addresses={"api": mock.url}).v1.setup_intents
        return
    monkeypatch.setattr(stripe, "api_key", SECRET_KEY)
    monkeypatch.setattr(stripe, "api_base", mock.url)
    yield stripe.SetupIntent


def options(client: Any, **parameters: Any) -> dict[str, Any]:
    """Parameters in the form that each of the two ways takes."""
    return parameters if client is stripe.SetupIntent else {"params": parameters}


def test_python_retrieves_and_confirms(mock: Mock, client: Any) -> None:
    """stripe-python retrieves, confirms and retrieves again, with the expanded payment method."""
    setup = prepared(mock)
    before = client.retrieve(setup.id)
    confirmed = client.confirm(setup.id, **options(client, payment_method="pm_card_visa"))
    after = client.retrieve(setup.id, **options(client, expand=["payment_method"]))

    assert ["requires_payment_method", "succeeded", "succeeded"] == [each.status for each in (before, confirmed, after)]
    assert "4242" == after.payment_method.card.last4
    assert (setup.secret, False) == (after.client_secret, after.livemode)
    assert "succeeded" == setup.status


def test_python_sees_a_decline(mock: Mock, client: Any) -> None:
    """stripe-python raises its error for a declined card."""
    setup = prepared(mock)

    with pytest.raises(stripe.CardError) as caught:
        client.confirm(setup.id, **options(client, payment_method="pm_card_visa_chargeDeclinedInsufficientFunds"))
    error = caught.value

    assert (402, "card_declined") == (error.http_status, error.code)
    assert error.error is not None
    assert "insufficient_funds" == error.error.decline_code
    assert "requires_payment_method" == error.error.setup_intent.status  # type: ignore[union-attr]  # it is there
    assert error.request_id is not None
    assert "failed" == setup.status


def test_python_sees_a_challenge(mock: Mock, client: Any) -> None:
    """stripe-python gets the URL of the challenge."""
    setup = prepared(mock)
    name = "pm_card_authenticationRequiredOnSetup"
    intent = client.confirm(setup.id, **options(client, payment_method=name, return_url="https://shop.example.com/"))

    assert ("requires_action", "redirect_to_url") == (intent.status, intent.next_action.type)
    assert intent.next_action.redirect_to_url.url.startswith(mock.url)


def test_python_cancels(mock: Mock, client: Any) -> None:
    """stripe-python cancels a setup intent with a reason."""
    setup = prepared(mock)

    assert "canceled" == client.cancel(setup.id, **options(client, cancellation_reason="abandoned")).status


@pytest.mark.parametrize(
    ("key", "error"),
    [
        pytest.param(SECRET_KEY, stripe.InvalidRequestError, id="unknown intent"),
        pytest.param("hello", stripe.AuthenticationError, id="no key"),
        pytest.param("sk_live_1", stripe.PermissionError, id="live key"),
    ],
)
def test_python_sees_refusals(mock: Mock, key: str, error: type[Exception]) -> None:
    """stripe-python raises its own error class for each refusal."""
    client = stripe.StripeClient(key, base_addresses={"api": mock.url})

    with pytest.raises(error):
        client.v1.setup_intents.retrieve("seti_nothing")


def test_python_creates_payment_methods(mock: Mock) -> None:
    """stripe-python creates payment methods and tokens, and confirms with them."""
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": mock.url}).v1
    method = client.payment_methods.create(
        params={"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}}
    )
    token = client.tokens.create(params={"card": {"number": "4242424242424242", "exp_month": "12", "exp_year": "34"}})
    one, two = prepared(mock), prepared(mock)
    # The types of the library have no token here; Stripe's servers accept one.
    data: Any = {"payment_method_data": {"type": "card", "card": {"token": token.id}}}
    replies = [
        client.setup_intents.confirm(one.id, params={"payment_method": method.id}),
        client.setup_intents.confirm(two.id, params=data),
    ]

    assert ["succeeded", "succeeded"] == [each.status for each in replies]


def test_python_for_an_account(mock: Mock) -> None:
    """The connected account of the payment session finds the setup intent; another account does not."""
    setup = prepared(mock)
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": mock.url}).v1.setup_intents

    assert setup.id == client.retrieve(setup.id, options={"stripe_account": setup.account}).id
    with pytest.raises(stripe.InvalidRequestError, match="No such setupintent"):
        client.retrieve(setup.id, options={"stripe_account": "acct_other"})


def test_node(mock: Mock) -> None:
    """stripe-node retrieves, confirms, cancels, and raises its own errors."""
    setups = {name: prepared(mock) for name in ("good", "declined", "challenged", "canceled")}
    intents = {name: setup.id for name, setup in setups.items()} | {"account": setups["good"].account}
    done = subprocess.run(
        [
            command("node"),
            str(SCRIPT),
            str(modules("stripe").parent.resolve()),
            mock.url,
            SECRET_KEY,
            json.dumps(intents),
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert 0 == done.returncode, done.stderr
    assert {
        "good": ["requires_payment_method", "succeeded", "4242", "string"],
        "declined": [
            "StripeCardError",
            "card_declined",
            "insufficient_funds",
            402,
            "requires_payment_method",
        ],
        "challenged": ["requires_action", "redirect_to_url"],
        "made": ["mastercard", "Berlin", "4242"],
        "canceled": "canceled",
        "missing": ["StripeInvalidRequestError", "resource_missing", 404],
    } == json.loads(done.stdout)
    assert ["succeeded", "failed", "created", "failed"] == [setup.status for setup in setups.values()]
