"""What became of setup intents, as Wingback lists it: an addition of the mock, in the shape that is documented."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mockserver.engine import Engine
from mockserver.exchange import Headers, Request
from mockserver.settings import Settings, bundled
from tests.support.mock import Mock
from tests.support.shop import card_data, prepared

PATH = "/v1/c/customer/Cust_1/payment/method"


def test_nothing_at_first(mock: Mock) -> None:
    """A customer without payment methods has an empty list."""
    assert [] == prepared(mock).saved()


def test_a_card(mock: Mock) -> None:
    """Brand, expiration and last digits of what was entered, and never more of the number."""
    setup = prepared(mock)
    setup.call("confirm", {"payment_method_data": card_data() | {"billing_details": {"name": "Ada Lovelace"}}})
    (saved,) = setup.saved()

    assert re.fullmatch(r"PayMethod_[0-9a-f-]{36}", saved.pop("id"))
    assert re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ", saved.pop("created"))
    assert {
        "method_type": "card",
        "provider": "stripe",
        "status": "active",
        "holder_name": "Ada Lovelace",
        "preference": None,
        "details": {"Card": {"brand": "visa", "expiration": "12/2034", "last_digits": "4242"}},
    } == saved


def test_a_debit(mock: Mock) -> None:
    """Country and last digits of the account."""
    setup = prepared(mock, scenario="sepa_debit")
    data = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    setup.call("confirm", {"payment_method_data": data})
    (saved,) = setup.saved()

    assert ("sepa_debit", {"SepaDebit": {"country": "DE", "last_digits": "3000"}}) == (
        saved["method_type"],
        saved["details"],
    )


def test_each_customer_has_its_own(mock: Mock) -> None:
    """Customers and namespaces do not see each other's; a reset forgets those of its namespace."""
    one, two = prepared(mock), prepared(mock, customer="Cust_2")
    other = prepared(mock.caller("api_key_other"))
    for setup in (one, two, other):
        setup.confirm()
    counts = [len(setup.saved()) for setup in (one, two, other)]
    mock.http.post("/__mock/reset")

    assert [1, 1, 1] == counts
    assert [0, 0, 1] == [len(setup.saved()) for setup in (one, two, other)]
    assert 404 == one.retrieve().status_code
    assert "succeeded" == other.retrieve().json()["status"]


def test_previous_ones_stay(mock: Mock) -> None:
    """Without being asked to, a setup detaches nothing."""
    for _ in range(2):
        prepared(mock).confirm()

    assert ["active", "active"] == [saved["status"] for saved in prepared(mock).saved()]


def test_detach_previous_on_success(mock: Mock) -> None:
    """Those from before are listed as detached once the setup succeeds, not when it fails."""
    prepared(mock).confirm()
    setup = prepared(mock, detach_previous_on_success=True)
    setup.confirm("4000000000000002")
    failed = [saved["status"] for saved in setup.saved()]
    setup.confirm()

    assert ["active"] == failed
    assert ["detached", "active"] == [saved["status"] for saved in setup.saved()]


def test_it_wants_a_credential(mock: Mock) -> None:
    """As every operation of Wingback's does."""
    assert 401 == mock.caller(None).http.get(PATH).status_code


def test_a_scenario_may_answer_instead(tmp_path: Path) -> None:
    """The addition is an operation like the others: a stub that names it comes first."""
    stub = {"name": "none", "operation": "mock_list_payment_methods", "reply": {"status": 200, "body": []}}
    (tmp_path / "none.yaml").write_text(json.dumps({"about": "No methods.", "stubs": [stub]}), "utf-8")
    engine = Engine.from_settings(Settings(seed=1, scenarios=tmp_path, scenario="none"))
    reply = engine.handle(Request(method="GET", path=PATH, headers=Headers([("wb-key", "k")])))

    assert [entry.stub for entry in engine.journal] == ["none"]
    assert getattr(reply, "body", None) == b"[]"


def test_another_contract_has_no_addition() -> None:
    """What `--spec` names is served as it is, also where it is the published file itself."""
    bundled_one = Engine.from_settings(Settings(seed=1))
    named = Engine.from_settings(Settings(seed=1, spec=bundled("spec") / "wingback.yaml"))

    assert ["c_create_payment_session", "mock_list_payment_methods"] == list(bundled_one.contract.operations)
    assert ["c_create_payment_session"] == list(named.contract.operations)
