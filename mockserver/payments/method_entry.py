"""Turns what a customer entered into a payment method. Only Stripe's test numbers are accepted."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.payments.declines import Decline, decline, invalid_request
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.test_cards import CARD_TOKENS, CARDS, Card
from mockserver.payments.test_ibans import IBAN_NAMES, IBANS, Account, Iban, is_iban
from mockserver.redaction.card_numbers import is_card_number, without_card_numbers
from mockserver.redaction.redact import redact_name
from mockserver.storage.keyed_store import KeyedValues

_SPACES: Final = re.compile(r"[ \u00a0-]+")
_CVC: Final = re.compile(r"[0-9]{3,4}")
_CENTURY: Final = 2000
# The mock's own limit, the same as in the stand-in for Stripe.js.
_YEARS_AHEAD: Final = 50
# The expiry of a card that is given by name: so late that a test never depends on the date.
_NAMED_EXPIRY: Final = (12, 2099)
# What Stripe needs of a billing address outside of the European Economic Area, and what it needs since endive
# (https://docs.stripe.com/payments/sepa-debit).
_NEEDED_ADDRESS: Final = ("line1", "country")
_NEEDED_SINCE_ENDIVE: Final = (*_NEEDED_ADDRESS, "city", "postal_code")


class EntryRefusedError(Exception):
    """What was entered cannot become a payment method. `by_the_mock` says that Stripe might have accepted it."""

    def __init__(self, decline: Decline, *, by_the_mock: bool = False) -> None:
        super().__init__(decline.code)
        self.decline = decline
        self.by_the_mock = by_the_mock


def entered_method(
    entered: Mapping[str, Any],
    ids: RandomIds,
    *,
    tokens: KeyedValues[PaymentMethod],
    prefix: str = "pm",
    since_endive: bool = False,
) -> PaymentMethod:
    """The payment method for `payment_method_data`, which is valid by Stripe's contract.

    `tokens` were made from cards earlier; `since_endive` says that the client uses this version of Stripe's API or a
    later one. Raises EntryRefusedError: a parameter is missing or wrong, or the number is real.
    """
    on_request = None
    details: CardDetails | Iban
    billing = billing_details(entered.get("billing_details") or {})
    card = entered.get("card") or {}
    token = card.get("token")
    earlier = None if token is None or token in CARD_TOKENS else tokens.get(token)
    if entered["type"] == "sepa_debit":
        account = _account(entered.get("sepa_debit") or {})
        if account.needs_address:
            _check_address(billing, _NEEDED_SINCE_ENDIVE if since_endive else _NEEDED_ADDRESS)
        details, on_confirm = Iban.of(account.iban), account.on_confirm
    elif earlier is not None:
        details, on_confirm, on_request = earlier.details, earlier.on_confirm, earlier.on_request
    elif token is not None and token not in CARD_TOKENS:
        message = f"No such token: '{redact_name(token)}'"
        raise EntryRefusedError(invalid_request("resource_missing", message, param="card[token]"))
    else:
        test_card = CARD_TOKENS[token] if token is not None else _test_card(card)
        expiry = _NAMED_EXPIRY if token is not None else _expiry(card)
        details = _card_details(test_card, expiry, cvc=card.get("cvc"))
        on_confirm, on_request = test_card.on_confirm, test_card.on_request
    metadata = entered.get("metadata") or {}
    return PaymentMethod(
        id=ids.stripe_id(prefix),
        created=ids.moment,
        details=details,
        on_confirm=on_confirm,
        on_request=on_request,
        billing=billing,
        allow_redisplay=entered.get("allow_redisplay") or "unspecified",
        metadata={without_card_numbers(name): without_card_numbers(text) for name, text in metadata.items()},
    )


def known_method(name: str, ids: RandomIds) -> PaymentMethod | None:
    """A new payment method for a name such as pm_card_visa or pm_success_de. None if the name is unknown."""
    if not name.startswith("pm_"):
        return None
    card, account = CARD_TOKENS.get(name), IBAN_NAMES.get(name)
    details: CardDetails | Iban
    if card is not None:
        details, on_confirm, on_request = _card_details(card, _NAMED_EXPIRY, cvc=None), card.on_confirm, card.on_request
    elif account is not None:
        details, on_confirm, on_request = Iban.of(account.iban), account.on_confirm, None
    else:
        return None
    return PaymentMethod(
        id=ids.stripe_id("pm"), created=ids.moment, details=details, on_confirm=on_confirm, on_request=on_request
    )


def _test_card(entered: Mapping[str, Any]) -> Card:
    for name in ("number", "exp_month", "exp_year"):
        if entered.get(name) in (None, ""):
            raise EntryRefusedError(_missing(f"card[{name}]"))
    number = _SPACES.sub("", entered["number"])
    if not is_card_number(number):
        raise EntryRefusedError(decline("incorrect_number"))
    if number not in CARDS:
        raise EntryRefusedError(decline("test_mode_live_card"))
    return CARDS[number]


def _card_details(card: Card, expiry: tuple[int, int], *, cvc: Any) -> CardDetails:
    if cvc not in (None, "") and not _CVC.fullmatch(str(cvc)):
        raise EntryRefusedError(decline("invalid_cvc"))
    month, year = expiry
    check = "unchecked" if cvc else None
    return CardDetails(card=card, exp_month=month, exp_year=year, cvc_check=check)


def billing_details(entered: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name and address without card numbers. An empty text means that there is none."""
    return {
        name: billing_details(value) if isinstance(value, Mapping) else _billing_text(name, value)
        for name, value in entered.items()
        if value not in ("", None)
    }


def _billing_text(name: str, text: str) -> str:
    # A phone number in the form of E.164 may have as many digits as a card number.
    return text if name == "phone" and text.startswith("+") else without_card_numbers(text)


def _expiry(entered: Mapping[str, Any]) -> tuple[int, int]:
    """Month and year. A year of two digits is in this century."""
    month, year = int(entered["exp_month"]), int(entered["exp_year"])
    if not 1 <= month <= 12:
        raise EntryRefusedError(decline("invalid_expiry_month"))
    year += _CENTURY if year < 100 else 0
    now = datetime.now(UTC)
    if year < now.year or year > now.year + _YEARS_AHEAD:
        raise EntryRefusedError(decline("invalid_expiry_year"))
    if (year, month) < (now.year, now.month):
        raise EntryRefusedError(decline("invalid_expiry_month"))
    return month, year


def _account(entered: Mapping[str, Any]) -> Account:
    text = _SPACES.sub("", entered.get("iban") or "").upper()
    if not text:
        raise EntryRefusedError(_missing("sepa_debit[iban]"))
    account = IBANS.get(text)
    if account is None:
        is_real = is_iban(text)
        message = (
            "The mock does not know this IBAN as a test IBAN of Stripe, and it accepts no others."
            if is_real
            else "The IBAN is not valid."
        )
        refused = invalid_request("invalid_bank_account_iban", message, param="sepa_debit[iban]")
        raise EntryRefusedError(refused, by_the_mock=is_real)
    if account.refusal is not None:
        message = "The bank of this test IBAN does not support SEPA Direct Debit for the account."
        raise EntryRefusedError(invalid_request(account.refusal, message, param="sepa_debit[iban]"))
    return account


def _check_address(billing: Mapping[str, Any], needed: tuple[str, ...]) -> None:
    address = billing.get("address") or {}
    for part in needed:
        if part not in address:
            raise EntryRefusedError(_missing(f"billing_details[address][{part}]"))


def _missing(param: str) -> Decline:
    return invalid_request("parameter_missing", f"Missing required param: {param}.", param=param)
