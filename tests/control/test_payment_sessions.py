"""A payment session that is read later is the one that its client was sent, whatever its scenario says otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from mockserver.settings import Settings, bundled
from tests.support.mock import Mock, mock_of

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
    for name, reply in SCENARIOS.items():
        stub = {"name": "payment session created", "operation": "c_create_payment_session", "reply": reply}
        Path(folder, f"{name}.yaml").write_text(json.dumps({"about": "A test's own.", "stubs": [stub]}), "utf-8")
    with mock_of(Settings(seed=1, scenarios=folder)) as mock:
        yield mock


@pytest.fixture
def mock(shared_mock: Mock) -> Mock:
    """A mock as it was at its start."""
    shared_mock.engine.reset(None)
    return shared_mock


def created(mock: Mock, scenario: str) -> Any:
    assert mock.activate(scenario).is_success
    return mock.create().json()


def by_token(mock: Mock, token: Any) -> Any:
    return mock.http.get(f"/__mock/wingback/payment-sessions/{token}").json()


def veiled(body: Any) -> Any:
    """The body without the second halves of client secrets."""
    text = json.dumps(body)
    stripe = (body.get("setup_intent") or {}).get("stripe")
    return json.loads(text.replace(stripe["client_secret"].split("_secret_")[1], "[redacted]") if stripe else text)


@pytest.mark.parametrize("scenario", READ)
def test_what_is_read_is_what_was_sent(mock: Mock, scenario: str) -> None:
    """By WingbackMock with the client secret; by the control API, one and all, without it."""
    sent = created(mock, scenario)
    known = {"payment_session": veiled(sent), "namespace": mock.get("journal")["entries"][0]["namespace"]}

    assert [known] == mock.get("payment-sessions")["payment_sessions"]
    if scenario not in {"breaks_contract", "empty"}:
        assert sent == by_token(mock, sent["token"])
        assert known == mock.get(f"payment-sessions/{sent['token']}")


def test_a_client_secret_leads_somewhere(mock: Mock) -> None:
    """Whatever the provider is called: a scenario that gives one out has a setup intent behind it."""
    created(mock, "leads_somewhere")
    reply = mock.browser({"authorization": "Bearer pk_test_x"}).get(
        "/v1/setup_intents/seti_A", params={"client_secret": "seti_A_secret_B"}
    )

    assert (200, "requires_payment_method") == (reply.status_code, reply.json()["status"])


def test_what_became_of_it_is_no_override(mock: Mock) -> None:
    """A scenario says how the status begins; a confirmation changes it."""
    sent = created(mock, "other_status")
    stripe = sent["setup_intent"]["stripe"]
    confirm = f"/v1/setup_intents/{stripe['client_secret'].split('_secret_')[0]}/confirm"
    seen = [sent["status"]]
    for method in ("pm_card_chargeDeclined", "pm_card_visa"):
        mock.browser({"authorization": "Bearer sk_test_1"}).post(confirm, json={"payment_method": method})
        seen.append(mock.get(f"payment-sessions/{sent['token']}")["payment_session"]["status"])

    assert ["brand_new", "failed", "succeeded"] == seen


def test_a_token_that_several_callers_have(mock: Mock) -> None:
    """Each reads its own; where no caller is told, it is the latest that is left."""
    callers = {name: mock.caller(f"api_key_{name}") for name in ("one", "two")}
    sent = {name: created(caller, "same_token") for name, caller in callers.items()}
    own = {name: caller.get("payment-sessions/PaySess_same") for name, caller in callers.items()}

    assert {name: veiled(each) for name, each in sent.items()} == {
        name: told["payment_session"] for name, told in own.items()
    }
    assert sent["two"] == by_token(mock, "PaySess_same")
    again = callers["one"].create().json()
    assert again == by_token(mock, "PaySess_same")
    callers["one"].http.post("/__mock/reset")
    assert sent["two"] == by_token(mock, "PaySess_same")
    callers["two"].http.post("/__mock/reset")
    assert "urn:mockserver:unknown-payment-session" == by_token(mock, "PaySess_same")["type"]
