"""What a request will probably need to know, so that it is read from the store in one call."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

from mockserver.contract.document.credentials import CredentialPlace
from mockserver.engine.namespaces import namespace_of
from mockserver.messages import Request
from mockserver.store.known_state import KnownState
from mockserver.store.records import namespace_id
from mockserver.store.shared_sessions import KEY, SETUP_INTENT, TOKEN
from mockserver.store.shared_values import field_of
from mockserver.store.transaction import Need
from mockserver.stripe.api_keys import find_account, sent_key
from mockserver.stripe.called_session import called_setup_intent
from mockserver.stripe.idempotency import reply_key

_TOKEN: Final = re.compile(r"/__mock/(?:wingback/)?payment-sessions/(.+)")
_NAMED: Final = re.compile(r"\b(?:(pm|tok)|ctoken)_\w+", re.ASCII)
_MOST_NAMED: Final = 10


class Forecast(NamedTuple):
    """The lane of a decision, and what it will probably need."""

    lane: str
    needs: tuple[Need, ...]


def forecast(request: Request, places: Iterable[CredentialPlace], known: KnownState) -> Forecast:
    """The forecast for a request. If it is wrong, the decision takes longer, and its result is the same."""
    own = namespace_id(namespace_of(request, places).key)
    if (token := _TOKEN.fullmatch(request.path)) is not None:
        return Forecast(own, (Need(), Need(namespace=own), Need(name=field_of(TOKEN, unquote(token[1])))))
    if not request.path.startswith("/v1/") or request.path.startswith("/v1/c/"):
        return Forecast(own, (Need(), Need(namespace=own)))
    key = sent_key(request)
    replies = tuple(reply_fields(request, key))
    needs = [Need(), Need(namespace=namespace_id(namespace_of(request, ()).key), fields=replies)]
    lane = own
    if key is not None:
        lane = _add(needs, field_of(KEY, key), replies, known)
    if (intent := called_setup_intent(request)) is not None:
        lane = _add(needs, field_of(SETUP_INTENT, intent), replies, known)
    for found in list(_NAMED.finditer(request.body.decode("latin-1")))[:_MOST_NAMED]:
        kind = "payment_method" if found[1] else "confirmation_token"
        _add(needs, field_of(kind, found[0]), (), known)
    return Forecast(lane, tuple(needs))


def _add(needs: list[Need], name: str, fields: tuple[str, ...], known: KnownState) -> str:
    """Add the need of a name; returns its lane: the namespace that has it if that is known, else the name itself."""
    needs.append(Need(name=name, fields=fields))
    owners = known.peek_owners(name)
    return owners[-1] if owners else name


def reply_fields(request: Request, key: str | None) -> Iterable[str]:
    """The fields of the reply to an earlier request with the same Idempotency-Key."""
    place = reply_key(request, caller=f"{key}\0{find_account(request, {})}")
    return () if place is None else (field_of("reply", place),)
