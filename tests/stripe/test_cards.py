"""Test cards: the outcome of a setup with each, over HTTP, when no scenario decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.payments.method_entry import EntryRefusedError, entered_method
from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.test_methods import published_methods
from mockserver.storage.keyed_store import KeyedStore
from tests.support.mock import Mock
from tests.support.shop import Setup, card_data, prepared

# What a confirmation answers: HTTP status, status of the setup intent, error code, decline code.
Outcome = tuple[int, str | None, str | None, str | None]
SUCCEEDED: Outcome = (200, "succeeded", None, None)
CHALLENGED: Outcome = (200, "requires_action", None, None)
REFUSED: Outcome = (400, None, None, None)


def declined(code: str, decline_code: str | None = None) -> Outcome:
    return (402, "requires_payment_method", code, decline_code)


# By the outcome in test_methods.json.
OUTCOMES = {
    "succeed": SUCCEEDED,
    "authenticate challenge": CHALLENGED,
    "unknown": REFUSED,
    "decline generic_decline": declined("card_declined", "generic_decline"),
    "decline insufficient_funds": declined("card_declined", "insufficient_funds"),
    "decline lost_card": declined("card_declined", "lost_card"),
    "decline stolen_card": declined("card_declined", "stolen_card"),
    "decline card_velocity_exceeded": declined("card_declined", "card_velocity_exceeded"),
    "decline expired_card": declined("expired_card"),
    "decline incorrect_cvc": declined("incorrect_cvc"),
    "decline processing_error": declined("processing_error"),
}
CARDS: list[dict[str, Any]] = published_methods()["cards"]
BY_NUMBER = {card["number"]: OUTCOMES[card.get("outcome", "succeed")] for card in CARDS}
BY_NAME = {
    f"{prefix}{name}": OUTCOMES[card.get("outcome", "succeed")]
    for card in CARDS
    for name in card["names"]
    for prefix in ("pm_card_", "tok_")
}
REQUESTED = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}}


def outcome(reply: Any) -> Outcome:
    """The outcome of a confirmation. The error and the setup intent must agree."""
    body = reply.json()
    error = body.get("error", {})
    if reply.headers.get("mock-refused") == "unknown-outcome":
        assert error["message"].startswith("The mock does not know the outcome of a setup with this ")
        return reply.status_code, None, None, None
    intent = error.get("setup_intent", body)
    last = intent["last_setup_error"] or {}
    assert ("card_error" if reply.status_code == 402 else None) == error.get("type")
    assert (error.get("code"), error.get("decline_code")) == (last.get("code"), last.get("decline_code"))
    return reply.status_code, intent["status"], error.get("code"), error.get("decline_code")


def token_data(token: str) -> dict[str, Any]:
    return {"payment_method_data": {"type": "card", "card": {"token": token}}}


def grouped(number: str) -> str:
    """A number with spaces, as on a card."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def from_payment_method(setup: Setup, number: str) -> Any:
    made = setup.http.post("/v1/payment_methods", json=card_data(number))
    assert 200 == made.status_code, made.text
    assert (number[-4:], "unchecked") == (made.json()["card"]["last4"], made.json()["card"]["checks"]["cvc_check"])
    return setup.confirm_with(made.json()["id"])


def from_token(setup: Setup, number: str) -> Any:
    made = setup.http.post("/v1/tokens", json={"card": card_data(number)["card"]})
    assert 200 == made.status_code, made.text
    return setup.call("confirm", token_data(made.json()["id"]))


WAYS: dict[str, Callable[[Setup, str], Any]] = {
    "number": lambda setup, number: setup.confirm(number),
    "number with spaces": lambda setup, number: setup.confirm(grouped(number)),
    "payment method": from_payment_method,
    "token": from_token,
}


@pytest.mark.parametrize("way", WAYS)
def test_numbers(mock: Mock, way: str) -> None:
    """The number of a test card decides the outcome. A payment method or a token from the card has it as well."""
    assert BY_NUMBER == {number: outcome(WAYS[way](prepared(mock), number)) for number in BY_NUMBER}


