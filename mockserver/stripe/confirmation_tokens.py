"""Creates and retrieves confirmation tokens, and uses them to confirm a setup intent."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.messages import Call, Reply
from mockserver.payments import Ledger
from mockserver.payments.confirmation_token import ConfirmationToken
from mockserver.payments.method_entry import billing_details
from mockserver.redaction.redact import redact_name
from mockserver.stripe.caller import Caller
from mockserver.stripe.entered_methods import entered_by, named_method
from mockserver.stripe.stripe_errors import StripeError, secret_key_error
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import object_reply

_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")


class ConfirmationTokenOperations:
    """The operations on confirmation tokens."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create(self, call: Call, caller: Caller) -> Reply:
        """Create a token, as Stripe.js does it."""
        check_expandable(call.body.get("expand", ()), ())
        entered, name = call.body.get("payment_method_data"), call.body.get("payment_method")
        if entered is not None:
            method = entered_by(caller, entered, self._ledger)
        elif name:
            method = named_method(name, caller, self._ledger)
        else:
            raise StripeError(
                status=400,
                code="parameter_missing",
                message="Missing required param: payment_method_data.",
                param="payment_method_data",
            )
        token = ConfirmationToken(
            id=caller.ids.stripe_id("ctoken"),
            created=caller.ids.moment,
            owner=caller.owner,
            method=method,
            saved_id=method.id if entered is None else None,
            return_url=call.body.get("return_url"),
            setup_future_usage=call.body.get("setup_future_usage") or None,
            shipping=_shipping(call.body.get("shipping")),
        )
        self._ledger.confirmation_tokens.put(caller.owner, token.id, token)
        return object_reply(token.as_body())

    def create_for_test(self, call: Call, caller: Caller) -> Reply:
        """Create a token, as a server does it in a test."""
        if caller.is_publishable:
            raise secret_key_error()
        return self.create(call, caller)

    def retrieve(self, call: Call, caller: Caller) -> Reply:
        """Retrieve a token."""
        if caller.is_publishable:
            raise secret_key_error()
        check_expandable(call.request.query_values.get("expand", ()), ())
        return object_reply(find_token(call.path["id"], self._ledger, status=404).as_body())


def find_token(name: str, ledger: Ledger, *, status: int = 400) -> ConfirmationToken:
    """The token with an id. Raises StripeError: there is none; `status` is the status of the error."""
    token = ledger.confirmation_tokens.get(name)
    if token is None:
        raise StripeError(
            status=status,
            code="resource_missing",
            message=f"No such confirmation_token: '{redact_name(name)}'",
            param="confirmation_token",
        )
    return token


def unused_token(name: str, ledger: Ledger) -> ConfirmationToken:
    """The token with an id, for a confirmation. Raises StripeError: there is none, or it has been used.

    Stripe documents that a token can be used once, but not the code of the error.
    """
    token = find_token(name, ledger)
    if token.setup_intent is not None:
        raise StripeError(
            status=400,
            message=f"The confirmation token '{redact_name(name)}' has been used: create another one.",
            param="confirmation_token",
        )
    return token


def _shipping(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The member `shipping` of the object, without card numbers in its texts."""
    if not sent:
        return None
    shipping = billing_details(sent)
    address = shipping.get("address") or {}
    return {
        "address": {name: address.get(name) for name in _ADDRESS},
        "name": shipping.get("name"),
        "phone": shipping.get("phone"),
    }
