"""What the README says of Stripe's side: its snippet, its tables and its choices are held against the real thing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from mockserver.payments.test_cards import CARD_TOKENS, CARDS
from mockserver.scenarios import OnConfirm, Scenarios
from mockserver.settings import bundled
from tests.support.command import ROOT
from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY, card_data, prepared

README = (ROOT / "README.md").read_text("utf-8")


def section(heading: str) -> str:
    return README[README.index(f"\n## {heading}\n") :].split("\n## ")[1]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_python_shown_confirms(mock: Mock) -> None:
    """The snippet, told another address and setup intent, prints what it confirmed."""
    (code,) = re.findall(r"```python\n(.*?)```", section("Stripe's side"), re.DOTALL)
    code = re.sub(r"seti_\w+", prepared(mock).id, code.replace("http://127.0.0.1:8080", mock.url))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "succeeded\n" == done.stdout


def comes_to(number: str) -> str:
    said = CARDS[number].on_confirm
    return {
        "succeed": "succeeds",
        "decline": f"declined: {said.detail}",
        "authenticate": "3-D Secure challenge",
    }[said.kind]


def test_the_cards_are_those_that_there_are() -> None:
    """Each number once, with its name, what comes of it and who says so."""
    told = [tuple(cells) for cells in rows("Stripe's side")]
    names = {CARD_TOKENS[f"pm_card_{name.strip('`')}"].number: name for _, name, _, _ in told}

    assert sorted((each.number, names[each.number], comes_to(each.number), each.source) for each in CARDS.values()) == (
        sorted(told)
    )


def test_the_number_of_scenarios() -> None:
    """README and CHANGELOG count them right."""
    count = len(Scenarios.load(bundled("scenarios")).names)

    assert f"{count} scenarios are bundled" in README
    assert f"as YAML files: {count} are bundled" in (ROOT / "CHANGELOG.md").read_text("utf-8")


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


def whose(mock: Mock) -> bool:
    setup = prepared(mock)
    path, query = f"/v1/setup_intents/{setup.id}", {"client_secret": setup.secret}

    def status(key: str, account: str | None) -> int:
        headers = {"authorization": f"Bearer {key}"} | ({"stripe-account": account} if account else {})
        return mock.browser(headers).get(path, params=query).status_code

    right = [status(key, account) for key in (setup.key, SECRET_KEY) for account in (setup.account, None)]
    return right == [200] * 4 and (status("pk_test_1", None), status(SECRET_KEY, "acct_1")) == (404, 404)


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


def repeated(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_connection_reset")

    def status(**headers: str) -> int | None:
        try:
            return setup.call("confirm", {"payment_method": "pm_card_visa"}, idempotency_key="k", **headers).status_code
        except httpx.NetworkError:
            return None

    return [status(), status(origin="http://localhost:3000"), status()] == [None, None, 200]


def years(mock: Mock) -> bool:
    now = datetime.now(UTC).year
    cards = [card_data(exp_year=str(now + ahead)) for ahead in (50, 51)]
    replies = [prepared(mock).call("confirm", {"payment_method_data": card}) for card in cards]
    return [reply.status_code for reply in replies] == [200, 402]


def numbers(mock: Mock) -> bool:
    billing = {"billing_details": {"name": "4242 4242 4242 4242", "address": {"line1": "5555555555554444"}}}
    setup = prepared(mock)
    setup.call("confirm", {"payment_method_data": card_data() | billing})
    return bool(setup.saved()[0]["holder_name"] == "[redacted]")


def processing(mock: Mock) -> bool:
    setup = prepared(mock, scenario="confirm_processing")
    setup.confirm()
    return [setup.call(action, {}).status_code for action in ("confirm", "cancel")] == [400, 400]


def moments(mock: Mock) -> bool:
    created = [prepared(mock).retrieve().json()["created"] for _ in range(2)]
    return bool(1767225600 < created[0] < created[1] < 1767225610)


def used_again(mock: Mock) -> bool:
    one, two = prepared(mock), prepared(mock.caller("api_key_other"))
    token = one.http.post("/v1/tokens", json={"card": card_data()["card"]}).json()["id"]
    data = {"payment_method_data": {"type": "card", "card": {"token": token}}}
    return [each.call("confirm", data).status_code for each in (one, two)] == [200, 200]


def for_debits(mock: Mock) -> bool:
    debit = {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}}}
    setup = prepared(mock, scenario="sepa_debit")
    session = mock.engine.payment_sessions.get(None, setup.token)
    assert session is not None
    said = OnConfirm(kind="decline", detail="incorrect_cvc")
    mock.engine.payment_sessions.replace(replace(session, on_confirm=said))
    return bool(setup.call("confirm", debit).json()["error"]["code"] == "incorrect_cvc")


def saved(mock: Mock) -> bool:
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


CHOICES: dict[str, Callable[[Mock], bool]] = {
    "`status` after a confirmation": session_status,
    "publishable key and account": accounts,
    "whose setup intents": whose,
    "`on_confirm: expired`": expired,
    "a fault on confirm": fault,
    "the same `Idempotency-Key` after a fault": repeated,
    "`processing`": processing,
    "moments (`created`)": moments,
    "tokens and payment methods": used_again,
    "what a scenario says of a confirmation": for_debits,
    "saved methods": saved,
    "how far ahead a card may expire": years,
    "a card number in a name, an address or metadata": numbers,
    "details of a debit": debits,
}


def test_every_choice_is_known_here() -> None:
    """A new row needs a test here."""
    assert list(CHOICES) == [what for what, _ in rows("The mock's own choices on Stripe's side")]


@pytest.mark.parametrize("what", CHOICES)
def test_the_choices_are_as_told(mock: Mock, what: str) -> None:
    """What the mock chose is what the README says it chose."""
    assert CHOICES[what](mock)


@pytest.mark.parametrize("key", ["pk_live_1", "sk_live_1"])
def test_live_keys_are_refused(mock: Mock, key: str) -> None:
    """With the kind and the status of the table of refusals."""
    (told,) = [cells[1] for cells in rows("Refusals") if cells[0] == "`test-mode-only`"]
    reply = mock.browser({"authorization": f"Bearer {key}"}).get(f"/v1/setup_intents/{prepared(mock).id}")

    assert ("test-mode-only", told) == (reply.headers["mock-refused"], str(reply.status_code))