def test_names(mock: Mock) -> None:
    """Stripe's names for test cards work: `pm_card_…` as a payment method, `tok_…` as a token."""

    def confirmed(name: str) -> Outcome:
        setup = prepared(mock)
        named = name.startswith("pm_")
        return outcome(setup.confirm_with(name) if named else setup.call("confirm", token_data(name)))

    assert BY_NAME == {name: confirmed(name) for name in BY_NAME}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("4242424242424242", ("visa", "visa", "US", "credit", ["visa"], True)),
        ("378282246310005", ("amex", "american_express", "US", "credit", ["amex"], False)),
        ("3056930009020004", ("diners", "diners_club", "US", "credit", ["diners"], True)),
        ("6200000000000047", ("unionpay", "union_pay", "US", "debit", ["unionpay"], True)),
        ("5105105105105100", ("mastercard", "mastercard", "US", "prepaid", ["mastercard"], True)),
        ("4000002500001001", ("visa", "visa", "FR", "credit", ["cartes_bancaires", "visa"], True)),
        ("5555558265554449", ("mastercard", "mastercard", "GB", "credit", ["mastercard"], True)),
        ("4000004840008001", ("visa", "visa", "MX", "credit", ["visa"], True)),
    ],
)
def test_details_of_a_card(mock: Mock, number: str, expected: tuple[object, ...]) -> None:
    """A payment method shows brand, country, funding and networks, and whether 3-D Secure is supported."""
    card = prepared(mock).http.post("/v1/payment_methods", json=card_data(number)).json()["card"]

    assert expected == (
        card["brand"],
        card["display_brand"],
        card["country"],
        card["funding"],
        card["networks"]["available"],
        card["three_d_secure_usage"]["supported"],
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("4000000000003055", CHALLENGED, id="optional"),
        pytest.param("4000000000003097", declined("processing_error"), id="optional, with an error"),
        pytest.param("378282246310005", SUCCEEDED, id="unsupported"),
        pytest.param("4242424242424242", SUCCEEDED, id="not enrolled"),
        pytest.param("4000000000003220", CHALLENGED, id="required"),
        pytest.param("4000000000000002", declined("card_declined", "generic_decline"), id="declined"),
    ],
)
@pytest.mark.parametrize("way", ["number", "payment method", "token"])
def test_requested_authentication(mock: Mock, number: str, expected: Outcome, way: str) -> None:
    """If a client requests 3-D Secure, cards that support it optionally ask for it."""
    setup = prepared(mock)
    data: dict[str, Any] = {"payment_method_data": card_data(number)}
    if way == "payment method":
        data = {"payment_method": setup.http.post("/v1/payment_methods", json=card_data(number)).json()["id"]}
    elif way == "token":
        made = setup.http.post("/v1/tokens", json={"card": card_data(number)["card"]})
        data = token_data(made.json()["id"])

    assert expected == outcome(setup.call("confirm", data | REQUESTED))


@pytest.mark.parametrize(
    ("option", "expected"), [("any", CHALLENGED), ("challenge", CHALLENGED), ("automatic", SUCCEEDED), ("", SUCCEEDED)]
)
def test_ways_to_request_authentication(mock: Mock, option: str, expected: Outcome) -> None:
    """`any` and `challenge` request 3-D Secure. `automatic` leaves it to Stripe, which does not ask."""
    options = {"card": {"request_three_d_secure": option}}
    setup = prepared(mock)

    assert expected == outcome(setup.confirm_with("pm_card_threeDSecureOptional", payment_method_options=options))


@pytest.mark.parametrize("options", ["x", {"card": "x"}, {"card": {"request_three_d_secure": "never"}}])
def test_other_options_are_refused(mock: Mock, options: object) -> None:
    """Options that Stripe does not have are refused."""
    reply = prepared(mock).confirm_with("pm_card_visa", payment_method_options=options)

    assert (400, "contract-violation") == (reply.status_code, reply.headers["mock-refused"])


def test_an_unknown_outcome_changes_nothing(mock: Mock) -> None:
    """If the outcome of a card is unknown, the confirmation is refused, and another card can be used."""
    setup = prepared(mock)
    reply = setup.confirm_with("pm_card_riskLevelHighest")

    assert (400, "unknown-outcome") == (reply.status_code, reply.headers["mock-refused"])
    assert "created" == setup.status
    assert SUCCEEDED == outcome(setup.confirm())


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [("card_declined", declined("card_declined", "generic_decline")), ("authentication_required", CHALLENGED)],
)
def test_a_scenario_decides_an_unknown_outcome(mock: Mock, scenario: str, expected: Outcome) -> None:
    """If the scenario decides the outcome, every test card can be used."""
    assert expected == outcome(prepared(mock, scenario=scenario).confirm_with("pm_card_radarBlock"))


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        pytest.param({"number": "4242424242424241"}, ("incorrect_number", None), id="check digit"),
        pytest.param({"number": "42424242"}, ("incorrect_number", None), id="short"),
        pytest.param({"number": "4242x42424242424"}, ("incorrect_number", None), id="no digits"),
        pytest.param({"number": "4111111111111111"}, ("card_declined", "test_mode_live_card"), id="another number"),
        pytest.param({"number": "6011000000000004"}, ("card_declined", "test_mode_live_card"), id="another brand"),
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
