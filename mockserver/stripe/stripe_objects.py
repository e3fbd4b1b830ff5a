"""Stripe's objects as JSON: complete for a secret key, a part for a publishable key."""

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlencode

from mockserver.payments import PaymentSession
from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.random_ids import stripe_customer_id
from mockserver.redaction.redact import redact_name
from mockserver.stripe.stripe_errors import StripeError, as_error

EXPANDABLE: Final = frozenset({"payment_method"})


def setup_intent_body(
    session: PaymentSession, *, base: str, publishable: bool, expand: Collection[str] = ()
) -> dict[str, Any]:
    """The object `setup_intent` of a payment session (https://docs.stripe.com/api/setup_intents/object).

    `base` is the URL under which the client reached the mock, for what it may open next.
    """
    intent, stripe = session.intent, session.stripe
    assert stripe is not None, "only a session for Stripe has a setup intent"  # noqa: S101  # found by its secret
    method = intent.payment_method
    failed = intent.failed_method.as_body() if intent.failed_method else None
    customer = None if publishable else stripe_customer_id(session.customer_id)
    shown = {
        "id": stripe.setup_intent_id,
        "object": "setup_intent",
        "automatic_payment_methods": None,
        "cancellation_reason": intent.cancellation_reason,
        "client_secret": stripe.client_secret,
        "created": session.created,
        "description": intent.description,
        "last_setup_error": intent.error and as_error(intent.error, failed),
        "livemode": False,
        "next_action": intent.next_action(stripe.setup_intent_id, _page(session, base)),
        "payment_method": method and _attached(method, session, expand, customer),
        "payment_method_types": list(session.method_types),
        "status": intent.status,
        "usage": "off_session",
    }
    if publishable:
        return shown
    return {
        **shown,
        "application": None,
        "customer": customer,
        "flow_directions": None,
        "latest_attempt": intent.latest_attempt,
        "mandate": intent.mandate,
        "metadata": dict(intent.metadata),
        "on_behalf_of": None,
        "payment_method_options": None,
        "single_use_mandate": None,
    }


def check_expandable(expand: Collection[str], expandable: Collection[str] = EXPANDABLE) -> None:
    """Raises StripeError: `expand` names a member that cannot be expanded."""
    for name in expand:
        if name not in expandable:
            raise StripeError(
                status=400, message=f"This property cannot be expanded here: {redact_name(name)}", param="expand"
            )


def _attached(
    method: PaymentMethod, session: PaymentSession, expand: Collection[str], customer: str | None
) -> str | dict[str, Any]:
    if "payment_method" not in expand:
        return method.id
    return method.as_body(customer=customer if session.intent.status == "succeeded" else None)


def _page(session: PaymentSession, base: str) -> str:
    """The URL of the page where a person answers the challenge."""
    stripe, challenge = session.stripe, session.intent.challenge
    if stripe is None or challenge is None or challenge.return_url is None:
        return ""
    query = urlencode({"client_secret": stripe.client_secret, "return_url": challenge.return_url})
    return f"{base}/v1/setup_intents/{stripe.setup_intent_id}/mock_challenge?{query}"
