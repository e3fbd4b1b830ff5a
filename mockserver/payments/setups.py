"""Setups: what a confirmation does to a setup intent, its payment session and the customer's saved payment methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mockserver.payments.declines import Decline, decline
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.payment_method import PaymentMethod
from mockserver.payments.payment_session import PaymentSession
from mockserver.payments.payment_sessions import PaymentSessions
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.saved_methods import ID_PREFIX, SavedMethod, SavedMethods
from mockserver.payments.setup_intent import Challenge, SetupIntent

__all__ = ["Setups"]

# Outcomes with which a scenario leaves the decision to the payment method: a fault only spoils the answer.
_UNDECIDED: Final = frozenset({"test_card", "fault"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setups:
    """Carries setup intents from one state to the next; payment session and saved methods follow."""

    sessions: PaymentSessions
    saved: SavedMethods

    def confirm(
        self, session: PaymentSession, method: PaymentMethod, ids: RandomIds, *, return_url: str | None
    ) -> PaymentSession:
        """Try to set a payment method up: the session's scenario decides, else the test card.

        `return_url` is where the customer is to go after a challenge, None where Stripe.js handles it.
        """
        decided = method.on_confirm if session.on_confirm.kind in _UNDECIDED else session.on_confirm
        tried = session.intent.tried(ids.stripe_id("setatt"))
        return self._follow(session, _outcome(decided, tried, method, ids, return_url), ids)

    def refuse(self, session: PaymentSession, why: Decline, ids: RandomIds) -> PaymentSession:
        """A try that came to nothing because what was entered is no payment method."""
        tried = session.intent.tried(ids.stripe_id("setatt"))
        return self._follow(session, tried.failed(why, None), ids)

    def authenticate(self, session: PaymentSession, ids: RandomIds, *, passed: bool) -> PaymentSession:
        """Answer the challenge of a setup intent that has one."""
        method = session.intent.payment_method
        mandate = _mandate(method, ids) if passed and method else None
        return self._follow(session, session.intent.authenticated(passed=passed, mandate=mandate), ids)

    def cancel(self, session: PaymentSession, ids: RandomIds, *, reason: str | None) -> PaymentSession:
        """End a setup intent that is not finished."""
        return self._follow(session, session.intent.canceled(reason), ids)

    def _follow(self, session: PaymentSession, intent: SetupIntent, ids: RandomIds) -> PaymentSession:
        followed = session.followed(intent)
        self.sessions.replace(followed)
        if intent.status == "succeeded" and intent.payment_method is not None:
            self.saved.save(
                session.owner,
                session.customer_id,
                SavedMethod(id=ids.identifier(ID_PREFIX), method=intent.payment_method),
                detach_previous=session.detach_previous_on_success,
            )
        return followed


def _outcome(
    decided: ConfirmOutcome, tried: SetupIntent, method: PaymentMethod, ids: RandomIds, return_url: str | None
) -> SetupIntent:
    match decided.kind:
        case "decline":
            reason = decided.detail or "generic_decline"
            return tried.failed(decline(reason), method.checked(passed=reason != "incorrect_cvc"))
        case "authenticate":
            answer = None if decided.detail == "challenge" else decided.detail
            return tried.challenged(method, Challenge(return_url=return_url, answer=answer))
        case "processing":
            return tried.processing(method)
        case "expired":
            # Stripe has no such state: a setup intent that is of no use any more is a canceled one.
            return tried.canceled("abandoned")
        case _:
            return tried.succeeded(method, mandate=_mandate(method, ids))


def _mandate(method: PaymentMethod, ids: RandomIds) -> str | None:
    """The id of the mandate that a debit needs."""
    return ids.stripe_id("mandate") if method.type == "sepa_debit" else None
