"""A payment session: the reply of the create call, and what is stored of it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self

from mockserver.errors import Violation
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.setup_intent import NEW, SetupIntent
from mockserver.values.value_class import value_class

ABSENT_MEMBER: Final = {"absent": True}
"""The value of an override that removes a member, as in matchers."""

NO_OVERRIDES: Final[Mapping[str, Any]] = MappingProxyType({})

_KEY_FORMATS: Final = {
    "pk_key": (r"pk_test_[A-Za-z0-9_-]+", "pk_test_<letters and digits>"),
    "client_secret": (
        r"seti_[A-Za-z0-9]+_secret_[A-Za-z0-9]+",
        "seti_<letters and digits>_secret_<letters and digits>",
    ),
}


@value_class(frozen=True, slots=True, kw_only=True)
class StripeConfiguration:
    """What a frontend needs to call Stripe for one setup intent.

    `rest_of_secret` follows the id of the setup intent in the client secret. They are stored apart, so that the id is
    not stored once more as the key of an index.
    """

    pk_key: str
    connected_account_id: str
    setup_intent_id: str
    rest_of_secret: str

    @classmethod
    def with_secret(cls, pk_key: str, connected_account_id: str, client_secret: str) -> Self:
        """The configuration for a client secret, which starts with the id of its setup intent."""
        setup_intent_id = client_secret.partition("_secret_")[0]
        return cls(
            pk_key=pk_key,
            connected_account_id=connected_account_id,
            setup_intent_id=setup_intent_id,
            rest_of_secret=client_secret[len(setup_intent_id) :],
        )

    def unusable_keys(self) -> tuple[Violation, ...]:
        """The keys that the contract allows, but that Stripe.js refuses. Pointers start at the payment session."""
        return tuple(
            Violation(
                place="body",
                pointer=f"/setup_intent/stripe/{name}",
                message=f"Stripe.js refuses this: the format is {description}",
                keyword="pattern",
            )
            for name, (pattern, description) in _KEY_FORMATS.items()
            if not re.fullmatch(pattern, getattr(self, name))
        )

    @property
    def client_secret(self) -> str:
        """The secret with which a frontend calls Stripe for this setup intent."""
        return self.setup_intent_id + self.rest_of_secret


@value_class(frozen=True, slots=True, kw_only=True)
class PaymentSession:
    """One payment session.

    `owner` is the key of its namespace and `scenario` the name of the scenario that made it. `stripe` is None for other
    providers. `on_confirm` is the outcome of a confirmation, `method_types` are the types that the setup intent offers,
    and `intent` is its state. `initial_status` is the status until there is a result. `overrides` replaces members of
    the body, to any depth. `created` is in seconds since the epoch. `account_required` says whether a call with the
    publishable key must name the connected account.
    """

    owner: str
    token: str
    wb_customer_id: str
    customer_id: str
    provider: str
    purpose: str
    initial_status: str
    address: bool
    detach_previous_on_success: bool
    stripe: StripeConfiguration | None
    scenario: str | None
    on_confirm: ConfirmOutcome
    method_types: tuple[str, ...]
    created: int
    overrides: Mapping[str, Any]
    account_required: bool = True
    intent: SetupIntent = NEW

    @property
    def status(self) -> str:
        """The result of the setup intent, or the initial status."""
        return self.intent.result or self.initial_status

    @property
    def has_made_up_token(self) -> bool:
        """Whether the mock made up the token. Then no other session has it."""
        return "token" not in self.overrides

    @property
    def has_made_up_key(self) -> bool:
        """Whether the mock made up the publishable key. Then no other namespace has it."""
        return self.stripe is not None and "pk_key" not in (stripe_overrides(self.overrides) or ())

    def size(self) -> int:
        """The approximate size in bytes of the texts that the caller or a scenario chose."""
        size = len(self.customer_id) + len(self.provider) + len(self.purpose)
        if self.overrides:
            size += len(repr(self.overrides))
        return size if self.intent is NEW else size + self.intent.size()

    def as_body(self) -> dict[str, Any]:
        """The body of the reply: outbound.payment.PaymentSession of the contract, with the overrides."""
        body = {
            "token": self.token,
            "wb_customer_id": self.wb_customer_id,
            "customer_id": self.customer_id,
            "provider": self.provider,
            "operation": self.purpose,
            "status": self.status,
            "address": self.address,
            "detach_previous_on_success": self.detach_previous_on_success,
            "setup_intent": self._setup_intent(),
        }
        if not self.overrides:
            return body
        body = _overridden(body, self.overrides)
        # The scenario overrides the status only until there is a result.
        return body if self.intent.result is None else {**body, "status": self.status}

    def _setup_intent(self) -> dict[str, Any] | None:
        # There is no public documentation of this member for the other providers. This is the mock's own choice.
        if self.provider == "self_handled":
            return None
        stripe = self.stripe
        return {
            "wb_customer_id": self.wb_customer_id,
            "customer_id": self.customer_id,
            "address": self.address,
            "stripe": None
            if stripe is None
            else {
                "pk_key": stripe.pk_key,
                "connected_account_id": stripe.connected_account_id,
                "client_secret": stripe.client_secret,
            },
        }


def stripe_overrides(overrides: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The overrides of the member `setup_intent.stripe`; None if there are none, or if they remove the member."""
    value: Any = overrides
    for member in ("setup_intent", "stripe"):
        value = value.get(member) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) and value != ABSENT_MEMBER else None


def _overridden(body: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The body with other members, to any depth."""
    merged = dict(body)
    for name, value in overrides.items():
        if value == ABSENT_MEMBER:
            merged.pop(name, None)
            continue
        inner = merged.get(name)
        merged[name] = _overridden(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
