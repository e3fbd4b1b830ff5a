"""Payment sessions that servers share."""

from collections.abc import Iterator
from typing import Final

from mockserver.payments import PaymentSession, Sessions
from mockserver.payments.payment_sessions import DEFAULT_CAP
from mockserver.storage.bounded_store import CAPACITY
from mockserver.store.records import namespace_id
from mockserver.store.shared_values import field_of
from mockserver.store.transaction import Item, ItemKind, RunningTransaction

SESSION: Final = ItemKind("session", DEFAULT_CAP, CAPACITY)
CUSTOMER: Final = "customer"
"""The kind of the saved payment methods of a customer: a confirmation reads them together with the session."""

TOKEN: Final = "token"  # noqa: S105  # the kind of a name
SETUP_INTENT: Final = "setup_intent"
KEY: Final = "key"


class SharedSessions(Sessions):
    """Payment sessions, found by their token, their setup intent and their publishable key."""

    def __init__(self, running: RunningTransaction) -> None:
        self._running = running

    def add(self, session: PaymentSession) -> None:
        """Store a payment session."""
        transaction, namespace = self._running.now, namespace_id(session.owner)
        record = transaction.change(namespace)
        record.sessions += 1
        transaction.put(namespace, f"{SESSION.name}:{record.sessions}", _item(session))

    def get(self, namespace: str | None, token: str) -> PaymentSession | None:
        """The payment session with a token: that of a namespace, or the latest in any namespace (None)."""
        return self._find(field_of(TOKEN, token), namespace)

    def of_setup_intent(self, name: str, owner: str | None) -> PaymentSession | None:
        """The payment session with a setup intent: that of a namespace, or the latest in any namespace (None)."""
        return self._find(field_of(SETUP_INTENT, name), owner)

    def of_key(self, pk_key: str) -> PaymentSession | None:
        """The latest payment session with a publishable key, in any namespace."""
        return self._find(field_of(KEY, pk_key), None)

    def sharing_setup_intent(self, name: str) -> Iterator[PaymentSession]:
        """The payment sessions with a setup intent, one of each namespace."""
        field = field_of(SETUP_INTENT, name)
        found = (self._of(owner, field) for owner in self._running.now.owners_of(field))
        return (session for session in found if session is not None)

    def has_shared_token(self, token: str) -> bool:
        """Whether payment sessions of several namespaces have this token."""
        return self._is_shared(field_of(TOKEN, token))

    def has_shared_setup_intent(self, name: str) -> bool:
        """Whether payment sessions of several namespaces have this setup intent."""
        return self._is_shared(field_of(SETUP_INTENT, name))

    def has_shared_key(self, pk_key: str) -> bool:
        """Whether payment sessions of several namespaces have this publishable key."""
        return self._is_shared(field_of(KEY, pk_key))

    def replace(self, session: PaymentSession) -> None:
        """Replace the payment session that has the same setup intent and namespace, unless it was dropped."""
        transaction, namespace = self._running.now, namespace_id(session.owner)
        name = session.stripe.setup_intent_id if session.stripe else ""
        field = transaction.named(namespace, field_of(SETUP_INTENT, name))
        if field is not None:
            transaction.put(namespace, field, _item(session)._replace(takes_names=False))

    def _find(self, name: str, owner: str | None) -> PaymentSession | None:
        if owner is not None:
            return self._of(namespace_id(owner), name)
        for each in reversed(self._running.now.owners_of(name)):
            found = self._of(each, name)
            if found is not None:
                return found
        return None

    def _of(self, namespace: str, name: str) -> PaymentSession | None:
        transaction = self._running.now
        field = transaction.named(namespace, name)
        found: PaymentSession | None = None if field is None else transaction.item(namespace, field)
        return found

    def _is_shared(self, name: str) -> bool:
        return len(self._running.now.owners_of(name)) > 1


def _item(session: PaymentSession) -> Item:
    names = [field_of(TOKEN, session.token)]
    if session.stripe is not None:
        names += (field_of(SETUP_INTENT, session.stripe.setup_intent_id), field_of(KEY, session.stripe.pk_key))
    return Item(SESSION, session, tuple(names), (field_of(CUSTOMER, session.customer_id),))
