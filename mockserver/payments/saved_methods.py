"""The payment methods that customers have saved, as Wingback lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.storage.keyed_store import KeyedValues

MOST_CUSTOMERS = 100_000
MOST_METHODS = 100

# The mock's own choices: there is no public documentation of these values. docs/choices.md lists them.
ID_PREFIX = "PayMethod"
STATUS_SAVED: Final = "active"
STATUS_DETACHED: Final = "detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMethod:
    """One payment method of a customer, with its `id` at Wingback and the `method` at Stripe."""

    id: str
    method: PaymentMethod
    status: str = STATUS_SAVED

    def as_body(self) -> dict[str, Any]:
        """The members that Wingback's API reference documents. Their formats are the mock's own choice."""
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


@dataclass(frozen=True, slots=True)
class Customer:
    """The saved payment methods of one customer. `size` is their approximate size in bytes."""

    saved: tuple[SavedMethod, ...] = ()
    size: int = 0

    def with_one_more(self, saved: SavedMethod, *, detach_previous: bool) -> Customer:
        """The customer with another payment method, without the oldest ones beyond the limit."""
        dropped = self.saved[: max(0, len(self.saved) + 1 - MOST_METHODS)]
        previous = self.saved[len(dropped) :]
        if detach_previous:
            previous = tuple(replace(each, status=STATUS_DETACHED) for each in previous)
        # Only the difference: the sum over all methods would take longer than the rest of a confirmation.
        size = self.size + saved.method.size() - sum([each.method.size() for each in dropped])
        return Customer((*previous, saved), size)


class SavedMethods:
    """Saved payment methods by namespace and customer."""

    def __init__(self, customers: KeyedValues[Customer]) -> None:
        self._customers = customers

    def of(self, namespace: str, customer_id: str) -> tuple[SavedMethod, ...]:
        """The payment methods of a customer, the oldest first."""
        customer = self._customers.get((namespace, customer_id))
        return customer.saved if customer is not None else ()

    def save(self, namespace: str, customer_id: str, saved: SavedMethod, *, detach_previous: bool) -> None:
        """Add a payment method. Earlier ones stay in the list, detached if requested."""
        name = (namespace, customer_id)
        customer = self._customers.get(name) or Customer(size=len(customer_id))
        self._customers.put(namespace, name, customer.with_one_more(saved, detach_previous=detach_previous))
