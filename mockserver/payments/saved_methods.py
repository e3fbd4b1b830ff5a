"""The payment methods that customers have saved, as Wingback lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.storage.keyed_store import KeyedStore

__all__ = ["SavedMethod", "SavedMethods"]

MOST_CUSTOMERS = 100_000
MOST_METHODS = 100

# The mock's own choices where nothing about Wingback is public; docs/choices.md lists them.
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


@dataclass(frozen=True, slots=True)
class _Customer:
    """What one customer has saved; `size` is about how many bytes the customer chose of it."""

    saved: tuple[SavedMethod, ...] = ()
    size: int = 0

    def with_one_more(self, saved: SavedMethod, *, detach_previous: bool) -> _Customer:
        # Each size once: to add them up for each confirmation would take longer than all the rest of it.
        gone = self.saved[: max(0, len(self.saved) + 1 - MOST_METHODS)]
        previous = self.saved[len(gone) :]
        if detach_previous:
            previous = tuple(replace(each, status=STATUS_DETACHED) for each in previous)
        size = self.size + saved.method.size() - sum([each.method.size() for each in gone])
        return _Customer((*previous, saved), size)


class SavedMethods:
    """Saved payment methods by namespace and customer; the oldest are forgotten beyond the caps."""

    def __init__(self, *, cap: int = MOST_CUSTOMERS) -> None:
        self._customers: KeyedStore[_Customer] = KeyedStore(cap=cap, size=lambda customer: customer.size)

    def of(self, namespace: str, customer_id: str) -> tuple[SavedMethod, ...]:
        """The payment methods of a customer, in the order in which they were saved."""
        customer = self._customers.get((namespace, customer_id))
        return customer.saved if customer is not None else ()

    def save(self, namespace: str, customer_id: str, saved: SavedMethod, *, detach_previous: bool) -> None:
        """Add one. Those from before stay in the list, as detached if that was asked for."""
        name = (namespace, customer_id)
        customer = self._customers.get(name) or _Customer()
        self._customers.put(namespace, name, customer.with_one_more(saved, detach_previous=detach_previous))

    def reset(self, namespace: str | None) -> None:
        """Forget the payment methods of a namespace, or all (None)."""
        self._customers.reset(namespace)
