"""Declines: how Stripe refuses a payment method."""

from dataclasses import dataclass
from typing import Final

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
    "test_mode_live_card": "Your card was declined: this mock accepts only Stripe's test cards, never a real one.",
}
# Reasons that are error codes themselves, with the parameter that each is about. For all other decline codes the error
# code is card_declined (https://docs.stripe.com/testing#declined-payments).
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
    """Why a payment method was refused, with the members of Stripe's error object.

    `code` is Stripe's error code, `decline_code` the reason of the card's issuer, `param` the wrong parameter.
    """

    code: str
    message: str
    type: str = "card_error"
    decline_code: str | None = None
    param: str | None = None


def invalid_request(code: str, message: str, *, param: str | None = None) -> Decline:
    """The decline for a mistake in the request."""
    return Decline(code=code, message=message, type="invalid_request_error", param=param)


AUTHENTICATION_FAILED: Final = invalid_request(
    "setup_intent_authentication_failure",
    "The customer did not pass the authentication. Try again, or with another payment method.",
)
"""The `last_setup_error` after a failed 3-D Secure challenge."""


def decline(reason: str) -> Decline:
    """The decline for a decline code, such as insufficient_funds, or for an error code, such as expired_card."""
    message = _MESSAGES.get(reason, _DECLINED)
    if reason in _PARAMS:
        return Decline(code=reason, message=message, param=_PARAMS[reason])
    return Decline(code="card_declined", decline_code=reason, message=message)
