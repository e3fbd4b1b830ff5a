"""A confirmation token: what a page collected, for a server that confirms a setup intent with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.random_ids import RandomIds

# The example in Stripe's reference expires after twelve hours.
_LIFETIME: Final = 12 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationToken:
    """One confirmation token. `created` is in seconds since the epoch.

    `owner` is the key of its namespace. `saved_id` is the id of the payment method, if it existed before. `shipping` is
    an address with a name and a phone number. `setup_intent` is the one that it confirmed; None before that.
    """

    id: str
    created: int
    owner: str
    method: PaymentMethod
    saved_id: str | None = None
    return_url: str | None = None
    setup_future_usage: str | None = None
    shipping: Mapping[str, Any] | None = None
    setup_intent: str | None = None

    def used_by(self, setup_intent: str) -> ConfirmationToken:
        """The token after a confirmation. It can be used only once."""
        return replace(self, setup_intent=setup_intent)

    def payment_method(self, ids: RandomIds) -> PaymentMethod:
        """The payment method for a confirmation: the saved one, or a new one."""
        if self.saved_id is not None:
            return self.method
        return replace(self.method, id=ids.stripe_id("pm"), created=ids.moment)

    def size(self) -> int:
        """The approximate size in bytes of the texts that the caller chose."""
        return self.method.size() + len(self.return_url or "") + (len(repr(self.shipping)) if self.shipping else 0)

    def as_body(self) -> dict[str, Any]:
        """Stripe's object `confirmation_token` (https://docs.stripe.com/api/confirmation_tokens/object)."""
        method = self.method.as_body()
        preview = ("allow_redisplay", "billing_details", "customer", "type", self.method.type)
        return {
            "id": self.id,
            "object": "confirmation_token",
            "created": self.created,
            "expires_at": None if self.setup_intent else self.created + _LIFETIME,
            "livemode": False,
            "mandate_data": None,
            "payment_intent": None,
            "payment_method": self.saved_id,
            "payment_method_options": None,
            "payment_method_preview": {name: method[name] for name in preview},
            "return_url": self.return_url,
            "setup_future_usage": self.setup_future_usage,
            "setup_intent": self.setup_intent,
            "shipping": self.shipping,
            "use_stripe_sdk": True,
        }
