"""A setup intent: Stripe's side of a payment session, and the states it goes through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from mockserver.payments.declines import AUTHENTICATION_FAILED, Decline
from mockserver.payments.payment_method import PaymentMethod

__all__ = ["FRESH", "Challenge", "SetupIntent"]

_OPEN: Final = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A 3-D Secure challenge. `return_url` is where the customer goes afterwards, None where Stripe.js handles it.

    `answer` is `pass` or `fail` for a challenge that answers itself, None for one that somebody has to answer.
    """

    return_url: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIntent:
    """The state of one setup intent, with Stripe's words for it (https://docs.stripe.com/api/setup_intents/object).

    `payment_method` is the one that is set up or being set up, `failed_method` the one that `error` is about.
    """

    status: str = "requires_payment_method"
    payment_method: PaymentMethod | None = None
    error: Decline | None = None
    failed_method: PaymentMethod | None = None
    challenge: Challenge | None = None
    latest_attempt: str | None = None
    mandate: str | None = None
    cancellation_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be confirmed or canceled: neither finished nor being processed."""
        return self.status in _OPEN

    @property
    def result(self) -> str | None:
        """What became of the payment session: `succeeded`, `failed`, or None while that is open."""
        if self.status == "succeeded":
            return "succeeded"
        return "failed" if self.status == "canceled" or self.error is not None else None

    def succeeded(self, method: PaymentMethod, *, mandate: str | None = None) -> SetupIntent:
        """Set up, for good."""
        kept = method.checked(passed=True)
        return SetupIntent(status="succeeded", payment_method=kept, latest_attempt=self.latest_attempt, mandate=mandate)

    def failed(self, error: Decline, method: PaymentMethod | None) -> SetupIntent:
        """Back at the beginning, with what went wrong, so that the customer can try again."""
        return SetupIntent(error=error, failed_method=method, latest_attempt=self.latest_attempt)

    def challenged(self, method: PaymentMethod, challenge: Challenge) -> SetupIntent:
        """Waiting for the customer to authenticate."""
        return SetupIntent(
            status="requires_action", payment_method=method, challenge=challenge, latest_attempt=self.latest_attempt
        )

    def authenticated(self, *, passed: bool, mandate: str | None = None) -> SetupIntent:
        """A challenge that was answered; only to be asked of one that has a challenge."""
        assert self.payment_method is not None, "a challenge is about a method"  # noqa: S101  # held by `challenged`
        if passed:
            return self.succeeded(self.payment_method, mandate=mandate)
        return self.failed(AUTHENTICATION_FAILED, self.payment_method)

    def processing(self, method: PaymentMethod) -> SetupIntent:
        """In the hands of the bank; nothing ends it."""
        return SetupIntent(status="processing", payment_method=method, latest_attempt=self.latest_attempt)

    def canceled(self, reason: str | None) -> SetupIntent:
        """Over, without having been set up."""
        return SetupIntent(status="canceled", latest_attempt=self.latest_attempt, cancellation_reason=reason)

    def tried(self, attempt: str) -> SetupIntent:
        """With one attempt more."""
        return replace(self, latest_attempt=attempt)

    def next_action(self, setup_intent_id: str, page: str) -> dict[str, Any] | None:
        """What the customer has to do next; `page` is the URL of the page that shows the challenge."""
        challenge = self.challenge
        if challenge is None:
            return None
        if challenge.return_url is not None:
            return {
                "type": "redirect_to_url",
                "redirect_to_url": {"return_url": challenge.return_url, "url": page},
            }
        # Stripe keeps the content of this member to itself; what the mock puts there is its own.
        return {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "mock_challenge",
                "answer": challenge.answer,
                "authenticate_path": f"/v1/setup_intents/{setup_intent_id}/mock_authenticate",
            },
        }


FRESH: Final = SetupIntent()
"""What every setup intent is at first."""
