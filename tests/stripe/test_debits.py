"""Test IBANs: the outcome of a setup with each, over HTTP, when no scenario decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.payments.test_methods import published_methods
from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.shop import Setup, prepared

PARTS = ("country", "last4")


def debit(setup: Setup, iban: str, **data: Any) -> Any:
    return setup.call("confirm", {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": iban}, **data}})


def offering(folder: Path, **reply: Any) -> Settings:
    """The settings of a mock whose setup intents offer debits only."""
    stub = {
        "name": "created",
        "operation": "c_create_payment_session",
        "reply": {"payment_session": {}, "payment_method_types": ["sepa_debit"], **reply},
    }
    (folder / "debits.yaml").write_text(json.dumps({"about": "Debits only.", "stubs": [stub]}), "utf-8")
    return Settings(seed=1, scenarios=folder, scenario="debits")


def address(*parts: str) -> dict[str, Any]:
    return {"billing_details": {"address": dict.fromkeys(parts, "GB")}}


def outcome(reply: Any) -> str:
    """The status of the setup intent, the error code, or the kind of the refusal."""
    body = reply.json()
    return str(reply.headers.get("mock-refused") or body.get("status") or body["error"]["code"])


IBANS: dict[str, str] = {iban: kind for kinds in published_methods()["ibans"].values() for kind, iban in kinds.items()}
# By the kind in test_methods.json; the outcome of all other kinds is unknown.
OUTCOMES = {
    "success": "succeeded",
    "bankNotSupported": "sepa_debit_bank_not_supported",
    "debitsNotSupported": "sepa_debit_debits_not_supported",
}
EXPECTED = {iban: OUTCOMES.get(kind, "unknown-outcome") for iban, kind in IBANS.items()}
WHOLE = address("line1", "country", "city", "postal_code")


def test_ibans(mock: Mock) -> None:
    """The test IBAN decides the outcome of a setup. Spaces and lower case do not matter."""

    def written(iban: str) -> str:
        return iban.lower() if iban < "F" else " ".join((iban[:4], iban[4:]))

    assert EXPECTED == {
        iban: outcome(debit(prepared(mock, scenario="sepa_debit"), written(iban), **WHOLE)) for iban in IBANS
    }


def test_payment_methods_from_ibans(mock: Mock) -> None:
    """A payment method can be created from every test IBAN, unless its bank does not support debits."""
    http = prepared(mock).http

    def created(iban: str) -> Any:
        data = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, **WHOLE}
        reply = http.post("/v1/payment_methods", json=data)
        body = reply.json()
        return body["error"]["code"] if reply.status_code == 400 else [*map(body["sepa_debit"].get, PARTS)]

    assert {
        iban: OUTCOMES[kind] if kind.endswith("NotSupported") else [iban[:2], iban[-4:]] for iban, kind in IBANS.items()
    } == {iban: created(iban) for iban in IBANS}


def test_names_of_accounts(mock: Mock) -> None:
    """Stripe publishes two spellings of the names; both work, and need no billing address."""
    names = {
        f"{prefix}{kind}_{iban[:2].lower()}": EXPECTED[iban]
        for iban, kind in IBANS.items()
        for prefix in ("pm_", "pm_sepaDebit_")
        if not kind.endswith("NotSupported")
    }

    assert "pm_success_de" in names
    assert names == {name: outcome(prepared(mock, scenario="sepa_debit").confirm_with(name)) for name in names}


def test_a_scenario_decides_an_unknown_outcome(tmp_path: Path) -> None:
    """If the scenario decides the outcome, an account whose outcome is unknown can be used."""
    with mock_of(offering(tmp_path, on_confirm="processing")) as mock:
        assert "processing" == outcome(prepared(mock).confirm_with("pm_sepaDebit_disputed_fr"))


@pytest.mark.parametrize("way", ["confirm", "payment method"])
@pytest.mark.parametrize(
    ("version", "sent", "missing"),
    [
        pytest.param("", (), "line1", id="nothing"),
        pytest.param("", ("line1",), "country", id="no country"),
        pytest.param("", ("line1", "country"), None, id="enough"),
        pytest.param("2026-08-26.dahlia", ("line1", "country"), None, id="dahlia"),
        pytest.param("2026-09-30.endive", ("line1", "country"), "city", id="endive"),
        pytest.param("2026-09-30.endive", ("line1", "country", "city"), "postal_code", id="endive, no postal code"),
        pytest.param("2027-01-28.endive", ("line1", "country", "city", "postal_code"), None, id="everything"),
        pytest.param("none", ("line1", "country"), None, id="no version at all"),
    ],
)
def test_addresses_outside_the_european_economic_area(
    mock: Mock, version: str, sent: tuple[str, ...], missing: str | None, way: str
) -> None:
    """An account of a country outside the European Economic Area needs a billing address, since endive a whole one."""
    setup = prepared(mock, scenario="sepa_debit")
    data = {"type": "sepa_debit", "sepa_debit": {"iban": "GB82WEST12345698765432"}, **address(*sent)}
    if way == "confirm":
        reply = setup.call("confirm", {"payment_method_data": data}, stripe_version=version)
    else:
        reply = setup.http.post("/v1/payment_methods", json=data, headers={"stripe-version": version})

    assert (400 if missing else 200) == reply.status_code
    assert (f"billing_details[address][{missing}]" if missing else None) == reply.json().get("error", {}).get("param")


@pytest.mark.parametrize(
    ("iban", "refused"),
    [
        pytest.param("DE89370400440532013001", None, id="check digits"),
        pytest.param("hello", None, id="none"),
        pytest.param("GB29NWBK60161331926819", "test-mode-only", id="a valid one that is no test IBAN"),
    ],
)
def test_another_iban_is_refused(mock: Mock, iban: str, refused: str | None) -> None:
    """Other IBANs are refused. For a valid one, a header says that the mock refused it."""
    reply = debit(prepared(mock, scenario="sepa_debit"), iban)

    assert (400, "invalid_bank_account_iban") == (reply.status_code, reply.json()["error"]["code"])
    assert refused == reply.headers.get("mock-refused")


def test_debits_are_not_offered_by_default(mock: Mock) -> None:
    """Without a scenario that offers debits, a setup intent offers only cards, and refuses debits."""
    setup = prepared(mock)
    reply = debit(setup, "DE89370400440532013000")

    assert ["card"] == setup.retrieve().json()["payment_method_types"]
    assert (400, "payment_method_data[type]") == (reply.status_code, reply.json()["error"]["param"])
    assert "created" == setup.status


@pytest.mark.parametrize("number", ["4242424242424242", "4111111111111111", "4242424242424241"])
def test_a_card_where_only_debits_are_offered(tmp_path: Path, number: str) -> None:
    """If only debits are offered, a card is refused before its number is checked. The session stays as it was."""
    with mock_of(offering(tmp_path)) as mock:
        setup = prepared(mock)
        reply = setup.confirm(number)

        assert (400, "payment_method_data[type]") == (reply.status_code, reply.json()["error"]["param"])
        assert "created" == setup.status
