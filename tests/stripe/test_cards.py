"""Test cards and test IBANs: the outcome of a setup with each, over HTTP, when no scenario decides."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockserver.payments.method_entry import EntryRefusedError, entered_method
from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.test_cards import CARD_TOKENS
from mockserver.payments.test_ibans import IBANS
from mockserver.settings import Settings
from mockserver.storage.keyed_store import KeyedStore
from tests.support.mock import Mock, mock_of
from tests.support.shop import Setup, card_data, prepared

SUCCEEDED = (200, "succeeded", None, None)
CHALLENGED = (200, "requires_action", None, None)


def declined(code: str, decline_code: str | None = None) -> tuple[int, str, str, str | None]:
    return (402, "requires_payment_method", code, decline_code)


# The number, its names, and the outcome: HTTP status, status of the setup intent, code, decline code.
CARDS: dict[str, tuple[str, list[str], tuple[int, str, str | None, str | None]]] = {
    "visa": ("4242424242424242", ["visa"], SUCCEEDED),
    "mastercard": ("5555555555554444", ["mastercard"], SUCCEEDED),
    "amex": ("378282246310005", ["amex"], SUCCEEDED),
    "later charge fails": ("4000000000000341", ["chargeCustomerFail"], SUCCEEDED),
    "generic decline": (
        "4000000000000002",
        ["chargeDeclined", "visa_chargeDeclined"],
        declined("card_declined", "generic_decline"),
    ),
    "insufficient funds": (
        "4000000000009995",
        ["chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"],
        declined("card_declined", "insufficient_funds"),
    ),
    "lost": (
        "4000000000009987",
        ["chargeDeclinedLostCard", "visa_chargeDeclinedLostCard"],
        declined("card_declined", "lost_card"),
    ),
    "stolen": (
        "4000000000009979",
        ["chargeDeclinedStolenCard", "visa_chargeDeclinedStolenCard"],
        declined("card_declined", "stolen_card"),
    ),
    "expired": (
        "4000000000000069",
        ["chargeDeclinedExpiredCard", "visa_chargeDeclinedExpiredCard"],
        declined("expired_card"),
    ),
    "cvc": (
        "4000000000000127",
        ["chargeDeclinedIncorrectCvc", "visa_chargeDeclinedIncorrectCvc"],
        declined("incorrect_cvc"),
    ),
    "processing error": (
        "4000000000000119",
        ["chargeDeclinedProcessingError", "visa_chargeDeclinedProcessingError"],
        declined("processing_error"),
    ),
    "3-D Secure": ("4000002500003155", ["authenticationRequiredOnSetup"], CHALLENGED),
    "3-D Secure each time": ("4000002760003184", ["authenticationRequired"], CHALLENGED),
}
NAMED = [
    pytest.param(prefix + name, expected, id=prefix + name)
    for _, names, expected in CARDS.values()
    for name in names
    for prefix in ("pm_card_", "tok_")
]


def outcome(reply: Any) -> tuple[int, str, str | None, str | None]:
    """The outcome of a confirmation. The error and the setup intent must agree."""
    body = reply.json()
    error = body.get("error", {})
    intent = error.get("setup_intent", body)
    last = intent["last_setup_error"] or {}
    assert ("card_error" if reply.status_code == 402 else None) == error.get("type")
    assert (error.get("code"), error.get("decline_code")) == (last.get("code"), last.get("decline_code"))
    return reply.status_code, intent["status"], error.get("code"), error.get("decline_code")


@pytest.mark.parametrize("name", CARDS)
def test_numbers(mock: Mock, name: str) -> None:
    """The number of a test card decides the outcome."""
    number, _, expected = CARDS[name]

    assert expected == outcome(prepared(mock).confirm(number))


@pytest.mark.parametrize("name", CARDS)
def test_numbers_with_spaces(mock: Mock, name: str) -> None:
    """A number may have spaces, as on a card."""
    number, _, expected = CARDS[name]
    grouped = " ".join(number[start : start + 4] for start in range(0, len(number), 4))

    assert expected == outcome(prepared(mock).confirm(grouped))


@pytest.mark.parametrize("name", CARDS)
def test_payment_methods_from_numbers(mock: Mock, name: str) -> None:
    """A payment method can be created from every test card. A decline comes only with the confirmation."""
    number, _, expected = CARDS[name]
    setup = prepared(mock)
    made = setup.http.post("/v1/payment_methods", json=card_data(number))

    assert 200 == made.status_code
    assert (number[-4:], "unchecked") == (made.json()["card"]["last4"], made.json()["card"]["checks"]["cvc_check"])
    assert expected == outcome(setup.confirm_with(made.json()["id"]))


@pytest.mark.parametrize("name", CARDS)
def test_tokens_from_numbers(mock: Mock, name: str) -> None:
    """A token can be created from every test card, and has the outcome of the card."""
    number, _, expected = CARDS[name]
    setup = prepared(mock)
    made = setup.http.post("/v1/tokens", json={"card": card_data(number)["card"]})
    data = {"type": "card", "card": {"token": made.json()["id"]}}

    assert 200 == made.status_code
    assert expected == outcome(setup.call("confirm", {"payment_method_data": data}))


@pytest.mark.parametrize(("name", "expected"), NAMED)
def test_names(mock: Mock, name: str, expected: tuple[int, str, str | None, str | None]) -> None:
    """Stripe's names for test cards work: `pm_card_…` as a payment method, `tok_…` as a token."""
    setup = prepared(mock)
    data = {"type": "card", "card": {"token": name}}
    reply = setup.confirm_with(name) if name.startswith("pm_") else setup.call("confirm", {"payment_method_data": data})

    assert expected == outcome(reply)


