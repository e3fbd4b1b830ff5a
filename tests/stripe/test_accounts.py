"""Connected accounts: a page that does not name the account of a payment session does not find its setup intent."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import httpx
import pytest

from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.support.mock import Mock, mock_of
from tests.support.scenario_files import write_replies
from tests.support.shop import SECRET_KEY, Setup, prepared

Account = Literal["required", "optional"]


def without_account(setup: Setup) -> list[httpx.Response]:
    """Retrieve, confirm and cancel with the publishable key alone."""
    client = setup.mock.browser({"authorization": f"Bearer {setup.key}"})
    url, secret = f"/v1/setup_intents/{setup.id}", {"client_secret": setup.secret}
    return [
        client.get(url, params=secret),
        client.post(f"{url}/confirm", data={**secret, "payment_method": "pm_card_visa"}),
        client.post(f"{url}/cancel", data=secret),
    ]


def test_a_page_without_the_account(mock: Mock) -> None:
    """It gets Stripe's error, and nothing changes. The message says what is missing."""
    setup = prepared(mock)
    replies = without_account(setup)
    errors = [reply.json()["error"] for reply in replies]

    assert [404] * 3 == [reply.status_code for reply in replies]
    assert [("invalid_request_error", "resource_missing", "intent")] * 3 == [
        (error["type"], error["code"], error["param"]) for error in errors
    ]
    assert errors[0]["message"].startswith(f"No such setupintent: '{setup.id}'")
    assert "stripeAccount" in errors[0]["message"]
    assert [None] * 3 == [reply.headers.get("mock-refused") for reply in replies]
    assert "requires_payment_method" == setup.retrieve().json()["status"]


def test_the_message_names_no_account(mock: Mock) -> None:
    """The account is never told to a caller who does not know it. An unknown key learns nothing."""
    setup = prepared(mock)
    stranger = mock.browser({"authorization": "Bearer pk_test_1"})
    message = stranger.get(f"/v1/setup_intents/{setup.id}").json()["error"]["message"]

    assert f"No such setupintent: '{setup.id}'" == message
    assert setup.account not in without_account(setup)[0].text


def test_a_secret_key_needs_no_account(mock: Mock) -> None:
    """A secret key can be the key of the connected account."""
    setup = prepared(mock)
    url = f"/v1/setup_intents/{setup.id}"

    assert 200 == mock.browser({"authorization": f"Bearer {SECRET_KEY}"}).get(url).status_code


@pytest.mark.parametrize("flag", ["required", "optional"])
@pytest.mark.parametrize("scenario", ["required", "optional", None])
def test_flag_and_scenario(tmp_path: Path, flag: Account, scenario: Account | None) -> None:
    """The scenario decides whether the account is required; if it says nothing, the flag does."""
    own = {} if scenario is None else {"stripe_account": scenario}
    folder = write_replies(tmp_path, {"mine": {"payment_session": {}, **own}})
    with mock_of(Settings(seed=1, scenarios=folder, scenario="mine", stripe_account=flag)) as mock:
        statuses = [reply.status_code for reply in without_account(prepared(mock))]

    assert ([404] * 3 if (scenario or flag) == "required" else [200, 200, 400]) == statuses


def test_a_session_without_an_account(tmp_path: Path) -> None:
    """If a scenario gives a payment session no connected account, none is required."""
    stripe = {"payment_session": {"setup_intent": {"stripe": {"connected_account_id": ""}}}}
    with mock_of(Settings(seed=1, scenarios=write_replies(tmp_path, {"mine": stripe}), scenario="mine")) as mock:
        assert 200 == without_account(prepared(mock))[0].status_code


def test_a_server_in_a_test() -> None:
    """MockServer takes the flag as an option."""
    with MockServer(stripe_account="optional") as server:
        session = httpx.post(
            f"{server.url}/v1/c/customer/Cust_1/payment/session",
            json={"operation": "add_method", "address": True},
            headers=server.headers,
        ).json()["setup_intent"]["stripe"]
        secret = session["client_secret"]
        reply = httpx.get(
            f"{server.url}/v1/setup_intents/{secret.partition('_secret_')[0]}",
            params={"client_secret": secret, "key": session["pk_key"]},
        )

        assert 200 == reply.status_code
