"""The payment methods that customers have saved, as Wingback lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.shelf import Shelf

__all__ = ["SavedMethod", "SavedMethods"]

MOST_CUSTOMERS = 100_000
MOST_METHODS = 100

# The mock's own choices, where nothing about Wingback is public; the README names them as such.
ID_PREFIX = "PayMethod"
STATUS_SAVED: Final = "active"
STATUS_DETACHED: Final = "detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMethod:
    """One payment method of a customer. `id` is Wingback's, `method` what Stripe has."""

    id: str
    method: PaymentMethod
    status: str = STATUS_SAVED

    def as_body(self) -> dict[str, Any]:
        """The members that Wingback's API reference documents; their formats are the mock's own choice."""
        return {
            "id": self.id,
            "method_type": self.method.type,
            "provider": "stripe",
            "status": self.status,
            "created": datetime.fromtimestamp(self.method.created, UTC).isoformat().replace("+00:00", "Z"),
            "holder_name": self.method.billing.get("name"),
            "preference": None,
            "details": self._details(),
        }

    def _details(self) -> dict[str, Any]:
        details = self.method.details
        if isinstance(details, CardDetails):
            expiration = f"{details.exp_month:02}/{details.exp_year}"
            return {"Card": {"brand": details.brand, "expiration": expiration, "last_digits": details.last4}}
        return {"SepaDebit": {"country": details.country, "last_digits": details.last4}}


class SavedMethods:
    """Saved payment methods by namespace and customer; the oldest are forgotten beyond the caps."""

    def __init__(self, *, cap: int = MOST_CUSTOMERS) -> None:
        self._customers: Shelf[tuple[SavedMethod, ...]] = Shelf(
            cap=cap, size=lambda saved: sum([each.method.size() for each in saved])
        )

    def of(self, namespace: str, customer_id: str) -> tuple[SavedMethod, ...]:
        """The payment methods of a customer, in the order in which they were saved."""
        return self._customers.get((namespace, customer_id)) or ()

    def save(self, namespace: str, customer_id: str, saved: SavedMethod, *, detach_previous: bool) -> None:
        """Add one. Those from before stay in the list, as detached if that was asked for."""
        previous = self.of(namespace, customer_id)
        if detach_previous:
            previous = tuple(replace(each, status=STATUS_DETACHED) for each in previous)
        self._customers.put(namespace, (namespace, customer_id), (*previous, saved)[-MOST_METHODS:])

    def reset(self, namespace: str | None) -> None:
        """Forget the payment methods of a namespace, or all (None)."""
        self._customers.reset(namespace)
