"""The payment sessions that the mock has made up, by namespace."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.session_template import SessionTemplate
from mockserver.storage.bounded_store import BoundedStore
from mockserver.storage.name_index import NameIndex
from mockserver.storage.value_pages import Positions

DEFAULT_CAP = 100_000


class Sessions(ABC):
    """Makes up coherent payment sessions, and finds them where they are stored."""

    def create(self, template: SessionTemplate, ids: RandomIds) -> PaymentSession:
        """Make up a payment session and store it."""
        session = template.session(ids)
        self.add(session)
        return session

    @abstractmethod
    def add(self, session: PaymentSession) -> None:
        """Store a payment session. Another one of its namespace loses the names that both have."""

    @abstractmethod
    def get(self, namespace: str | None, token: str) -> PaymentSession | None:
        """The payment session with a token: that of a namespace, or the latest in any namespace (None)."""

    @abstractmethod
    def of_setup_intent(self, name: str, owner: str | None) -> PaymentSession | None:
        """The payment session with a setup intent: that of a namespace, or the latest in any namespace (None)."""

    @abstractmethod
    def of_key(self, pk_key: str) -> PaymentSession | None:
        """The latest payment session with a publishable key, in any namespace."""

    @abstractmethod
    def sharing_setup_intent(self, name: str) -> Iterator[PaymentSession]:
        """The payment sessions with a setup intent, one of each namespace."""

    @abstractmethod
    def has_shared_token(self, token: str) -> bool:
        """Whether payment sessions of several namespaces have this token."""

    @abstractmethod
    def has_shared_setup_intent(self, name: str) -> bool:
        """Whether payment sessions of several namespaces have this setup intent."""

    @abstractmethod
    def has_shared_key(self, pk_key: str) -> bool:
        """Whether payment sessions of several namespaces have this publishable key."""

    @abstractmethod
    def replace(self, session: PaymentSession) -> None:
        """Replace the payment session that has the same setup intent and namespace, unless it was dropped."""


class PaymentSessions(Sessions):
    """Payment sessions in memory. The oldest are dropped beyond the cap."""

    def __init__(self, *, cap: int = DEFAULT_CAP) -> None:
        self._sessions: BoundedStore[PaymentSession] = BoundedStore(cap=cap, size=PaymentSession.size)
        self._tokens = NameIndex(self._sessions)
        self._setup_intents = NameIndex(self._sessions)
        self._keys = NameIndex(self._sessions)

    def add(self, session: PaymentSession, *, number: int | None = None) -> None:
        """Store a payment session, with the `number` that it has already, and drop the oldest ones beyond the cap."""
        number, dropped = self._sessions.add(session, number=number)
        for each in dropped:
            self._remove_names(each)
        self._tokens.put(session.token, session.owner, number)
        if session.stripe is not None:
            self._setup_intents.put(session.stripe.setup_intent_id, session.owner, number)
            self._keys.put(session.stripe.pk_key, session.owner, number)

    def get(self, namespace: str | None, token: str) -> PaymentSession | None:
        """The payment session with a token: that of a namespace, or the latest in any namespace (None)."""
        return self._tokens.get(token, namespace)

    def of(self, namespace: str | None) -> list[PaymentSession]:
        """The payment sessions of a namespace, or of all (None), the oldest first."""
        return self._sessions.of(namespace)

    def positions(self, namespace: str | None) -> Positions:
        """Where the payment sessions of a namespace, or all (None), are in the store; the oldest first."""
        return self._sessions.positions(namespace)

    def at(self, number: int) -> PaymentSession | None:
        """The payment session with a number in the store, unless it has been dropped."""
        return self._sessions.get(number)

    def of_setup_intent(self, name: str, owner: str | None) -> PaymentSession | None:
        """The payment session with a setup intent: that of a namespace, or the latest in any namespace (None)."""
        return self._setup_intents.get(name, owner)

    def of_key(self, pk_key: str) -> PaymentSession | None:
        """The latest payment session with a publishable key, in any namespace."""
        return self._keys.get(pk_key, None)

    def sharing_setup_intent(self, name: str) -> Iterator[PaymentSession]:
        """The payment sessions with a setup intent, one of each namespace."""
        return self._setup_intents.values(name)

    def has_shared_token(self, token: str) -> bool:
        """Whether payment sessions of several namespaces have this token."""
        return self._tokens.is_shared(token)

    def has_shared_setup_intent(self, name: str) -> bool:
        """Whether payment sessions of several namespaces have this setup intent."""
        return self._setup_intents.is_shared(name)

    def has_shared_key(self, pk_key: str) -> bool:
        """Whether payment sessions of several namespaces have this publishable key."""
        return self._keys.is_shared(pk_key)

    def replace(self, session: PaymentSession) -> None:
        """Replace the payment session that has the same setup intent and namespace, unless it was dropped."""
        # Only sessions with a setup intent are ever replaced.
        name = session.stripe.setup_intent_id if session.stripe else ""
        number = self._setup_intents.number(name, session.owner)
        if number is not None:
            for dropped in self._sessions.replace(number, session):
                self._remove_names(dropped)

    def reset(self, namespace: str | None) -> None:
        """Delete the payment sessions of a namespace, or all (None)."""
        for session in self._sessions.drop(namespace):
            self._remove_names(session)

    def __len__(self) -> int:
        return len(self._sessions)

    def _remove_names(self, session: PaymentSession) -> None:
        self._tokens.forget(session.token, session.owner)
        if session.stripe is not None:
            self._setup_intents.forget(session.stripe.setup_intent_id, session.owner)
            self._keys.forget(session.stripe.pk_key, session.owner)
