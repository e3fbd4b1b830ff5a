"""Test cards and test IBANs: what a setup with each comes to, over HTTP, when no scenario decides."""

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


# Number, names that stand for it, and what comes of it: HTTP status, status of the intent, code, decline code.
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
    """What came of a confirmation, whichever way it is told."""
    body = reply.json()
    error = body.get("error", {})
    intent = error.get("setup_intent", body)
    last = intent["last_setup_error"] or {}
    assert ("card_error" if reply.status_code == 402 else None) == error.get("type")
    assert (error.get("code"), error.get("decline_code")) == (last.get("code"), last.get("decline_code"))
    return reply.status_code, intent["status"], error.get("code"), error.get("decline_code")


@pytest.mark.parametrize("name", CARDS)
def test_a_number_decides(mock: Mock, name: str) -> None:
    """What a test card stands for is what comes of it."""
    number, _, expected = CARDS[name]

    assert expected == outcome(prepared(mock).confirm(number))


@pytest.mark.parametrize("name", CARDS)
def test_spaces_do_not_matter(mock: Mock, name: str) -> None:
    """A number may be written in groups, as on the card."""
    number, _, expected = CARDS[name]
    grouped = " ".join(number[start : start + 4] for start in range(0, len(number), 4))

    assert expected == outcome(prepared(mock).confirm(grouped))


@pytest.mark.parametrize("name", CARDS)
def test_a_payment_method_made_before_decides(mock: Mock, name: str) -> None:
    """A payment method is made of every test card, also those that will be declined; the confirmation tells."""
    number, _, expected = CARDS[name]
    setup = prepared(mock)
    made = setup.http.post("/v1/payment_methods", json=card_data(number))

    assert 200 == made.status_code
    assert (number[-4:], "unchecked") == (made.json()["card"]["last4"], made.json()["card"]["checks"]["cvc_check"])
    assert expected == outcome(setup.confirm_with(made.json()["id"]))


@pytest.mark.parametrize("name", CARDS)
def test_a_token_made_before_decides(mock: Mock, name: str) -> None:
    """So does createToken, and the token stands for the card."""
    number, _, expected = CARDS[name]
    setup = prepared(mock)
    made = setup.http.post("/v1/tokens", json={"card": card_data(number)["card"]})
    data = {"type": "card", "card": {"token": made.json()["id"]}}

    assert 200 == made.status_code
    assert expected == outcome(setup.call("confirm", {"payment_method_data": data}))


@pytest.mark.parametrize(("name", "expected"), NAMED)
def test_a_name_stands_for_a_card(mock: Mock, name: str, expected: tuple[int, str, str | None, str | None]) -> None:
    """`pm_card_…` stands for a payment method, `tok_…` for a token."""
    setup = prepared(mock)
    data = {"type": "card", "card": {"token": name}}
    reply = setup.confirm_with(name) if name.startswith("pm_") else setup.call("confirm", {"payment_method_data": data})

    assert expected == outcome(reply)


def test_every_name_is_in_the_table() -> None:
    """The table above leaves no name out."""
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
def test_what_is_no_test_card_is_refused(
    mock: Mock, card: dict[str, str], expected: tuple[str, str | None], way: str
) -> None:
    """Wherever a card is entered, one that is none, or a real one, goes no further."""
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


def test_a_refused_card_can_be_mended(mock: Mock) -> None:
    """After a mistake the same setup intent takes another card, and a year may have two digits."""
    setup = prepared(mock)

    assert 402 == setup.confirm("4242424242424241").status_code
    assert "succeeded" == setup.call("confirm", {"payment_method_data": card_data(exp_year="34")}).json()["status"]


def test_this_month_is_not_over(mock: Mock) -> None:
    """A card is good to the end of its month."""
    now = datetime.now(UTC)
    data = card_data(exp_month=str(now.month), exp_year=str(now.year))

    assert "succeeded" == prepared(mock).call("confirm", {"payment_method_data": data}).json()["status"]