def test_every_name_is_in_the_table() -> None:
    """The table above has every name."""
    assert set(CARD_TOKENS) == {str(each.values[0]) for each in NAMED}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        pytest.param({"number": "4242424242424241"}, ("incorrect_number", None), id="check digit"),
        pytest.param({"number": "42424242"}, ("incorrect_number", None), id="short"),
        pytest.param({"number": "4242x42424242424"}, ("incorrect_number", None), id="no digits"),
        pytest.param({"number": "4111111111111111"}, ("card_declined", "test_mode_live_card"), id="another number"),
        pytest.param({"number": "6011000990139424"}, ("card_declined", "test_mode_live_card"), id="another brand"),
        pytest.param({"exp_month": "13"}, ("invalid_expiry_month", None), id="month 13"),
        pytest.param({"exp_month": "0"}, ("invalid_expiry_month", None), id="month 0"),
        pytest.param({"exp_year": "2020"}, ("invalid_expiry_year", None), id="past year"),
        pytest.param({"exp_year": "20"}, ("invalid_expiry_year", None), id="past year, two digits"),
        pytest.param({"exp_year": "9999"}, ("invalid_expiry_year", None), id="far year"),
        pytest.param({"exp_year": str(datetime.now(UTC).year + 51)}, ("invalid_expiry_year", None), id="51 years on"),
        pytest.param({"cvc": "12"}, ("invalid_cvc", None), id="short code"),
        pytest.param({"cvc": "abc"}, ("invalid_cvc", None), id="code of letters"),
    ],
)
@pytest.mark.parametrize("way", ["confirm", "payment method", "token"])
def test_other_cards_are_refused(mock: Mock, card: dict[str, str], expected: tuple[str, str | None], way: str) -> None:
    """Invalid and real card numbers are refused, no matter how they are entered."""
    setup = prepared(mock)
    data = card_data(**card)
    match way:
        case "confirm":
            reply = setup.call("confirm", {"payment_method_data": data})
        case "payment method":
            reply = setup.http.post("/v1/payment_methods", json=data)
        case _:
            reply = setup.http.post("/v1/tokens", json={"card": data["card"]})
    error = reply.json()["error"]

    assert (402, "card_error") == (reply.status_code, error["type"])
    assert expected == (error["code"], error.get("decline_code"))
    assert ("failed" if way == "confirm" else "created") == setup.status
    assert "succeeded" == prepared(mock, customer="Cust_2").confirm().json()["status"]


def test_a_second_attempt(mock: Mock) -> None:
    """After a refused card the same setup intent accepts another one. A year may have two digits."""
    setup = prepared(mock)

    assert 402 == setup.confirm("4242424242424241").status_code
    assert "succeeded" == setup.call("confirm", {"payment_method_data": card_data(exp_year="34")}).json()["status"]


def test_a_card_that_expires_this_month(mock: Mock) -> None:
    """A card is valid until the end of its month."""
    now = datetime.now(UTC)
    data = card_data(exp_month=str(now.month), exp_year=str(now.year))

    assert "succeeded" == prepared(mock).call("confirm", {"payment_method_data": data}).json()["status"]


