"""Stripe's test cards, and the outcome of a setup with each.

Stripe documents the numbers (https://docs.stripe.com/testing), mostly by the outcome of a charge. For a setup it
documents only some outcomes; for the others public sources agree, or nothing is known. `Card.source` says which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mockserver.payments.outcomes import ConfirmOutcome, parsed_outcome
from mockserver.payments.test_methods import published_methods


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One test card.

    `names` are its names without `pm_card_` or `tok_`. `networks` are those that can process it. `on_confirm` is the
    outcome of a setup, `on_request` the outcome if 3-D Secure is requested: None if the request makes no difference.
    """

    number: str
    names: tuple[str, ...]
    brand: str
    country: str
    funding: str
    networks: tuple[str, ...]
    supports_authentication: bool
    on_confirm: ConfirmOutcome
    on_request: ConfirmOutcome | None
    source: str

    @property
    def last4(self) -> str:
        """The last four digits. No other digit of a number is ever shown."""
        return self.number[-4:]


def _card(published: Mapping[str, Any]) -> Card:
    """The card of an entry in the file. Members with the most frequent value are left out there."""
    brand, requested = published.get("brand", "visa"), published.get("requested")
    return Card(
        number=published["number"],
        names=tuple(published["names"]),
        brand=brand,
        country=published.get("country", "US"),
        funding=published.get("funding", "credit"),
        networks=tuple(published.get("networks", [brand])),
        supports_authentication=published.get("three_d_secure", True),
        on_confirm=parsed_outcome(published.get("outcome", "succeed")),
        on_request=parsed_outcome(requested) if requested else None,
        source=published.get("source", "agreed"),
    )


CARDS: Final[Mapping[str, Card]] = MappingProxyType(
    {card.number: card for card in map(_card, published_methods()["cards"])}
)
"""The test cards by number. All other numbers are refused."""

CARD_TOKENS: Final[Mapping[str, Card]] = MappingProxyType(
    {f"{prefix}{name}": card for prefix in ("pm_card_", "tok_") for card in CARDS.values() for name in card.names}
)
"""The test cards by the names that Stripe accepts as the id of a payment method or of a token."""
