"""The list of saved payment methods: an API of the mock, in the format that Wingback documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.saved_methods import OPERATIONS
from mockserver.settings import Settings, bundled
from tests.support.mock import Mock, mock_of
from tests.support.shop import card_data, prepared

PATH = "/v1/c/customer/Cust_1/payment/method"


def test_nothing_at_first(mock: Mock) -> None:
    """A new customer has an empty list."""
    assert [] == prepared(mock).saved()


def test_a_card(mock: Mock) -> None:
    """A saved card shows its brand, expiration date and last four digits."""
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
    """A saved bank account shows its country and last digits."""
    setup = prepared(mock, scenario="sepa_debit")
    data = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    setup.call("confirm", {"payment_method_data": data})
    (saved,) = setup.saved()

    assert ("sepa_debit", {"SepaDebit": {"country": "DE", "last_digits": "3000"}}) == (
        saved["method_type"],
        saved["details"],
    )


def test_each_customer_has_its_own(mock: Mock) -> None:
    """Customers and namespaces have separate lists; a reset clears those of its namespace."""
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


def test_previous_methods_stay(mock: Mock) -> None:
    """By default, a new payment method detaches no other one."""
    for _ in range(2):
        prepared(mock).confirm()

    assert ["active", "active"] == [saved["status"] for saved in prepared(mock).saved()]


def test_detach_previous_on_success(mock: Mock) -> None:
    """With `detach_previous_on_success`, a success detaches the previous payment methods; a failure does not."""
    prepared(mock).confirm()
    setup = prepared(mock, detach_previous_on_success=True)
    setup.confirm("4000000000000002")
    failed = [saved["status"] for saved in setup.saved()]
    setup.confirm()

    assert ["active"] == failed
    assert ["detached", "active"] == [saved["status"] for saved in setup.saved()]


def test_it_needs_a_credential(mock: Mock) -> None:
    """The list needs a credential, as every operation of Wingback does."""
    assert 401 == mock.caller(None).http.get(PATH).status_code


def test_it_accepts_the_credentials_of_the_contract() -> None:
    """A session cookie is accepted like a key, and `--api-key` limits both."""
    with mock_of(Settings(seed=1, api_keys=("api_key_mine",))) as mock:
        statuses = [
            mock.caller(None).http.get(PATH, headers=headers).status_code
            for headers in ({"wb-key": "api_key_mine"}, {"cookie": "app-session=api_key_mine"}, {"wb-key": "other"})
        ]

    assert [200, 200, 401] == statuses


def test_it_is_recorded_like_every_exchange(mock: Mock) -> None:
    """The journal and verify know the operation; another HTTP method gets 405 with Allow."""
    mock.http.get(PATH)
    refused = mock.http.post(PATH)

    assert (405, "GET, HEAD", "method-not-allowed") == (
        refused.status_code,
        refused.headers["allow"],
        refused.headers["mock-refused"],
    )
    assert ["mock_list_payment_methods", None] == [each["operation"] for each in mock.get("journal")["entries"]]
    assert 200 == mock.verify(operation="mock_list_payment_methods", count=1).status_code


def test_it_is_served_with_the_bundled_contract_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is not served if `--spec` or a mounted folder replaces the bundled contract."""
    with mock_of(Settings(seed=1, spec=bundled("spec") / "wingback.yaml")) as mock:
        named = mock.http.get(PATH)
    monkeypatch.setattr("mockserver.settings.bundled", lambda folder: tmp_path)

    assert (404, "unknown-path") == (named.status_code, named.headers["mock-refused"])
    assert not Settings().has_saved_methods


def test_its_contract_has_wingbacks_security_schemes() -> None:
    """spec/saved_methods.yaml has the security schemes and providers of spec/wingback.yaml."""
    own, published = (
        yaml.safe_load((bundled("spec") / f"{name}.yaml").read_bytes()) for name in ("saved_methods", "wingback")
    )

    assert own["components"]["securitySchemes"] == published["components"]["securitySchemes"]
    assert (
        own["components"]["schemas"]["PaymentMethod"]["properties"]["provider"]["enum"]
        == published["components"]["schemas"]["core.payment.Provider"]["enum"]
    )
    assert list(OPERATIONS) == list(Contract.load(bundled("spec") / "saved_methods.yaml").operations)
