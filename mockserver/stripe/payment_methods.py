"""Payment methods and tokens that are made before a setup intent is confirmed with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger
from mockserver.payments.method_entry import EntryRefusedError, entered_method
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.stripe.caller import Caller
from mockserver.stripe.stripe_errors import entry_failure
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import found

__all__ = ["PaymentMethodOperations"]

# Where the parts of an address stand in a card, before payment methods were thought of.
_ADDRESS: Final = {
    "line1": "address_line1",
    "line2": "address_line2",
    "city": "address_city",
    "state": "address_state",
    "postal_code": "address_zip",
    "country": "address_country",
}


class PaymentMethodOperations:
    """The operations that make something of what was entered."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_payment_method(self, call: Call, caller: Caller) -> Reply:
        """A payment method."""
        check_expandable(call.body.get("expand", ()), ())
        return found(self._made(call.body, caller, prefix="pm").as_body())

    def create_token(self, call: Call, caller: Caller) -> Reply:
        """A token, which stands for a card in `card[token]`."""
        check_expandable(call.body.get("expand", ()), ())
        card = call.body["card"]
        billing = {
            "name": card.get("name"),
            "address": {part: card.get(member) for part, member in _ADDRESS.items()},
        }
        method = self._made({"type": "card", "card": card, "billing_details": billing}, caller, prefix="tok")
        return found(_token(method, card_id=caller.ids.stripe_id("card")))

    def _made(self, entered: Mapping[str, Any], caller: Caller, *, prefix: str) -> PaymentMethod:
        try:
            method = entered_method(entered, caller.ids, tokens=self._ledger.methods, prefix=prefix)
        except EntryRefusedError as refused:
            raise entry_failure(refused) from None
        self._ledger.methods.put(caller.owner, method.id, method)
        return method


def _token(method: PaymentMethod, *, card_id: str) -> dict[str, Any]:
    """Stripe's object `token` (https://docs.stripe.com/api/tokens/object)."""
    details = method.details
    return {
        "id": method.id,
        "object": "token",
        "card": details.as_card(card_id, method.billing) if isinstance(details, CardDetails) else None,
        "client_ip": None,
        "created": method.created,
        "livemode": False,
        "type": "card",
        "used": False,
    }
