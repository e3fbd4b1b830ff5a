"""A payment method at Stripe: what a customer entered, without card numbers and security codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.random_ids import fingerprint
from mockserver.payments.test_cards import Card
from mockserver.payments.test_ibans import Iban

METHOD_TYPES: Final = ("card", "sepa_debit")
DEFAULT_METHOD_TYPES: Final[tuple[str, ...]] = ("card",)

# The names in Stripe's older object `card` (https://docs.stripe.com/api/cards/object).
_BRAND_NAMES: Final = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
# The names in `display_brand` that are not the names in `brand`.
_DISPLAY_BRANDS: Final = {"amex": "american_express", "diners": "diners_club", "unionpay": "union_pay"}
_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_CONTACT: Final = ("email", "name", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDetails:
    """What is stored of a card: which test card it is, its expiry, and whether it has a security code.

    `cvc_check` is None without a code, `unchecked` until a confirmation, then `pass` or `fail`.
    """

    card: Card
    exp_month: int
    exp_year: int
    cvc_check: str | None

    @property
    def brand(self) -> str:
        """The name of the brand, such as `visa`."""
        return self.card.brand

    @property
    def last4(self) -> str:
        """The last four digits of the number."""
        return self.card.last4

    def as_body(self) -> dict[str, Any]:
        """The member `card` of Stripe's payment method."""
        return {
            "brand": self.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": self.cvc_check},
            "display_brand": _DISPLAY_BRANDS.get(self.brand, self.brand),
            "generated_from": None,
            "networks": {"available": list(self.card.networks), "preferred": None},
            "three_d_secure_usage": {"supported": self.card.supports_authentication},
            **self._common(),
        }

    def as_card(self, card_id: str, billing: Mapping[str, Any]) -> dict[str, Any]:
        """Stripe's older object `card`, which is part of a token."""
        address = billing.get("address") or {}
        return {
            "id": card_id,
            "object": "card",
            "address_city": address.get("city"),
            "address_country": address.get("country"),
            "address_line1": address.get("line1"),
            "address_line1_check": None,
            "address_line2": address.get("line2"),
            "address_state": address.get("state"),
            "address_zip": address.get("postal_code"),
            "address_zip_check": None,
            "brand": _BRAND_NAMES[self.brand],
            "cvc_check": self.cvc_check,
            "dynamic_last4": None,
            "metadata": {},
            "name": billing.get("name"),
            "tokenization_method": None,
            **self._common(),
        }

    def _common(self) -> dict[str, Any]:
        return {
            "country": self.card.country,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "fingerprint": fingerprint(self.card.number),
            "funding": self.card.funding,
            "last4": self.last4,
            "wallet": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """One payment method. `created` is in seconds since the epoch.

    `on_confirm` is the outcome of a setup with it, `on_request` the outcome if 3-D Secure is requested: None if the
    request makes no difference.
    """

    id: str
    created: int
    details: CardDetails | Iban
    on_confirm: ConfirmOutcome
    on_request: ConfirmOutcome | None = None
    billing: Mapping[str, Any] = field(default_factory=dict)
    allow_redisplay: str = "unspecified"
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """One of METHOD_TYPES."""
        return "card" if isinstance(self.details, CardDetails) else "sepa_debit"

    def size(self) -> int:
        """The approximate size in bytes of the texts that the caller chose."""
        if not self.billing and not self.metadata:
            return 0
        address = self.billing.get("address") or {}
        texts = (*self.metadata, *self.metadata.values(), *address.values(), *self.billing.values())
        return sum([len(text) for text in texts if isinstance(text, str)])

    def checked(self, *, passed: bool) -> PaymentMethod:
        """The payment method after the check of its security code, if it has one."""
        if not isinstance(self.details, CardDetails) or self.details.cvc_check is None:
            return self
        return replace(self, details=replace(self.details, cvc_check="pass" if passed else "fail"))

    def as_body(self, *, customer: str | None = None) -> dict[str, Any]:
        """Stripe's object `payment_method` (https://docs.stripe.com/api/payment_methods/object)."""
        address = self.billing.get("address") or {}
        return {
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": self.allow_redisplay,
            "billing_details": {
                "address": {name: address.get(name) for name in _ADDRESS},
                **{name: self.billing.get(name) for name in _CONTACT},
            },
            self.type: self.details.as_body(),
            "created": self.created,
            "customer": customer,
            "livemode": False,
            "metadata": self.metadata,
            "type": self.type,
        }
