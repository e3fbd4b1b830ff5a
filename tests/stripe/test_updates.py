"""Updates of a setup intent by a merchant, with the rules of the API version in the request."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.mock import Mock
from tests.support.shop import SECRET_KEY, Setup, flat, prepared

ENDIVE = "2026-09-30.endive"


def update(setup: Setup, version: str = "", **fields: Any) -> httpx.Response:
    """POST the setup intent with a secret key, as a form."""
    client = setup.mock.browser({"authorization": f"Bearer {SECRET_KEY}"})
    headers = {"stripe-version": version} if version else {}
    return client.post(f"/v1/setup_intents/{setup.id}", data=flat(fields), headers=headers)


def test_description_and_metadata(mock: Mock) -> None:
    """They are stored and stay after a confirmation. An empty text removes an entry, or all of them."""
    setup = prepared(mock)
    update(setup, description="Order 1", metadata={"a": "1", "b": "2"})
    setup.confirm()
    changed = update(setup, metadata={"a": "", "c": "3"}).json()
    cleared = update(setup, description="", metadata="").json()

    assert ("succeeded", "Order 1", {"b": "2", "c": "3"}) == (
        changed["status"],
        changed["description"],
        changed["metadata"],
    )
    assert (None, {}) == (cleared["description"], cleared["metadata"])


def test_a_payment_method_waits_for_its_confirmation(mock: Mock) -> None:
    """A confirmation without a payment method uses the one of the update."""
    setup = prepared(mock)
    updated = update(setup, payment_method="pm_card_visa").json()
    confirmed = setup.call("confirm", {}).json()

    assert "requires_confirmation" == updated["status"]
    assert ("succeeded", updated["payment_method"]) == (confirmed["status"], confirmed["payment_method"])


def test_another_payment_method_in_the_confirmation(mock: Mock) -> None:
    """A confirmation can have another payment method."""
    setup = prepared(mock)
    update(setup, payment_method="pm_card_chargeDeclined")

    assert "succeeded" == setup.confirm().json()["status"]


@pytest.mark.parametrize(
    ("version", "allowed"),
    [
        ("", True),
        ("2020-08-27", True),
        ("2026-08-26.dahlia", True),
        (ENDIVE, False),
        ("2026-10-28.endive", False),
        ("2027-03-31.next", False),
    ],
)
def test_types_of_payment_methods(mock: Mock, version: str, allowed: bool) -> None:  # noqa: FBT001  # a table's column
    """They can change until the version 2026-09-30.endive, in which they are read-only. Replies always show them."""
    setup = prepared(mock)
    reply = update(setup, version, payment_method_types=["card", "sepa_debit"])
    shown = setup.retrieve().json()["payment_method_types"]

    if allowed:
        assert (200, ["card", "sepa_debit"]) == (reply.status_code, shown)
        return
    error = reply.json()["error"]
    assert (400, ["card"]) == (reply.status_code, shown)
    assert ("invalid_request_error", "payment_method_types_no_longer_supported", "payment_method_types") == (
        error["type"],
        error["code"],
        error["param"],
    )
    assert None is reply.headers.get("mock-refused")


def test_other_updates_in_endive(mock: Mock) -> None:
    """The rule is about this parameter only."""
    assert 200 == update(prepared(mock), ENDIVE, description="Order 1").status_code


def test_a_debit_after_an_update(mock: Mock) -> None:
    """After an update with a new type, a payment method of this type can be used: in the same update or later."""
    one, other = prepared(mock), prepared(mock)
    together = update(one, payment_method_types=["sepa_debit"], payment_method="pm_success_de")
    update(other, payment_method_types=["sepa_debit"])

    assert "requires_confirmation" == together.json()["status"]
    assert "succeeded" == other.confirm_with("pm_success_de").json()["status"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"payment_method": "pm_unknown"}, ("resource_missing", "payment_method")),
        ({"payment_method": "pm_success_de"}, (None, "payment_method")),
        ({"payment_method_types": ["cash"]}, (None, "payment_method_types[0]")),
        ({"colour": "red"}, ("parameter_unknown", "colour")),
        ({"expand": ["customer"]}, (None, "expand")),
        ({"description": "x", "metadata": {f"n{number}": "x" for number in range(51)}}, (None, "metadata")),
    ],
)
def test_what_changes_nothing(mock: Mock, fields: dict[str, Any], expected: tuple[str | None, str]) -> None:
    """A mistake gets an error, and nothing changes."""
    setup = prepared(mock)
    update(setup, metadata={"a": "1"})
    before = setup.retrieve().json()
    reply = update(setup, **fields)
    error = reply.json()["error"]

    assert (400, expected) == (reply.status_code, (error.get("code"), error["param"]))
    assert before == setup.retrieve().json()


def test_metadata_is_limited_over_several_updates(mock: Mock) -> None:
    """The limit of fifty entries applies to all entries together."""
    setup = prepared(mock)
    update(setup, metadata={f"n{number}": "x" for number in range(50)})

    assert [400, 200] == [update(setup, metadata=data).status_code for data in ({"m": "x"}, {"m": "x", "n1": ""})]


@pytest.mark.parametrize("fields", [{"payment_method": "pm_card_visa"}, {"payment_method_types": ["card"]}])
def test_a_finished_setup_intent(mock: Mock, fields: dict[str, Any]) -> None:
    """The payment method of a finished setup intent does not change."""
    setup = prepared(mock)
    setup.confirm()
    reply = update(setup, **fields)

    assert (400, "setup_intent_unexpected_state") == (reply.status_code, reply.json()["error"]["code"])


def test_a_page_may_not(mock: Mock) -> None:
    """A publishable key cannot update."""
    setup = prepared(mock)
    reply = setup.http.post(f"/v1/setup_intents/{setup.id}", data={"description": "x"})

    assert (403, "secret_key_required") == (reply.status_code, reply.json()["error"]["code"])


def test_card_numbers_are_redacted(mock: Mock) -> None:
    """A card number in a description or in metadata is not returned."""
    body = update(prepared(mock), description="4111 1111 1111 1111", metadata={"a": "4111111111111111"}).json()

    assert ("[redacted]", {"a": "[redacted]"}) == (body["description"], body["metadata"])