@pytest.mark.parametrize(
    ("month", "expected"), [("4", "invalid_expiry_month"), ("5", None), ("6", None)], ids=["past", "this", "next"]
)
def test_months_of_this_year(monkeypatch: pytest.MonkeyPatch, month: str, expected: str | None) -> None:
    """A card that expired in an earlier month of this year is refused."""

    class May(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> May:
            return cls(2026, 5, 31, tzinfo=tz)

    monkeypatch.setattr("mockserver.payments.method_entry.datetime", May)
    try:
        entered_method(
            card_data(exp_month=month, exp_year="2026"),
            RandomIds(1, "", 1),
            tokens=KeyedStore(cap=1, size=PaymentMethod.size),
        )
        code = None
    except EntryRefusedError as refused:
        code = refused.decline.code

    assert expected == code


@pytest.mark.parametrize(
    ("data", "param"),
    [
        pytest.param({"type": "card"}, "card[number]", id="nothing"),
        pytest.param({"type": "card", "card": {"number": "4242424242424242"}}, "card[exp_month]", id="no expiry"),
        pytest.param({"type": "card", "card": {"number": ""}}, "card[number]", id="empty"),
        pytest.param({"type": "sepa_debit"}, "sepa_debit[iban]", id="no account"),
    ],
)
def test_missing_parameters(mock: Mock, data: dict[str, Any], param: str) -> None:
    """Without a required parameter, the error is Stripe's parameter_missing with its name."""
    reply = prepared(mock).http.post("/v1/payment_methods", json=data)
    error = reply.json()["error"]

    assert (400, "invalid_request_error", "parameter_missing", param) == (
        reply.status_code,
        error["type"],
        error["code"],
        error["param"],
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param("billing_details=", (None, None, {}), id="nothing"),
        pytest.param("billing_details[name]=&billing_details[address]=&metadata=", (None, None, {}), id="empty"),
        pytest.param("billing_details[name]=A&billing_details[address][city]=", ("A", None, {}), id="empty city"),
        pytest.param(
            "billing_details[address][city]=B&metadata[6735]=x", (None, "B", {"6735": "x"}), id="numbered name"
        ),
        pytest.param("billing_details[name]=4111 1111-11111111", ("[redacted]", None, {}), id="a number as a name"),
        pytest.param("billing_details[address][city]=4111111111111111", (None, "[redacted]", {}), id="as a city"),
    ],
)
def test_billing_details_and_metadata(mock: Mock, form: str, expected: tuple[str | None, str | None, Any]) -> None:
    """An empty text means absent, as in Stripe's forms. Metadata may have any names. Card numbers are redacted."""
    card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    reply = prepared(mock).http.post("/v1/payment_methods", content=f"{card}&{form}", headers=kind)
    body = reply.json()
    billing = body.get("billing_details")

    assert 200 == reply.status_code, reply.text
    assert expected == (billing["name"], billing["address"]["city"], body["metadata"])


@pytest.mark.parametrize("phone", ["+49 1511 2345678", "+1 (415) 555-0132", "+44 7911 123456", "+86 139 1099 8888"])
def test_phone_numbers_are_not_redacted(mock: Mock, phone: str) -> None:
    """A phone number with a + is returned unchanged, though it has as many digits as a card number."""
    data = card_data() | {"billing_details": {"phone": phone}}

    assert phone == prepared(mock).http.post("/v1/payment_methods", json=data).json()["billing_details"]["phone"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("John Doe 4111 1111 1111 1111", "John Doe [redacted]"),
        ("4111111111111111, exp. 12/34", "[redacted], exp. 12/34"),
        ("order x4111-1111-1111-1111y", "order x[redacted]y"),
        ("4111.1111.1111.1111 12 4222/2222/22222", "[redacted] 12 [redacted]"),
        ("order 1234567890123456", "order 1234567890123456"),
        ("41111111-1111-1111-1111-111111111111", "41111111-1111-1111-1111-111111111111"),
    ],
)
@pytest.mark.parametrize("where", ["name", "metadata", "metadata's name"])
def test_card_numbers_inside_texts_are_redacted(mock: Mock, sent: str, stored: str, where: str) -> None:
    """A card number inside a text is neither returned nor listed. Other numbers stay."""
    setup = prepared(mock)
    data = card_data() | {"billing_details": {"name": "Jo"}}
    match where:
        case "name":
            data["billing_details"]["name"] = sent
        case "metadata":
            data["metadata"] = {"note": sent}
        case _:
            data["metadata"] = {sent: "note"}
    setup.call("confirm", {"payment_method_data": data}) if where == "name" else None
    made = setup.http.post("/v1/payment_methods", json=data).json()
    found = {"name": made["billing_details"]["name"], "metadata": made["metadata"].get("note")}

    assert stored == found.get(where, next(iter(made["metadata"]), None))
    assert where != "name" or stored == setup.saved()[0]["holder_name"]


def debit(setup: Setup, iban: str) -> Any:
    return setup.call("confirm", {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": iban}}})


@pytest.mark.parametrize("iban", sorted(IBANS))
def test_a_test_iban_succeeds(mock: Mock, iban: str) -> None:
    """If the scenario offers debits, every test IBAN succeeds. Spaces and lower case do not matter."""
    setup = prepared(mock, scenario="sepa_debit")
    body = debit(setup, iban.lower() if iban < "F" else " ".join((iban[:4], iban[4:]))).json()
    expanded = setup.retrieve(expand="payment_method").json()["payment_method"]

    assert "succeeded" == body["status"]
    assert ("sepa_debit", iban[:2], iban[-4:]) == (
        expanded["type"],
        expanded["sepa_debit"]["country"],
        expanded["sepa_debit"]["last4"],
    )


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
    stub = {
        "name": "created",
        "operation": "c_create_payment_session",
        "reply": {"payment_session": {}, "payment_method_types": ["sepa_debit"]},
    }
    (tmp_path / "debits.yaml").write_text(json.dumps({"about": "Debits only.", "stubs": [stub]}), "utf-8")
    with mock_of(Settings(seed=1, scenarios=tmp_path, scenario="debits")) as mock:
        setup = prepared(mock)
        reply = setup.confirm(number)

        assert (400, "payment_method_data[type]") == (reply.status_code, reply.json()["error"]["param"])
        assert "created" == setup.status
