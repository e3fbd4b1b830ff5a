"""Finds the payment session whose setup intent a request calls, without mixing up callers that share its id."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final
from urllib.parse import unquote

from mockserver.contract.document.credentials import CredentialPlace
from mockserver.engine.namespaces import ANONYMOUS, HEADER, namespace_of
from mockserver.messages import Request
from mockserver.payments import PaymentSession, Sessions
from mockserver.stripe.api_keys import sent_key

_SETUP_INTENT: Final = re.compile(r"/v1/setup_intents/([^/]+)")
# Only a request without a useful key is compared with the sessions of all callers.
_MOST_COMPARED: Final = 1000


def called_setup_intent(request: Request) -> str | None:
    """The id of the setup intent in the path of a request; None if there is none."""
    match = _SETUP_INTENT.match(request.path)
    return None if match is None else unquote(match[1])


def called_session(sessions: Sessions, request: Request, places: Iterable[CredentialPlace]) -> PaymentSession | None:
    """The payment session; None if there is none, or if the session of several callers could be meant.

    A scenario can give the same client secret to several callers. Then the request has to show which of them it comes
    from: by its namespace, by the publishable key or by the connected account.
    """
    name = called_setup_intent(request)
    if name is None:
        return None
    if not sessions.has_shared_setup_intent(name):
        return sessions.of_setup_intent(name, None)
    namespace = namespace_of(request, places).key
    own = sessions.of_setup_intent(name, namespace) if namespace != ANONYMOUS else None
    if own is not None or HEADER in request.headers:
        return own
    key, account = sent_key(request), request.headers.get("stripe-account")
    of_key = sessions.of_key(key) if key and not sessions.has_shared_key(key) else None
    if of_key is not None:
        return sessions.of_setup_intent(name, of_key.owner)
    candidates = list(islice(sessions.sharing_setup_intent(name), _MOST_COMPARED + 1))
    fitting = [session for session in candidates if _fits(session, key, account)]
    return fitting[0] if len(fitting) == 1 and len(candidates) <= _MOST_COMPARED else None


def _fits(session: PaymentSession, key: str | None, account: str | None) -> bool:
    """Whether a request with this key and account can mean the session. Secret keys fit every session."""
    stripe = session.stripe
    if stripe is None or account not in (None, "", stripe.connected_account_id):
        return False
    return key is None or not key.startswith("pk_") or key == stripe.pk_key
