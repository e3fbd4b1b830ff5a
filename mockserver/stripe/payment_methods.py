"""Creates payment methods and tokens, before a setup intent is confirmed with them."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.stripe.caller import Caller
from mockserver.stripe.entered_methods import entered_by
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import object_reply

# The members of a card that hold the parts of an address.
_ADDRESS: Final = {
    "line1": "address_line1",
    "line2": "address_line2",
    "city": "address_city",
    "state": "address_state",
    "postal_code": "address_zip",
    "country": "address_country",
}


class PaymentMethodOperations:
    """The operations that create payment methods and tokens."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_payment_method(self, call: Call, caller: Caller) -> Reply:
        """Create a payment method."""
        check_expandable(call.body.get("expand", ()), ())
        return object_reply(self._create(call.body, caller, prefix="pm").as_body())

    def create_token(self, call: Call, caller: Caller) -> Reply:
        """Create a token for a card, to be used as `card[token]`."""
        check_expandable(call.body.get("expand", ()), ())
        card = call.body["card"]
        billing = {
            "name": card.get("name"),
            "address": {part: card.get(member) for part, member in _ADDRESS.items()},
        }
        method = self._create({"type": "card", "card": card, "billing_details": billing}, caller, prefix="tok")
        return object_reply(_token(method, card_id=caller.ids.stripe_id("card")))

    def _create(self, entered: Mapping[str, Any], caller: Caller, *, prefix: str) -> PaymentMethod:
        method = entered_by(caller, entered, self._ledger, prefix=prefix)
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
