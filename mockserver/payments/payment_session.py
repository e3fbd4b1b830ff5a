"""A payment session: what the create call answers, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from mockserver.errors import Violation
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.setup_intent import FRESH, SetupIntent

__all__ = ["ABSENT_MEMBER", "NO_OVERRIDES", "PaymentSession", "StripeConfiguration"]

ABSENT_MEMBER: Final = {"absent": True}
"""The value of an override that removes a member, as in matchers."""

NO_OVERRIDES: Final[Mapping[str, Any]] = MappingProxyType({})

_SHAPES: Final = {
    "pk_key": (
        re.compile(r"pk_test_[A-Za-z0-9_-]+"),
        "a publishable key of test mode is pk_test_ and letters and digits",
    ),
    "client_secret": (
        re.compile(r"seti_[A-Za-z0-9]+_secret_[A-Za-z0-9]+"),
        "a client secret is seti_, letters and digits, _secret_, letters and digits",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeConfiguration:
    """What a frontend needs to reach Stripe for one setup intent."""

    pk_key: str
    connected_account_id: str
    client_secret: str

    def of_no_use(self) -> tuple[Violation, ...]:
        """What the contract allows, being text, and Stripe.js refuses; seen from the payment session."""
        return tuple(
            Violation(
                place="body",
                pointer=f"/setup_intent/stripe/{name}",
                message=f"Stripe.js refuses this: {sentence}",
                keyword="pattern",
            )
            for name, (shape, sentence) in _SHAPES.items()
            if not shape.fullmatch(getattr(self, name))
        )

    @property
    def setup_intent_id(self) -> str:
        """The setup intent that the client secret belongs to."""
        return self.client_secret.partition("_secret_")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSession:
    """One payment session. `provider` is stripe, authorize or self_handled; `stripe` is there for stripe only.

    `owner` is the key of its namespace, `scenario` the name of the one that made it. `on_confirm` is what that has
    Stripe say when the setup intent is confirmed, `method_types` are the kinds of payment methods that this offers, and
    `intent` is its state. `initial_status` is the status while nothing has become of it. `overrides` are the members,
    to any depth, that the scenario wants to read otherwise. `created` is seconds since the epoch.
    """

    owner: str
    token: str
    wb_customer_id: str
    customer_id: str
    provider: str
    purpose: str
    status: str
    address: bool
    detach_previous_on_success: bool
    stripe: StripeConfiguration | None
    scenario: str | None
    on_confirm: ConfirmOutcome
    method_types: tuple[str, ...]
    created: int
    initial_status: str
    overrides: Mapping[str, Any]
    intent: SetupIntent = FRESH

    def size(self) -> int:
        """About how many bytes it holds on to that its caller chose, besides ids."""
        if self.intent is FRESH:
            return 0
        methods = (self.intent.payment_method, self.intent.failed_method)
        return sum([method.size() for method in methods if method is not None])

    def followed(self, intent: SetupIntent) -> PaymentSession:
        """The payment session once its setup intent is in this state."""
        return replace(self, intent=intent, status=intent.result or self.initial_status)

    def as_body(self) -> dict[str, Any]:
        """The body of the reply: the contract's outbound.payment.PaymentSession, unless an override leaves that."""
        body = {
            "token": self.token,
            "wb_customer_id": self.wb_customer_id,
            "customer_id": self.customer_id,
            "provider": self.provider,
            "operation": self.purpose,
            "status": self.status,
            "address": self.address,
            "detach_previous_on_success": self.detach_previous_on_success,
            "setup_intent": self._setup_intent(),
        }
        if not self.overrides:
            return body
        body = _overridden(body, self.overrides)
        # What has become of it is no longer what the scenario said of its beginning.
        return body if self.intent.result is None else {**body, "status": self.status}

    def _setup_intent(self) -> dict[str, Any] | None:
        # What it is for the two other providers is not public; these are the mock's own choices.
        if self.provider == "self_handled":
            return None
        stripe = self.stripe
        return {
            "wb_customer_id": self.wb_customer_id,
            "customer_id": self.customer_id,
            "address": self.address,
            "stripe": None
            if stripe is None
            else {
                "pk_key": stripe.pk_key,
                "connected_account_id": stripe.connected_account_id,
                "client_secret": stripe.client_secret,
            },
        }


def _overridden(body: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The body with other members, to any depth; `{absent: true}` takes a member away, as matchers write it."""
    merged = dict(body)
    for name, value in overrides.items():
        if value == ABSENT_MEMBER:
            merged.pop(name, None)
            continue
        inner = merged.get(name)
        merged[name] = _overridden(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
