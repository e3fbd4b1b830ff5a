"""The ledger: all stored payment data, and what Stripe's calls change in it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from mockserver.payments.confirmation_token import ConfirmationToken
from mockserver.payments.declines import AUTHENTICATION_FAILED, Decline, decline
from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.payment_sessions import Sessions
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.saved_methods import ID_PREFIX, MOST_CUSTOMERS, Customer, SavedMethod, SavedMethods
from mockserver.payments.setup_intent import Challenge, SetupIntent
from mockserver.storage.keyed_store import KeyedValues

MOST_METHODS = 10_000

Value = TypeVar("Value")

# Outcomes that leave the decision to the payment method. A fault only spoils the reply.
_UNDECIDED: Final = frozenset({"test_card", "fault"})


class UnknownOutcomeError(Exception):
    """Nobody has published what a setup with the payment method does, and no scenario decides it."""


class Stored(Protocol):
    """Makes a store of values of one kind: at most `cap`, of which each has `size` bytes."""

    def __call__(self, kind: str, *, cap: int, size: Callable[[Value], int]) -> KeyedValues[Value]:
        """The store of a kind."""


class Ledger:
    """Payment sessions with their setup intents, payment methods, and what customers have saved, by namespace.

    `methods` has the payment methods and tokens that were created before a confirmation, by id; `confirmation_tokens`
    has the confirmation tokens. A caller who knows an id may use it, because ids cannot be guessed.
    """

    def __init__(self, sessions: Sessions, stored: Stored) -> None:
        self.sessions = sessions
        customers: KeyedValues[Customer] = stored("customer", cap=MOST_CUSTOMERS, size=lambda customer: customer.size)
        self.saved = SavedMethods(customers)
        self.confirmation_tokens: KeyedValues[ConfirmationToken] = stored(
            "confirmation_token", cap=MOST_METHODS, size=ConfirmationToken.size
        )
        self.methods: KeyedValues[PaymentMethod] = stored("payment_method", cap=MOST_METHODS, size=PaymentMethod.size)

    def confirm(
        self,
        session: PaymentSession,
        method: PaymentMethod,
        ids: RandomIds,
        *,
        return_url: str | None,
        authentication_requested: bool = False,
    ) -> PaymentSession:
        """Try to set up a payment method. The scenario of the session decides the outcome, otherwise the test card.

        `return_url` is where the customer goes after a challenge, None if Stripe.js handles the challenge.
        `authentication_requested` says that the client asks for 3-D Secure. Raises UnknownOutcomeError.
        """
        outcome = session.on_confirm
        if outcome.kind in _UNDECIDED:
            requested = method.on_request if authentication_requested else None
            outcome = requested or method.on_confirm
        if outcome.kind == "unknown":
            raise UnknownOutcomeError
        intent = session.intent.attempted(ids.stripe_id("setatt"))
        match outcome.kind:
            case "decline":
                reason = outcome.detail or "generic_decline"
                intent = intent.failed(decline(reason), method.checked(passed=reason != "incorrect_cvc"))
            case "authenticate":
                answer = None if outcome.detail == "challenge" else outcome.detail
                intent = intent.challenged(method, Challenge(return_url=return_url, answer=answer))
            case "processing":
                intent = intent.processing(method)
            case "expired":
                # Stripe has no such state. A setup intent that can no longer be used is canceled.
                intent = intent.canceled("abandoned")
            case _:
                intent = intent.succeeded(method, mandate=_mandate(method, ids))
        return self._update(session, intent, ids)

    def refuse(self, session: PaymentSession, why: Decline, ids: RandomIds) -> PaymentSession:
        """Record an attempt that failed because what was entered is not a payment method."""
        intent = session.intent.attempted(ids.stripe_id("setatt"))
        return self._update(session, intent.failed(why, None), ids)

    def authenticate(self, session: PaymentSession, ids: RandomIds, *, passed: bool) -> PaymentSession:
        """Answer the challenge of a setup intent that has one."""
        intent, method = session.intent, session.intent.payment_method
        assert method is not None, "a challenge has a payment method"  # noqa: S101  # set by `challenged`
        if passed:
            return self._update(session, intent.succeeded(method, mandate=_mandate(method, ids)), ids)
        return self._update(session, intent.failed(AUTHENTICATION_FAILED, method), ids)

    def update(
        self,
        session: PaymentSession,
        *,
        description: str | None,
        metadata: Mapping[str, str],
        method: PaymentMethod | None,
        method_types: tuple[str, ...],
    ) -> PaymentSession:
        """Change what a merchant may change in a setup intent. A `method` waits for its confirmation."""
        intent = session.intent.described(description, metadata)
        if method is not None:
            intent = intent.prepared(method)
        updated = replace(session, intent=intent, method_types=method_types)
        self.sessions.replace(updated)
        return updated

    def cancel(self, session: PaymentSession, ids: RandomIds, *, reason: str | None) -> PaymentSession:
        """Cancel a setup intent."""
        return self._update(session, session.intent.canceled(reason), ids)

    def _update(self, session: PaymentSession, intent: SetupIntent, ids: RandomIds) -> PaymentSession:
        """Store another state of the setup intent, and save the payment method if it was set up."""
        updated = replace(session, intent=intent)
        self.sessions.replace(updated)
        if intent.status == "succeeded" and intent.payment_method is not None:
            self.saved.save(
                session.owner,
                session.customer_id,
                SavedMethod(id=ids.identifier(ID_PREFIX), method=intent.payment_method),
                detach_previous=session.detach_previous_on_success,
            )
        return updated


def _mandate(method: PaymentMethod, ids: RandomIds) -> str | None:
    """The id of the mandate that a debit needs."""
    return ids.stripe_id("mandate") if method.type == "sepa_debit" else None
