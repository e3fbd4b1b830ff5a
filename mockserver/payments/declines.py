"""Declines: how Stripe says no to a payment method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["AUTHENTICATION_FAILED", "Decline", "decline"]

_DECLINED: Final = "Your card was declined."
_MESSAGES: Final = {
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "invalid_cvc": "Your card's security code is invalid.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "processing_error": "Your card could not be processed. Try again in a little while.",
    "test_mode_live_card": "Your card was declined: here only Stripe's test cards are taken, never a real one.",
}
# Codes of their own, and the parameter each is about; with every other decline code the code is card_declined
# (https://docs.stripe.com/testing#declined-payments).
_PARAMS: Final = {
    "expired_card": "exp_month",
    "incorrect_cvc": "cvc",
    "incorrect_number": "number",
    "invalid_cvc": "cvc",
    "invalid_expiry_month": "exp_month",
    "invalid_expiry_year": "exp_year",
    "processing_error": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why a payment method was not taken, in the words of Stripe's error object.

    `code` is Stripe's error code, `decline_code` what the issuer said, `param` the parameter that is wrong.
    """

    code: str
    message: str
    type: str = "card_error"
    decline_code: str | None = None
    param: str | None = None


AUTHENTICATION_FAILED: Final = Decline(
    code="setup_intent_authentication_failure",
    message="The customer did not pass the authentication. Try again, or with another payment method.",
    type="invalid_request_error",
)
"""What stands in `last_setup_error` after a failed 3-D Secure challenge."""


def decline(reason: str) -> Decline:
    """The decline for a decline code, such as insufficient_funds, or for a code of its own, such as expired_card."""
    message = _MESSAGES.get(reason, _DECLINED)
    if reason in _PARAMS:
        return Decline(code=reason, message=message, param=_PARAMS[reason])
    return Decline(code="card_declined", decline_code=reason, message=message)
