"""Stripe's test cards, and the outcome of a setup with each.

Stripe documents the numbers (https://docs.stripe.com/testing), mostly by the outcome of a charge. For a setup it
documents only some outcomes; for the others several public sources agree. `Card.source` says which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mockserver.payments.outcomes import SUCCEED, ConfirmOutcome

_CHALLENGE: Final = ConfirmOutcome(kind="authenticate", detail="challenge")

DOCUMENTED: Final = "documented"
AGREED: Final = "agreed"
DISPUTED: Final = "agreed, one conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One test card. `source` says whether the outcome is documented by Stripe or agreed on by other sources."""

    number: str
    source: str = AGREED
    brand: str = "visa"
    on_confirm: ConfirmOutcome = SUCCEED

    @property
    def last4(self) -> str:
        """The last four digits. No other digit of a number is ever shown."""
        return self.number[-4:]


def _declined(number: str, reason: str, *, source: str = AGREED) -> Card:
    return Card(number=number, source=source, on_confirm=ConfirmOutcome(kind="decline", detail=reason))


CARDS: Final[Mapping[str, Card]] = MappingProxyType(
    {
        card.number: card
        for card in (
            Card(number="4242424242424242", source=DOCUMENTED),
            Card(number="5555555555554444", source=DOCUMENTED, brand="mastercard"),
            Card(number="378282246310005", source=DOCUMENTED, brand="amex"),
            # The setup succeeds; only a later charge would fail.
            Card(number="4000000000000341"),
            _declined("4000000000000002", "generic_decline"),
            _declined("4000000000009995", "insufficient_funds"),
            _declined("4000000000009987", "lost_card"),
            _declined("4000000000009979", "stolen_card"),
            _declined("4000000000000069", "expired_card", source=DISPUTED),
            _declined("4000000000000127", "incorrect_cvc"),
            _declined("4000000000000119", "processing_error"),
            Card(number="4000002500003155", on_confirm=_CHALLENGE),
            Card(number="4000002760003184", on_confirm=_CHALLENGE),
        )
    }
)
"""The test cards by number. All other numbers are refused."""

_NAMES: Final = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "chargeCustomerFail": "4000000000000341",
    "chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "authenticationRequiredOnSetup": "4000002500003155",
    "authenticationRequired": "4000002760003184",
}
# Stripe also publishes the names of declined cards with the brand in them.
_BRANDED: Final = {
    name.replace("charge", "visa_charge", 1): number for name, number in _NAMES.items() if "Declined" in name
}

CARD_TOKENS: Final[Mapping[str, Card]] = MappingProxyType(
    {
        f"{prefix}{name}": CARDS[number]
        for prefix in ("pm_card_", "tok_")
        for name, number in (_NAMES | _BRANDED).items()
    }
)
"""The test cards by the names that Stripe accepts as the id of a payment method or of a token."""
