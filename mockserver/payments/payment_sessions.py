"""The payment sessions that were made up, by namespace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mockserver.exchange import Call
from mockserver.keeping import Kept
from mockserver.payments.draws import Draw, account_id, publishable_key, tenant_id
from mockserver.payments.payment_session import NO_OVERRIDES, PaymentSession, StripeConfiguration
from mockserver.scenarios.confirmations import TEST_CARD, OnConfirm
from mockserver.scenarios.method_types import DEFAULT_TYPES

__all__ = ["PaymentSessions"]

DEFAULT_CAP = 100_000

# The mock's own choices, where nothing about Wingback is public; the README names them as such.
TOKEN_PREFIX = "PaySess"  # noqa: S105  # a prefix of made-up ids, not a password
STATUS_CREATED = "created"
DEFAULT_PROVIDER = "stripe"
DEFAULT_PURPOSE = "add_method"


class PaymentSessions:
    """Makes up coherent payment sessions and remembers them, the oldest forgotten beyond the cap."""

    def __init__(self, *, cap: int = DEFAULT_CAP) -> None:
        self._kept: Kept[PaymentSession] = Kept(cap=cap)
        self._numbers: dict[str, int] = {}
        # Only a scenario gives the same token to several namespaces: these by their keys, the latest last.
        self._fixed: dict[str, dict[str, int]] = {}
        self._at_stripe: dict[str, int] = {}

    def create(
        self,
        call: Call,
        draw: Draw,
        *,
        namespace: str,
        credential: str,
        overrides: Mapping[str, Any] = NO_OVERRIDES,
        on_confirm: OnConfirm = TEST_CARD,
        method_types: tuple[str, ...] = DEFAULT_TYPES,
        scenario: str | None = None,
    ) -> PaymentSession:
        """A payment session that follows the request: its customer, provider, address and purpose.

        A scenario's `overrides` go before the request, so that the whole session follows them: of another provider,
        say, with the setup intent that belongs to it. A member that is null counts as absent; one of a wrong type
        (possible when violations are only reported, or on purpose) counts as absent too.
        """
        sent: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        wanted = {**sent, **overrides} if overrides else sent
        given = {name: value for name, value in overrides.items() if isinstance(value, str)}
        provider = _text(wanted.get("provider")) or DEFAULT_PROVIDER
        status = given.get("status") or STATUS_CREATED
        session = PaymentSession(
            owner=namespace,
            token=given.get("token") or draw.identifier(TOKEN_PREFIX),
            wb_customer_id=given.get("wb_customer_id") or _tenant(credential),
            customer_id=given.get("customer_id") or call.path.get("customer_id", ""),
            provider=provider,
            purpose=_text(wanted.get("operation")) or DEFAULT_PURPOSE,
            status=status,
            address=wanted.get("address") is True,
            detach_previous_on_success=wanted.get("detach_previous_on_success") is True,
            stripe=_stripe(credential, draw, overrides) if provider == DEFAULT_PROVIDER else None,
            on_confirm=on_confirm,
            method_types=method_types,
            scenario=scenario,
            created=draw.moment,
            initial_status=status,
            overrides=overrides or NO_OVERRIDES,
        )
        number, gone = self._kept.add(session)
        if gone is not None:
            self._forget(gone)
        if "token" in given:
            numbers = self._fixed.setdefault(session.token, {})
            numbers.pop(namespace, None)
            numbers[namespace] = number
        else:
            self._numbers[session.token] = number
        if session.stripe is not None:
            self._at_stripe[session.stripe.setup_intent_id] = number
            self._at_stripe[session.stripe.pk_key] = number
        return session

    def at_stripe(self, name: str) -> PaymentSession | None:
        """The latest payment session that gave out a setup intent, by its id, or a publishable key; whoever's it is."""
        number = self._at_stripe.get(name)
        return None if number is None else self._kept.get(number)

    def get(self, namespace: str | None, token: str) -> PaymentSession | None:
        """The payment session that has this token: a namespace's, or the latest whoever's it is (None)."""
        fixed = self._fixed.get(token, {})
        number = self._numbers.get(token) or (
            next(reversed(fixed.values()), None) if namespace is None else fixed.get(namespace)
        )
        session = None if number is None else self._kept.get(number)
        return session if session is not None and namespace in (None, session.owner) else None

    def of(self, namespace: str | None) -> list[PaymentSession]:
        """The payment sessions of a namespace, or of all (None); the oldest first."""
        return self._kept.of(namespace)

    def replace(self, session: PaymentSession) -> None:
        """Put a payment session in the place of the one that has its namespace and token, if that is still there."""
        # By its setup intent, for a scenario may give one token to several; only sessions with one are ever replaced.
        number = self._at_stripe.get(session.stripe.setup_intent_id) if session.stripe else None
        if number is not None:
            self._kept.replace(number, session)

    def reset(self, namespace: str | None) -> None:
        """Forget the payment sessions of a namespace, or of all (None)."""
        for session in self._kept.drop(namespace):
            self._forget(session)

    def __len__(self) -> int:
        return len(self._kept)

    def _forget(self, session: PaymentSession) -> None:
        # What a later session has too (the key, or what a scenario says) stays that one's.
        if session.token in self._numbers and self._kept.get(self._numbers[session.token]) is None:
            del self._numbers[session.token]
        fixed = self._fixed.get(session.token, {})
        if session.owner in fixed and self._kept.get(fixed[session.owner]) is None:
            del fixed[session.owner]
            if not fixed:
                del self._fixed[session.token]
        for name in (session.stripe.setup_intent_id, session.stripe.pk_key) if session.stripe else ():
            if name in self._at_stripe and self._kept.get(self._at_stripe[name]) is None:
                del self._at_stripe[name]


def _stripe(credential: str, draw: Draw, overrides: Mapping[str, Any]) -> StripeConfiguration:
    """What a scenario says of it counts here too: Stripe's side is to know the key that the frontend was given."""
    pk_key, connected_account_id = _stripe_account(credential)
    if not overrides:
        return StripeConfiguration(
            pk_key=pk_key, connected_account_id=connected_account_id, client_secret=draw.client_secret()
        )
    said: Any = overrides
    for member in ("setup_intent", "stripe"):
        said = said.get(member) if isinstance(said, Mapping) else None
    said = said if isinstance(said, Mapping) else NO_OVERRIDES
    return StripeConfiguration(
        pk_key=_text(said.get("pk_key")) or pk_key,
        connected_account_id=_text(said.get("connected_account_id")) or connected_account_id,
        client_secret=_text(said.get("client_secret")) or draw.client_secret(),
    )


@lru_cache(maxsize=1024)
def _stripe_account(credential: str) -> tuple[str, str]:
    return publishable_key(credential), account_id(credential)


@lru_cache(maxsize=1024)
def _tenant(credential: str) -> str:
    return tenant_id(credential)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
