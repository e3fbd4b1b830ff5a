"""A payment session that is read later is the one that its client received, whatever the scenario overrides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from shutil import copytree
from typing import Any

import pytest

from mockserver.settings import Settings, bundled
from tests.support.mock import Mock, mock_of
from tests.support.scenario_files import write_replies

SCENARIOS = {
    "other_key": {"payment_session": {"setup_intent": {"stripe": {"pk_key": "pk_test_mine"}}}},
    "two_secrets": {
        "payment_session": {
            "setup_intent": {"stripe": {"client_secret": "seti_mine_secret_hidden"}},
            "notes": [{"also": "seti_mine_secret_hidden"}],
        },
        "off_contract": "it has a member that the contract does not know",
    },
    "leads_somewhere": {
        "payment_session": {
            "provider": "authorize",
            "setup_intent": {
                "stripe": {
                    "pk_key": "pk_test_x",
                    "connected_account_id": "acct_x",
                    "client_secret": "seti_A_secret_B",
                }
            },
        }
    },
    "empty": {"payment_session": {"token": "", "wb_customer_id": "", "status": ""}},
    "same_token": {"payment_session": {"token": "PaySess_same"}},
    "other_status": {"payment_session": {"status": "brand_new"}},
}
READ = [
    "happy_path",
    "sepa_debit",
    "provider_authorize",
    "provider_self_handled",
    "setup_intent_missing",
    "nulls_where_nullable",
    "breaks_contract",
    *SCENARIOS,
]


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    folder = copytree(bundled("scenarios"), tmp_path_factory.mktemp("mock") / "scenarios")
    write_replies(folder, SCENARIOS)
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: Mock) -> Mock:
    """A mock in its initial state."""
    shared_mock.restore()
    return shared_mock


def created(mock: Mock, scenario: str) -> Any:
    assert mock.activate(scenario).is_success
    return mock.create().json()


def by_token(mock: Mock, token: Any) -> Any:
    return mock.http.get(f"/__mock/wingback/payment-sessions/{token}").json()


def without_secrets(body: Any) -> Any:
    """The body without the second halves of client secrets."""
    text = json.dumps(body)
    stripe = (body.get("setup_intent") or {}).get("stripe")
    return json.loads(text.replace(stripe["client_secret"].split("_secret_")[1], "[redacted]") if stripe else text)


@pytest.mark.parametrize("scenario", READ)
def test_a_read_session_equals_the_sent_one(mock: Mock, scenario: str) -> None:
    """WingbackMock reads the payment session with its client secret, the control API without it."""
    sent = created(mock, scenario)
    known = {"payment_session": without_secrets(sent), "namespace": mock.get("journal")["entries"][0]["namespace"]}

    assert [known] == mock.get("payment-sessions")["payment_sessions"]
    if scenario not in {"breaks_contract", "empty"}:
        assert sent == by_token(mock, sent["token"])
        assert known == mock.get(f"payment-sessions/{sent['token']}")


def test_a_client_secret_has_a_setup_intent(mock: Mock) -> None:
    """Every client secret in a reply has a setup intent, for any provider."""
    stripe = created(mock, "leads_somewhere")["setup_intent"]["stripe"]
    reply = mock.browser({"authorization": "Bearer pk_test_x", "stripe-account": stripe["connected_account_id"]}).get(
        "/v1/setup_intents/seti_A", params={"client_secret": "seti_A_secret_B"}
    )

    assert (200, "requires_payment_method") == (reply.status_code, reply.json()["status"])


def test_a_confirmation_changes_an_overridden_status(mock: Mock) -> None:
    """A scenario sets the first status; a confirmation changes it."""
    sent = created(mock, "other_status")
    stripe = sent["setup_intent"]["stripe"]
    confirm = f"/v1/setup_intents/{stripe['client_secret'].split('_secret_')[0]}/confirm"
    seen = [sent["status"]]
    for method in ("pm_card_chargeDeclined", "pm_card_visa"):
        mock.browser({"authorization": "Bearer sk_test_1"}).post(confirm, json={"payment_method": method})
        seen.append(mock.get(f"payment-sessions/{sent['token']}")["payment_session"]["status"])

    assert ["brand_new", "failed", "succeeded"] == seen


def test_a_token_of_several_callers(mock: Mock) -> None:
    """Each caller reads its own payment session, until it is reset."""
    callers = {name: mock.caller(f"api_key_{name}") for name in ("one", "two")}
    sent = {name: created(caller, "same_token") for name, caller in callers.items()}
    own = {name: caller.get("payment-sessions/PaySess_same") for name, caller in callers.items()}

    assert {name: without_secrets(each) for name, each in sent.items()} == {
        name: reply["payment_session"] for name, reply in own.items()
    }
    assert sent == {name: by_token(caller, "PaySess_same") for name, caller in callers.items()}
    again = callers["one"].create().json()
    callers["two"].http.post("/__mock/reset")
    assert again == by_token(callers["one"], "PaySess_same")
    assert "urn:mockserver:unknown-payment-session" == by_token(callers["two"], "PaySess_same")["type"]