@pytest.mark.parametrize(
    ("month", "expected"), [("4", "invalid_expiry_month"), ("5", None), ("6", None)], ids=["past", "this", "next"]
)
def test_a_month_that_is_over(monkeypatch: pytest.MonkeyPatch, month: str, expected: str | None) -> None:
    """The month before this one is over, also in this year."""

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
def test_what_is_missing_is_named(mock: Mock, data: dict[str, Any], param: str) -> None:
    """A payment method without what makes it one is Stripe's parameter_missing."""
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
def test_what_goes_with_a_payment_method(mock: Mock, form: str, expected: tuple[str | None, str | None, Any]) -> None:
    """An empty text means none, as in Stripe's forms; metadata has names of the caller's; a number is not kept."""
    card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    reply = prepared(mock).http.post("/v1/payment_methods", content=f"{card}&{form}", headers=kind)
    body = reply.json()
    billing = body.get("billing_details")

    assert 200 == reply.status_code, reply.text
    assert expected == (billing["name"], billing["address"]["city"], body["metadata"])


@pytest.mark.parametrize("phone", ["+49 1511 2345678", "+1 (415) 555-0132", "+44 7911 123456", "+86 139 1099 8888"])
def test_a_phone_number_is_none_of_a_card(mock: Mock, phone: str) -> None:
    """It comes back as it was given."""
    data = card_data() | {"billing_details": {"phone": phone}}

    assert phone == prepared(mock).http.post("/v1/payment_methods", json=data).json()["billing_details"]["phone"]


@pytest.mark.parametrize(
    ("told", "kept"),
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
def test_a_number_beside_a_text_is_not_kept(mock: Mock, told: str, kept: str, where: str) -> None:
    """Neither said back nor listed; what cannot be the number of a card stays."""
    setup = prepared(mock)
    data = card_data() | {"billing_details": {"name": "Jo"}}
    match where:
        case "name":
            data["billing_details"]["name"] = told
        case "metadata":
            data["metadata"] = {"note": told}
        case _:
            data["metadata"] = {told: "note"}
    setup.call("confirm", {"payment_method_data": data}) if where == "name" else None
    made = setup.http.post("/v1/payment_methods", json=data).json()
    found = {"name": made["billing_details"]["name"], "metadata": made["metadata"].get("note")}

    assert kept == found.get(where, next(iter(made["metadata"]), None))
    assert where != "name" or kept == setup.saved()[0]["holder_name"]


def debit(setup: Setup, iban: str) -> Any:
    return setup.call("confirm", {"payment_method_data": {"type": "sepa_debit", "sepa_debit": {"iban": iban}}})


@pytest.mark.parametrize("iban", sorted(IBANS))
def test_a_test_iban_succeeds(mock: Mock, iban: str) -> None:
    """Where the scenario offers debits, every test IBAN is set up; spaces and small letters do not matter."""
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
    """A real account goes no further; that this is the mock's own doing stands in a header."""
    reply = debit(prepared(mock, scenario="sepa_debit"), iban)

    assert (400, "invalid_bank_account_iban") == (reply.status_code, reply.json()["error"]["code"])
    assert refused == reply.headers.get("mock-refused")


def test_what_is_not_offered_is_not_taken(mock: Mock) -> None:
    """Without a scenario that offers debits, a setup intent is for cards, and says so."""
    setup = prepared(mock)
    reply = debit(setup, "DE89370400440532013000")

    assert ["card"] == setup.retrieve().json()["payment_method_types"]
    assert (400, "payment_method_data[type]") == (reply.status_code, reply.json()["error"]["param"])
    assert "created" == setup.status


@pytest.mark.parametrize("number", ["4242424242424242", "4111111111111111", "4242424242424241"])
def test_a_card_where_only_debits_are_offered(tmp_path: Path, number: str) -> None:
    """Its number is not even looked at: what is entered does not fit, and the session is as it was."""
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
