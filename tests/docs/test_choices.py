"""docs/choices.md: what the mock chooses, compared with what it does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.settings import Settings
from tests.support.calls import CUSTOMER, PATH, send, session
from tests.support.markdown import BLOCKS, rows
from tests.support.mock import Mock, mock_of
from tests.support.shop import SECRET_KEY, card_data, prepared
from tests.support.state import memory_of

DOCUMENT = "docs/choices.md"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

WINGBACK: dict[str, Callable[[str], object]] = {
    "`token`": lambda url: re.fullmatch(rf"PaySess_{UUID}", session(url)["token"]),
    "`status`": lambda url: "created" == session(url)["status"],
    "`wb_customer_id`": lambda url: (
        re.fullmatch(rf"Cust_{UUID}", session(url)["wb_customer_id"])
        and session(url)["wb_customer_id"] == session(url)["setup_intent"]["wb_customer_id"]
    ),
    "`customer_id`": lambda url: (
        [CUSTOMER] * 2 == [(one := session(url))["customer_id"], one["setup_intent"]["customer_id"]]
    ),
    "`provider`": lambda url: "stripe" == session(url)["provider"],
    "`detach_previous_on_success`": lambda url: session(url)["detach_previous_on_success"] is False,
    "null in a request": lambda url: (
        "stripe" == session(url, provider=None)["provider"]
        and session(url, detach_previous_on_success=None)["detach_previous_on_success"] is False
    ),
    "`setup_intent` for `authorize`": lambda url: session(url, provider="authorize")["setup_intent"]["stripe"] is None,
    "`setup_intent` for `self_handled`": lambda url: session(url, provider="self_handled")["setup_intent"] is None,
    "error bodies": lambda url: send(url, wb_key="").headers["content-type"] == "application/problem+json",
}


def test_every_choice_about_wingback_is_tested() -> None:
    """The table lists the choices that are tested below, and no other."""
    assert list(WINGBACK) == [what for what, _ in rows(DOCUMENT, "Wingback's API")]


@pytest.mark.parametrize("what", WINGBACK)
def test_choices_about_wingback(mock: Mock, what: str) -> None:
    """The mock does what the table says."""
    assert WINGBACK[what](mock.url)


def test_a_scenario_file_overrides_every_member(tmp_path: Path) -> None:
    """Every member of the first reply in the README can have another value."""
    (shown,) = [json.loads(block.text) for block in BLOCKS if (block.document, block.language) == ("README.md", "json")]
    members: dict[str, object] = {
        "token": "Sess_1",
        "wb_customer_id": "Tenant_1",
        "customer_id": "Cust_1",
        "provider": "self_handled",
        "operation": "add_method",
        "status": "active",
        "address": False,
        "detach_previous_on_success": True,
        "setup_intent": None,
    }
    assert list(shown) == list(members)
    scenario = {
        "about": "Everything is different.",
        "stubs": [
            {
                "name": "different",
                "operation": "c_create_payment_session",
                "reply": {"payment_session": members},
            }
        ],
        "example": [{"request": {"method": "POST", "path": PATH}, "reply": {"status": 200}}],
    }
    (tmp_path / "happy_path.yaml").write_text(yaml.safe_dump(scenario), "utf-8")

    with mock_of(Settings(scenarios=tmp_path)) as mock:
        assert members == session(mock.url)


def session_status(mock: Mock) -> bool:
    good, bad, gone = (prepared(mock) for _ in range(3))
    good.confirm()
    bad.confirm("4000000000000002")
    failed = bad.status
    bad.confirm("4000002500003155")
    gone.call("cancel", {})
    return (good.status, failed, bad.status, gone.status) == ("succeeded", "failed", "created", "failed")


def accounts(mock: Mock) -> bool:
    plain = [prepared(mock) for _ in range(2)]
    mock.http.headers["mock-namespace"] = "mine"
    named = [prepared(mock) for _ in range(2)]
    del mock.http.headers["mock-namespace"]
    keys = [setup.key for setup in (*plain, *named)]
    return keys[0] == keys[1] != keys[2] == keys[3] and len({setup.account for setup in (*plain, *named)}) == 1


def access(mock: Mock) -> bool:
    setup = prepared(mock)
    path, query = f"/v1/setup_intents/{setup.id}", {"client_secret": setup.secret}

    def status(key: str, account: str | None) -> int:
        headers = {"authorization": f"Bearer {key}"} | ({"stripe-account": account} if account else {})
        return mock.browser(headers).get(path, params=query).status_code

    right = [status(key, account) for key in (setup.key, SECRET_KEY) for account in (setup.account, None)]
    return right == [200, 404, 200, 200] and (status("pk_test_1", None), status(SECRET_KEY, "acct_1")) == (404, 404)


def expired(mock: Mock) -> bool:
    setup = prepared(mock, scenario="session_expired")
    setup.confirm()
    body = setup.retrieve().json()
    return (body["status"], body["cancellation_reason"]) == ("canceled", "abandoned")


def fault(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_connection_reset")
    with pytest.raises(Exception, match=r"reset|disconnected|closed"):
        setup.confirm()
    return bool(setup.retrieve().json()["status"] == "succeeded")


def repeated_key(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_connection_reset")

    def status(**headers: str) -> int | None:
        try:
            return setup.call("confirm", {"payment_method": "pm_card_visa"}, idempotency_key="k", **headers).status_code
        except httpx.NetworkError:
            return None

    return [status(), status(origin="http://localhost:3000"), status()] == [None, None, 200]


def expiry_years(mock: Mock) -> bool:
    now = datetime.now(UTC).year
    cards = [card_data(exp_year=str(now + ahead)) for ahead in (50, 51)]
    replies = [prepared(mock).call("confirm", {"payment_method_data": card}) for card in cards]
    return [reply.status_code for reply in replies] == [200, 402]


def card_details(mock: Mock, number: str) -> Any:
    return prepared(mock).http.post("/v1/payment_methods", json=card_data(number)).json()["card"]


def countries(mock: Mock) -> bool:
    numbers = ("4000002760003184", "4000003720000278", "5555555555554444", "3566002020360505")
    return [card_details(mock, number)["country"] for number in numbers] == ["DE", "IE", "US", "US"]


def brands(mock: Mock) -> bool:
    numbers = ("4000002500001001", "5555552500001001")
    return [card_details(mock, number)["brand"] for number in numbers] == ["visa", "mastercard"]


def card_numbers(mock: Mock) -> bool:
    billing = {"billing_details": {"name": "4242 4242 4242 4242", "address": {"line1": "5555555555554444"}}}
    setup = prepared(mock)
    setup.call("confirm", {"payment_method_data": card_data() | billing})
    return bool(setup.saved()[0]["holder_name"] == "[redacted]")


def processing(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_processing")
    setup.confirm()
    return [setup.call(action, {}).status_code for action in ("confirm", "cancel")] == [400, 400]


def times(mock: Mock) -> bool:
    created = [prepared(mock).retrieve().json()["created"] for _ in range(2)]
    return bool(1767225600 < created[0] < created[1] < 1767225610)


def reused(mock: Mock) -> bool:
    one, two = prepared(mock), prepared(mock.caller("api_key_other"))
    token = one.http.post("/v1/tokens", json={"card": card_data()["card"]}).json()["id"]
    data = {"payment_method_data": {"type": "card", "card": {"token": token}}}
    return [each.call("confirm", data).status_code for each in (one, two)] == [200, 200]


def confirmation_tokens(mock: Mock) -> bool:
    one, two = prepared(mock), prepared(mock)
    data = {"payment_method_data": card_data("4000000000000002")}
    token = {"confirmation_token": one.http.post("/v1/confirmation_tokens", json=data).json()["id"]}
    first, second = one.call("confirm", token), two.call("confirm", token)
    return (first.status_code, second.status_code, "code" in second.json()["error"]) == (402, 400, False)


def debit_outcome(mock: Mock) -> bool:
    debit = {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}}}
    setup = prepared(mock, scenario="sepa_debit")
    session = memory_of(mock.engine).payment_sessions.get(None, setup.token)
    assert session is not None
    on_confirm = ConfirmOutcome(kind="decline", detail="incorrect_cvc")
    memory_of(mock.engine).payment_sessions.replace(replace(session, on_confirm=on_confirm))
    return bool(setup.call("confirm", debit).json()["error"]["code"] == "incorrect_cvc")


def saved_methods(mock: Mock) -> bool:
    prepared(mock).confirm()
    prepared(mock, detach_previous_on_success=True).confirm()
    first, second = prepared(mock).saved()
    return re.fullmatch(r"PayMethod_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first["id"]) is not None and (
        first["preference"],
        first["status"],
        second["status"],
    ) == (None, "detached", "active")


def debits(mock: Mock) -> bool:
    setup = prepared(mock, scenario="sepa_debit")
    setup.call(
        "confirm", {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}}}
    )
    return bool(setup.saved()[0]["details"] == {"SepaDebit": {"country": "AT", "last_digits": "3201"}})


STRIPE: dict[str, Callable[[Mock], bool]] = {
    "`status` of the payment session after a confirmation": session_status,
    "publishable key and account": accounts,
    "access to a setup intent": access,
    "`on_confirm: expired`": expired,
    "a fault on confirm": fault,
    "the same `Idempotency-Key` after a fault": repeated_key,
    "`processing`": processing,
    "times (`created`)": times,
    "tokens and payment methods": reused,
    "confirmation tokens": confirmation_tokens,
    "`on_confirm` of a scenario": debit_outcome,
    "saved methods": saved_methods,
    "latest expiry year of a card": expiry_years,
    "country of a test card for which Stripe names none": countries,
    "brand of a card with several networks": brands,
    "a card number in a name, an address or metadata": card_numbers,
    "details of a debit": debits,
}


def test_every_choice_about_stripe_is_tested() -> None:
    """The table lists the choices that are tested below, and no other."""
    assert list(STRIPE) == [what for what, _ in rows(DOCUMENT, "Stripe's API")]


@pytest.mark.parametrize("what", STRIPE)
def test_choices_about_stripe(mock: Mock, what: str) -> None:
    """The mock does what the table says."""
    assert STRIPE[what](mock)
