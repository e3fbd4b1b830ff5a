"""`on_confirm` of a scenario decides before the card, and the card decides before the default."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.shop import CARD, prepared

DECLINED_CARD = "4000000000000002"

SCENARIOS = {
    "cards": "test_card",
    "good": "succeed",
    "bank": "processing",
    "late": "expired",
    "no": "{decline: insufficient_funds}",
    "cvc": "{decline: incorrect_cvc}",
    "fresh": "{decline: some_new_reason}",
    "asks": "{authenticate: challenge}",
    "passes": "{authenticate: pass}",
    "fails": "{authenticate: fail}",
    "debit_asks": "{authenticate: challenge}\n      payment_method_types: [sepa_debit]",
    "slow": "{succeed: true, delay: 300ms}",
    "slow_no": "{decline: lost_card, delay: {uniform: [250ms, 300ms]}}",
    "reset": "{fault: connection_reset}",
    "empty": "{fault: empty_reply}",
    "half": "{fault: truncated_body}",
    "broken": "{fault: malformed_json}",
    "hangs": "{fault: hang}",
    "drips": "{fault: {dribble: {chunks: 3, over: 300ms}}}",
}
FILE = """
about: What Stripe says is outcome_of below.
stubs:
  - name: payment session created
    operation: c_create_payment_session
    reply:
      payment_session: {{status: pending}}
      on_confirm: {}
