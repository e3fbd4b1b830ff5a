"""Finds the payment session that a page asks for by its token, without giving it the session of another caller."""

from mockserver.engine.namespaces import ANONYMOUS
from mockserver.errors import Refusal
from mockserver.payments import PaymentSession, Sessions


def session_of_token(sessions: Sessions, token: str, *, namespace: str, publishable_key: str | None) -> PaymentSession:
    """The payment session of a token. Raises Refusal unknown-payment-session.

    `namespace` is the key of the caller's namespace: only its sessions exist for the caller. Pages without a namespace
    prove that the session was given to them with a value that the mock made up: the token or the publishable key.
    """
    if namespace != ANONYMOUS:
        found = sessions.get(namespace, token)
    elif publishable_key is not None:
        found = _of_key(sessions, token, publishable_key)
    else:
        found = sessions.get(ANONYMOUS, token) or _of_token(sessions, token)
    if found is None or not _has_key(found, publishable_key):
        detail = "There is no payment session with this token; it may have been reset or dropped."
        raise Refusal("unknown-payment-session", detail)
    return found


def _of_key(sessions: Sessions, token: str, publishable_key: str) -> PaymentSession | None:
    of_key = sessions.of_key(publishable_key)
    if of_key is None:
        return None
    if not sessions.has_shared_key(publishable_key):
        found = sessions.get(of_key.owner, token)
        if found is None or found.has_made_up_key or found.has_made_up_token:
            return found
    return _of_token(sessions, token)


def _of_token(sessions: Sessions, token: str) -> PaymentSession | None:
    """The payment session, if its token was made up, so that only its caller can know it."""
    found = sessions.get(None, token)
    if found is None or (found.has_made_up_token and not sessions.has_shared_token(token)):
        return found
    raise Refusal(
        "unknown-payment-session",
        "A scenario chose this token, so it does not show whose payment session is meant. Pass `namespace` or "
        "`publishableKey` to WingbackMock.createPaymentElement. If the scenario chose the publishable key too, only "
        "`namespace` helps.",
    )


def _has_key(session: PaymentSession, publishable_key: str | None) -> bool:
    if publishable_key is None:
        return True
    return session.stripe is not None and session.stripe.pk_key == publishable_key
