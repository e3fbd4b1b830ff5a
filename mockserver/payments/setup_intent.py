"""A setup intent: Stripe's part of a payment session, and the states that it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from mockserver.payments.declines import Decline
from mockserver.payments.payment_method import PaymentMethod

NO_METADATA: Final[Mapping[str, str]] = MappingProxyType({})
_OPEN: Final = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A 3-D Secure challenge.

    `return_url` is where the customer goes afterwards, None if Stripe.js handles the challenge. `answer` is `pass` or
    `fail` if the mock answers it, None if the customer does.
    """

    return_url: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIntent:
    """The state of a setup intent, with Stripe's names (https://docs.stripe.com/api/setup_intents/object).

    `payment_method` is the one that is set up or being set up; `failed_method` is the one that `error` is about.
    `description` and `metadata` are the merchant's own.
    """

    status: str = "requires_payment_method"
    payment_method: PaymentMethod | None = None
    error: Decline | None = None
    failed_method: PaymentMethod | None = None
    challenge: Challenge | None = None
    latest_attempt: str | None = None
    mandate: str | None = None
    cancellation_reason: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=lambda: NO_METADATA)

    @property
    def is_open(self) -> bool:
        """Whether it can be confirmed or canceled: it is neither finished nor processing."""
        return self.status in _OPEN

    @property
    def result(self) -> str | None:
        """The result for the payment session: `succeeded`, `failed`, or None while it is open."""
        if self.status == "succeeded":
            return "succeeded"
        return "failed" if self.status == "canceled" or self.error is not None else None

    def succeeded(self, method: PaymentMethod, *, mandate: str | None = None) -> SetupIntent:
        """The state after success, which is final."""
        checked = method.checked(passed=True)
        return self._next(status="succeeded", payment_method=checked, mandate=mandate)

    def failed(self, error: Decline, method: PaymentMethod | None) -> SetupIntent:
        """The state after a failed attempt. The customer can try again."""
        return self._next(error=error, failed_method=method)

    def challenged(self, method: PaymentMethod, challenge: Challenge) -> SetupIntent:
        """The state in which the customer has to authenticate."""
        return self._next(status="requires_action", payment_method=method, challenge=challenge)

    def processing(self, method: PaymentMethod) -> SetupIntent:
        """The state in which the bank processes the payment method. The mock never ends it."""
        return self._next(status="processing", payment_method=method)

    def canceled(self, reason: str | None) -> SetupIntent:
        """The state after a cancellation, which is final. The error of the last attempt stays."""
        return self._next(
            status="canceled", cancellation_reason=reason, error=self.error, failed_method=self.failed_method
        )

    def described(self, description: str | None, metadata: Mapping[str, str]) -> SetupIntent:
        """The same state with another description and other metadata."""
        return replace(self, description=description, metadata=metadata)

    def prepared(self, method: PaymentMethod) -> SetupIntent:
        """The state with a payment method that waits for its confirmation."""
        return self._next(status="requires_confirmation", payment_method=method)

    def size(self) -> int:
        """The approximate size in bytes of the texts that a caller chose."""
        return_url = self.challenge.return_url if self.challenge is not None else None
        methods = [method.size() for method in (self.payment_method, self.failed_method) if method is not None]
        texts = (return_url or "", self.description or "", *self.metadata, *self.metadata.values())
        return sum(methods) + sum(map(len, texts))

    def attempted(self, attempt: str) -> SetupIntent:
        """The state at the beginning of another attempt, without the error of the last one."""
        return replace(self, latest_attempt=attempt, error=None, failed_method=None)

    def next_action(self, setup_intent_id: str, page: str) -> dict[str, Any] | None:
        """Stripe's member `next_action`; `page` is the URL of the page that shows the challenge."""
        challenge = self.challenge
        if challenge is None:
            return None
        if challenge.return_url is not None:
            return {"type": "redirect_to_url", "redirect_to_url": {"return_url": challenge.return_url, "url": page}}
        # Stripe does not document the content of `use_stripe_sdk`. This content is the mock's own.
        return {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "mock_challenge",
                "answer": challenge.answer,
                "authenticate_path": f"/v1/setup_intents/{setup_intent_id}/mock_authenticate",
            },
        }

    def _next(self, **members: Any) -> SetupIntent:
        """A state with these members. Of the state before, only the attempt and what the merchant wrote stay."""
        return SetupIntent(
            latest_attempt=self.latest_attempt, description=self.description, metadata=self.metadata, **members
        )


NEW: Final = SetupIntent()
"""The state of every new setup intent."""
