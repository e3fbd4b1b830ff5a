"""Finds the payment session of a call, if the caller may see it."""

from typing import Any, Final

from mockserver.engine.namespaces import HEADER
from mockserver.messages import Call
from mockserver.payments import Ledger, PaymentSession
from mockserver.redaction.redact import redact_name
from mockserver.stripe.caller import Caller
from mockserver.stripe.stripe_errors import StripeError
from mockserver.stripe.stripe_objects import check_expandable, setup_intent_body

_UNCLEAR: Final = (
    ". A scenario gave this setup intent to several callers, and the request does not show which of them sends it: "
    "send the publishable key and the connected account of its payment session, or the header Mock-Namespace."
)

_NO_ACCOUNT: Final = (
    ". It belongs to a connected account, and the request names none: pass stripeAccount, the connected_account_id of "
    "the payment session, to Stripe(). The flag --stripe-account optional turns this check of the mock off."
)


def session_of(ledger: Ledger, call: Call, caller: Caller, *, secret: str | None) -> PaymentSession:
    """The payment session whose setup intent is called. Raises StripeError."""
    name = call.path["id"]
    session = ledger.sessions.of_setup_intent(name, caller.owner)
    stripe = session.stripe if session else None
    if session is None or stripe is None or not _belongs(session, caller):
        is_unclear = HEADER not in call.request.headers and ledger.sessions.has_shared_setup_intent(name)
        raise _missing(name, _UNCLEAR if is_unclear else "")
    if session.account_required and stripe.connected_account_id and _is_platform(caller):
        raise _missing(name, _NO_ACCOUNT)
    if secret is None and caller.is_publishable:
        raise StripeError(
            status=400,
            code="parameter_missing",
            message="Missing required param: client_secret. It goes with a publishable key.",
            param="client_secret",
        )
    if secret not in (None, stripe.client_secret):
        raise StripeError(
            status=400,
            message="The client_secret provided does not match the client_secret associated with the SetupIntent.",
            param="client_secret",
        )
    return session


def _belongs(session: PaymentSession, caller: Caller) -> bool:
    """Whether a setup intent exists for a caller. As everywhere at Stripe, objects of other accounts do not exist.

    The mock's own choice: any secret key is accepted, because it can be the key of the connected account.
    """
    stripe = session.stripe
    if stripe is None or caller.account not in (None, stripe.connected_account_id):
        return False
    return caller.key is None or not caller.key.is_publishable or caller.key.text == stripe.pk_key


def _is_platform(caller: Caller) -> bool:
    """Whether a page calls for the platform itself. The publishable keys of payment sessions belong to the platform.

    Then the setup intents of connected accounts do not exist (https://docs.stripe.com/connect/authentication). The page
    of a challenge has no key.
    """
    return caller.key is not None and caller.key.is_publishable and caller.account is None


def _missing(name: str, hint: str) -> StripeError:
    return StripeError(
        status=404,
        code="resource_missing",
        message=f"No such setupintent: '{redact_name(name)}'{hint}",
        param="intent",
    )


def visible_setup_intent(session: PaymentSession, caller: Caller, expand: Any = ()) -> dict[str, Any]:
    """The setup intent as this caller may see it. Raises StripeError: a member cannot be expanded."""
    check_expandable(expand)
    return setup_intent_body(session, base=caller.base, publishable=caller.is_publishable, expand=expand)


def unexpected_state(session: PaymentSession, caller: Caller, why: str) -> StripeError:
    """The error for a call that the state of the setup intent does not allow."""
    return StripeError(
        status=400,
        code="setup_intent_unexpected_state",
        message=f"This SetupIntent cannot be used so: {why}.",
        setup_intent=visible_setup_intent(session, caller),
    )


def check_offered(kind: str, param: str, types: tuple[str, ...], session: PaymentSession, caller: Caller) -> None:
    """Raises StripeError: a setup intent that offers these types does not offer this one."""
    if kind not in types:
        raise StripeError(
            status=400,
            message=f"This SetupIntent offers {', '.join(types)}, not {kind}.",
            param=param,
            setup_intent=visible_setup_intent(session, caller),
        )
