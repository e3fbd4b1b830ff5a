"""The ledger: all that is remembered of payments, by namespace."""

from __future__ import annotations

from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.payment_sessions import PaymentSessions
from mockserver.payments.saved_methods import SavedMethods
from mockserver.payments.setups import Setups
from mockserver.storage.keyed_store import KeyedStore

__all__ = ["Ledger"]

MOST_METHODS = 10_000


class Ledger:
    """Payment sessions with their setup intents, what was made at Stripe, and what customers have saved.

    `methods` are the payment methods and tokens that were made before a confirmation, by their ids: whoever has such
    an id may use it, for ids cannot be guessed.
    """

    def __init__(self) -> None:
        self.sessions = PaymentSessions()
        self.saved = SavedMethods()
        self.methods: KeyedStore[PaymentMethod] = KeyedStore(cap=MOST_METHODS, size=PaymentMethod.size)
        self.setups = Setups(sessions=self.sessions, saved=self.saved)

    def reset(self, namespace: str | None) -> None:
        """Forget what belongs to a namespace, or everything (None)."""
        self.sessions.reset(namespace)
        self.saved.reset(namespace)
        self.methods.reset(namespace)
