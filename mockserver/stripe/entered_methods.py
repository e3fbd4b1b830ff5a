"""The payment methods that callers enter or name, with errors in Stripe's format."""

from collections.abc import Mapping
from typing import Any

from mockserver.payments import Ledger
from mockserver.payments.method_entry import EntryRefusedError, entered_method, known_method
from mockserver.payments.payment_method import PaymentMethod
from mockserver.redaction.redact import redact_name
from mockserver.stripe.caller import Caller
from mockserver.stripe.stripe_errors import StripeError, entry_error


def entered_by(caller: Caller, entered: Mapping[str, Any], ledger: Ledger, *, prefix: str = "pm") -> PaymentMethod:
    """A new payment method from `payment_method_data`. Raises StripeError. `prefix` is that of its id."""
    try:
        return entered_method(
            entered, caller.ids, tokens=ledger.methods, prefix=prefix, since_endive=caller.uses_endive
        )
    except EntryRefusedError as refused:
        raise entry_error(refused) from None


def named_method(name: str, caller: Caller, ledger: Ledger) -> PaymentMethod:
    """The payment method with an id, or with a name such as pm_card_visa. Raises StripeError: there is none."""
    method = known_method(name, caller.ids)
    if method is None and name.startswith("pm_"):
        method = ledger.methods.get(name)
    if method is None:
        raise StripeError(
            status=400,
            code="resource_missing",
            message=f"No such PaymentMethod: '{redact_name(name)}'",
            param="payment_method",
        )
    return method
