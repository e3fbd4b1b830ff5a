"""What a customer entered, made into a payment method; numbers that are none of Stripe's test numbers go no further."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.payments.declines import Decline, decline
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.test_cards import CARD_TOKENS, CARDS, Card
from mockserver.payments.test_ibans import IBANS, Iban, is_iban
from mockserver.redaction import REDACTED, echoed
from mockserver.redaction.card_numbers import is_card_number, without_card_numbers
from mockserver.storage.keyed_store import KeyedStore

__all__ = ["EntryRefusedError", "entered_method", "known_method"]

_SPACES: Final = re.compile(r"[ \u00a0-]+")
_CVC: Final = re.compile(r"[0-9]{3,4}")
_CENTURY: Final = 2000
# The stand-in for Stripe.js draws the line there too; it is the mock's own.
_YEARS_AHEAD: Final = 50
# Of the cards that only a name stands for; far enough away that no calendar ever decides a test.
_EXP_MONTH, _EXP_YEAR = 12, 2099


class EntryRefusedError(Exception):
    """What was entered cannot become a payment method; `by_the_mock` says that Stripe might have taken it."""

    def __init__(self, decline: Decline, *, by_the_mock: bool = False) -> None:
        super().__init__(decline.code)
        self.decline = decline
        self.by_the_mock = by_the_mock


def entered_method(
    entered: Mapping[str, Any], ids: RandomIds, *, tokens: KeyedStore[PaymentMethod], prefix: str = "pm"
) -> PaymentMethod:
    """The payment method for `payment_method_data`, as the contract of Stripe's side lets it pass.

    `tokens` are those that were made from cards before. Raises EntryRefusedError: a parameter is missing, wrong, or
    a real number.
    """
    on_confirm = ConfirmOutcome(kind="succeed")
    details: CardDetails | Iban
    if entered["type"] == "sepa_debit":
        details = _debit(entered.get("sepa_debit") or {})
    else:
        card = entered.get("card") or {}
        token = card.get("token")
        made = tokens.get(token)
        if made is not None:
            details, on_confirm = made.details, made.on_confirm
        elif token is not None and token not in CARD_TOKENS:
            raise EntryRefusedError(_missing_resource("token", token, "card[token]"))
        else:
            found = CARD_TOKENS[token] if token is not None else _card(card)
            details, on_confirm = _details(found, card, named=token is not None), found.on_confirm
    return PaymentMethod(
        id=ids.stripe_id(prefix),
        created=ids.moment,
        details=details,
        on_confirm=on_confirm,
        billing=_billing(entered.get("billing_details") or {}),
        allow_redisplay=entered.get("allow_redisplay") or "unspecified",
        metadata={
            _without_numbers(name): _without_numbers(text) for name, text in (entered.get("metadata") or {}).items()
        },
    )


def known_method(name: str, ids: RandomIds) -> PaymentMethod | None:
    """A new payment method for a name such as pm_card_visa; None if it is not one of them."""
    card = CARD_TOKENS.get(name) if name.startswith("pm_") else None
    if card is None:
        return None
    details = _details(card, {}, named=True)
    return PaymentMethod(id=ids.stripe_id("pm"), created=ids.moment, details=details, on_confirm=card.on_confirm)


def _card(entered: Mapping[str, Any]) -> Card:
    for name in ("number", "exp_month", "exp_year"):
        if entered.get(name) in (None, ""):
            raise EntryRefusedError(_missing(f"card[{name}]"))
    number = _SPACES.sub("", entered["number"])
    if not is_card_number(number):
        raise EntryRefusedError(decline("incorrect_number"))
    found = CARDS.get(number)
    if found is None:
        raise EntryRefusedError(decline("test_mode_live_card"))
    return found


def _details(card: Card, entered: Mapping[str, Any], *, named: bool) -> CardDetails:
    month, year = (_EXP_MONTH, _EXP_YEAR) if named else _expiry(entered)
    cvc = entered.get("cvc")
    if cvc not in (None, "") and not _CVC.fullmatch(str(cvc)):
        raise EntryRefusedError(decline("invalid_cvc"))
    return CardDetails(
        brand=card.brand,
        last4=card.last4,
        exp_month=month,
        exp_year=year,
        cvc_check="unchecked" if cvc else None,
    )


def _billing(entered: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name and address; an empty text means that there is none, and the number of a card has no place there."""
    return {
        name: _billing(value) if isinstance(value, Mapping) else _detail(name, value)
        for name, value in entered.items()
        if value not in ("", None)
    }


def _detail(name: str, text: str) -> str:
    # A phone number, as E.164 writes it, may have as many digits as a card's.
    return text if name == "phone" and text.startswith("+") else _without_numbers(text)


def _without_numbers(text: str) -> str:
    return without_card_numbers(text, instead=REDACTED)


def _expiry(entered: Mapping[str, Any]) -> tuple[int, int]:
    """Month and year; a year of two digits is one of this century."""
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


def _debit(entered: Mapping[str, Any]) -> Iban:
    text = _SPACES.sub("", entered.get("iban") or "").upper()
    if not text:
        raise EntryRefusedError(_missing("sepa_debit[iban]"))
    if text in IBANS:
        return Iban.of(text)
    message = (
        "Here only Stripe's test IBANs are taken, never a real one."
        if is_iban(text)
        else "The IBAN is not a valid one."
    )
    refused = Decline(
        code="invalid_bank_account_iban", message=message, type="invalid_request_error", param="sepa_debit[iban]"
    )
    raise EntryRefusedError(refused, by_the_mock=is_iban(text))


def _missing(param: str) -> Decline:
    return Decline(
        code="parameter_missing",
        message=f"Missing required param: {param}.",
        type="invalid_request_error",
        param=param,
    )


def _missing_resource(kind: str, name: str, param: str) -> Decline:
    return Decline(
        code="resource_missing", message=f"No such {kind}: '{echoed(name)}'", type="invalid_request_error", param=param
    )