"""


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    folder: Path = tmp_path_factory.mktemp("scenarios")
    for name, yaml in SCENARIOS.items():
        (folder / f"{name}.yaml").write_text(FILE.format(yaml), "utf-8")
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


def outcome_of(reply: httpx.Response) -> tuple[int, str, str | None, str | None]:
    """HTTP status, status of the setup intent, error code and decline code."""
    body = reply.json()
    error = body.get("error", {})
    return (
        reply.status_code,
        error.get("setup_intent", body)["status"],
        error.get("code"),
        error.get("decline_code"),
    )


SUCCEEDED = (200, "succeeded", None, None)
CHALLENGED = (200, "requires_action", None, None)


def declined(code: str, decline_code: str | None = None) -> tuple[int, str, str, str | None]:
    return (402, "requires_payment_method", code, decline_code)


# The result of the confirmation with any card, the later status of the setup intent, and that of the session.
OUTCOMES: dict[str, tuple[Any, str, str]] = {
    "good": (SUCCEEDED, "succeeded", "succeeded"),
    "bank": ((200, "processing", None, None), "processing", "pending"),
    "late": ((400, "canceled", "setup_intent_unexpected_state", None), "canceled", "failed"),
    "no": (declined("card_declined", "insufficient_funds"), "requires_payment_method", "failed"),
    "cvc": (declined("incorrect_cvc"), "requires_payment_method", "failed"),
    "fresh": (declined("card_declined", "some_new_reason"), "requires_payment_method", "failed"),
    "asks": (CHALLENGED, "requires_action", "pending"),
    "passes": (CHALLENGED, "succeeded", "succeeded"),
    "fails": (CHALLENGED, "requires_payment_method", "failed"),
    "slow": (SUCCEEDED, "succeeded", "succeeded"),
    "slow_no": (declined("card_declined", "lost_card"), "requires_payment_method", "failed"),
}


@pytest.mark.parametrize("card", [CARD, DECLINED_CARD], ids=["good card", "declined card"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_the_scenario_comes_before_the_card(mock: Mock, name: str, card: str) -> None:
    """Any card gets the outcome of the scenario; setup intent and payment session have the matching status."""
    expected, status, session = OUTCOMES[name]
    setup = prepared(mock, scenario=name)

    assert "pending" == setup.status
    assert expected == outcome_of(setup.confirm(card))
    assert (status, session) == (setup.retrieve().json()["status"], setup.status)
    assert (1 if session == "succeeded" else 0) == len(setup.saved())


@pytest.mark.parametrize("scenario", ["cards", None], ids=["test_card", "no on_confirm"])
def test_without_on_confirm_the_card_decides(mock: Mock, scenario: str | None) -> None:
    """Without `on_confirm`, and with `test_card`, the card decides."""
    assert 402 == prepared(mock, scenario=scenario).confirm(DECLINED_CARD).status_code
    assert 200 == prepared(mock, scenario=scenario).confirm(CARD).status_code


def test_no_scenario_accepts_a_real_number(mock: Mock) -> None:
    """A real card number is refused, even if the scenario says that everything succeeds."""
    reply = prepared(mock, scenario="good").confirm("4111111111111111")

    assert (402, "test_mode_live_card") == (reply.status_code, reply.json()["error"]["decline_code"])


def test_another_card_after_a_decline(mock: Mock) -> None:
    """After a decline another card removes the error, and the payment session succeeds."""
    setup = prepared(mock)
    setup.confirm(DECLINED_CARD)
    failed = setup.retrieve().json()
    reply = setup.confirm(CARD)

    assert ("card_declined", "failed") == (failed["last_setup_error"]["code"], "failed")
    assert "0002" == failed["last_setup_error"]["payment_method"]["card"]["last4"]
    assert ("succeeded", None) == (reply.json()["status"], reply.json()["last_setup_error"])
    assert "succeeded" == setup.status


def test_a_failed_session_is_open_during_the_next_attempt(mock: Mock) -> None:
    """A failed payment session is open again during the challenge of the next attempt."""
    setup = prepared(mock)
    setup.confirm(DECLINED_CARD)
    before = setup.status
    setup.confirm("4000002500003155")

    assert ("failed", "created") == (before, setup.status)


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_a_debit_needs_a_mandate(mock: Mock, outcome: str) -> None:
    """A mandate exists after the challenge, and not before."""
    setup = prepared(mock, scenario="debit_asks")
    debit = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    challenge = setup.call("confirm", {"payment_method_data": debit})
    setup.call("mock_authenticate", {"outcome": outcome})
    found = mock.browser({"authorization": "Bearer sk_test_1"}).get(f"/v1/setup_intents/{setup.id}").json()

    assert CHALLENGED == outcome_of(challenge)
    assert (outcome == "pass") is bool(re.fullmatch(r"mandate_\w{24}", found["mandate"] or ""))


@pytest.mark.parametrize("name", ["slow", "slow_no"])
def test_a_delay(mock: Mock, name: str) -> None:
    """Success and decline come after the delay of the scenario."""
    setup = prepared(mock, scenario=name)
    started = monotonic()
    setup.confirm()

    assert monotonic() - started > 0.24


FAULTS = {
    "reset": httpx.NetworkError,
    "empty": httpx.RemoteProtocolError,
    "half": httpx.RemoteProtocolError,
    "hangs": httpx.ReadTimeout,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_damages_only_the_reply(mock: Mock, name: str) -> None:
    """A fault damages the reply, but the confirmation takes effect."""
    setup = prepared(mock, scenario=name)
    setup.http.timeout = httpx.Timeout(0.5)

    with pytest.raises(FAULTS[name]):
        setup.confirm()
    setup.http.timeout = httpx.Timeout(30)

    assert "succeeded" == setup.retrieve().json()["status"] == setup.status
    assert "setup_intent_unexpected_state" == setup.confirm().json()["error"]["code"]


def test_a_fault_with_a_declined_card(mock: Mock) -> None:
    """The card decides the outcome that the damaged reply would have shown."""
    setup = prepared(mock, scenario="broken")
    reply = setup.confirm(DECLINED_CARD)

    assert 402 == reply.status_code
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert "failed" == setup.status


def test_a_slow_reply_arrives_completely(mock: Mock) -> None:
    """A slow reply arrives completely, in chunks, over the time that the scenario sets."""
    started = monotonic()
    reply = prepared(mock, scenario="drips").confirm()

    assert "succeeded" == reply.json()["status"]
    assert monotonic() - started > 0.25


def test_the_journal_shows_the_scenario(mock: Mock) -> None:
    """The journal shows each request to the Stripe API with the scenario and namespace of its payment session."""
    setup = prepared(mock, scenario="no")
    setup.confirm()
    prepared(mock.caller("api_key_other"), scenario="good").confirm()
    entries = mock.get("journal")["entries"]

    assert [("c_create_payment_session", "no", 200), ("confirm_setup_intent", "no", 402)] == [
        (entry["operation"], entry["scenario"], entry["reply"]["status"]) for entry in entries
    ]
    assert 200 == mock.verify(operation="confirm_setup_intent", scenario="no", count=1).status_code


BUNDLED = {
    "happy_path": (200, "succeeded", "succeeded"),
    "card_declined": (402, "requires_payment_method", "failed"),
    "insufficient_funds": (402, "requires_payment_method", "failed"),
    "expired_card": (402, "requires_payment_method", "failed"),
    "incorrect_cvc": (402, "requires_payment_method", "failed"),
    "processing_error": (402, "requires_payment_method", "failed"),
    "authentication_required": (200, "requires_action", "created"),
    "authentication_fails": (200, "requires_payment_method", "failed"),
    "authentication_passes": (200, "succeeded", "succeeded"),
    "session_expired": (400, "canceled", "failed"),
    "confirm_processing": (200, "processing", "created"),
    "confirm_slow": (200, "succeeded", "succeeded"),
    "sepa_debit": (200, "succeeded", "succeeded"),
}


@pytest.mark.parametrize("name", BUNDLED)
def test_the_bundled_scenarios(bundled_mock: Mock, name: str) -> None:
    """Each bundled scenario has the outcome that the table in scenarios/README.md lists."""
    status, intent, session = BUNDLED[name]
    setup = prepared(bundled_mock, scenario=name)
    reply = setup.confirm()

    assert (status, intent, session) == (reply.status_code, setup.retrieve().json()["status"], setup.status)


@pytest.fixture(scope="module")
def bundled_mock() -> Iterator[Mock]:
    with mock_of() as mock:
        yield mock


def test_keys_that_a_scenario_overrides(tmp_path: Path) -> None:
    """The Stripe API accepts a publishable key and a client secret that a scenario overrides."""
    secret = "seti_mine_secret_mine"
    yaml = f"{{setup_intent: {{stripe: {{pk_key: pk_test_mine, client_secret: {secret}}}}}}}"
    text = FILE.format("succeed").replace("{status: pending}", yaml)
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with mock_of(Settings(seed=1, scenarios=tmp_path, scenario="mine")) as mock:
        setup = prepared(mock)
        reply = setup.confirm()

        assert ("pk_test_mine", secret) == (setup.key, setup.secret)
        assert ("seti_mine", "succeeded") == (reply.json()["id"], reply.json()["status"])


def test_a_hanging_confirmation_does_not_hang_the_server(mock: Mock) -> None:
    """While one client waits without end, other clients get replies, and the waiting client can disconnect."""
    setup = prepared(mock, scenario="hangs")
    address = setup.http.base_url
    body = f"client_secret={setup.secret}&payment_method=pm_card_visa&key={setup.key}".encode()
    head = (
        f"POST /v1/setup_intents/{setup.id}/confirm HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port or 80), timeout=5) as waiting:
        waiting.sendall(head.encode() + body)

        assert "requires_payment_method" == prepared(mock).retrieve().json()["status"]
