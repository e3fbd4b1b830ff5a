"""The payment sessions that were made up, by namespace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mockserver.messages import Call
from mockserver.payments.outcomes import TEST_CARD, ConfirmOutcome
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.payments.payment_session import ABSENT_MEMBER, NO_OVERRIDES, PaymentSession, StripeConfiguration
from mockserver.payments.random_ids import RandomIds, account_id, publishable_key, tenant_id
from mockserver.storage.bounded_store import BoundedStore
from mockserver.storage.name_index import NameIndex

__all__ = ["PaymentSessions"]

DEFAULT_CAP = 100_000

# The mock's own choices where nothing about Wingback is public; docs/choices.md lists them.
TOKEN_PREFIX = "PaySess"  # noqa: S105  # a prefix of made-up ids, not a password
STATUS_CREATED = "created"
DEFAULT_PROVIDER = "stripe"
DEFAULT_PURPOSE = "add_method"


class PaymentSessions:
    """Makes up coherent payment sessions and remembers them, the oldest forgotten beyond the cap."""

    def __init__(self, *, cap: int = DEFAULT_CAP) -> None:
        self._kept: BoundedStore[PaymentSession] = BoundedStore(cap=cap, size=PaymentSession.size)
        self._tokens = NameIndex(self._kept)
        self._setup_intents = NameIndex(self._kept)
        self._keys = NameIndex(self._kept)

    def create(
        self,
        call: Call,
        ids: RandomIds,
        *,
        namespace: str,
        credential: str,
        named: str | None = None,
        overrides: Mapping[str, Any] = NO_OVERRIDES,
        on_confirm: ConfirmOutcome = TEST_CARD,
        method_types: tuple[str, ...] = DEFAULT_METHOD_TYPES,
        scenario: str | None = None,
    ) -> PaymentSession:
        """A payment session that follows the request: its customer, provider, address and purpose.

        A scenario's `overrides` go before the request, so that the whole session follows them: of another provider,
        say, with the setup intent that belongs to it. A member that is null counts as absent; one of a wrong type
        (possible when violations are only reported, or on purpose) counts as absent too. `named` is the name that its
        caller gave the namespace, if it has one.
        """
        sent: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        wanted = {**sent, **overrides} if overrides else sent
        given = {name: value for name, value in overrides.items() if isinstance(value, str)}
        provider = _text(wanted.get("provider"), DEFAULT_PROVIDER)
        status = given.get("status", STATUS_CREATED)
        said = _said_of_stripe(overrides)
        # Whatever the provider: a scenario that says what is Stripe's is to have it lead somewhere.
        has_stripe = provider == DEFAULT_PROVIDER or said is not None
        session = PaymentSession(
            owner=namespace,
            token=given["token"] if "token" in given else ids.identifier(TOKEN_PREFIX),
            wb_customer_id=given["wb_customer_id"] if "wb_customer_id" in given else _tenant(credential),
            customer_id=given["customer_id"] if "customer_id" in given else call.path.get("customer_id", ""),
            provider=provider,
            purpose=_text(wanted.get("operation"), DEFAULT_PURPOSE),
            status=status,
            address=wanted.get("address") is True,
            detach_previous_on_success=wanted.get("detach_previous_on_success") is True,
            stripe=_stripe(_account_of(credential, named), ids, said or NO_OVERRIDES) if has_stripe else None,
            on_confirm=on_confirm,
            method_types=method_types,
            scenario=scenario,
            created=ids.moment,
            initial_status=status,
            overrides=overrides or NO_OVERRIDES,
        )
        number, gone = self._kept.add(session)
        for each in gone:
            self._forget(each)
        self._tokens.put(session.token, namespace, number)
        if session.stripe is not None:
            self._setup_intents.put(session.stripe.setup_intent_id, namespace, number)
            self._keys.put(session.stripe.pk_key, namespace, number)
        return session

    def of_setup_intent(self, name: str, owner: str | None) -> PaymentSession | None:
        """The payment session that gave out a setup intent: a namespace's, or the latest whoever's it is (None)."""
        return self._setup_intents.get(name, owner)

    def of_key(self, pk_key: str) -> PaymentSession | None:
        """The latest payment session that gave out a publishable key, whoever's it is."""
        return self._keys.get(pk_key, None)

    def has_shared_setup_intent(self, name: str) -> bool:
        """Whether payment sessions of several namespaces gave out this setup intent."""
        return self._setup_intents.is_shared(name)

    def has_shared_key(self, pk_key: str) -> bool:
        """Whether payment sessions of several namespaces gave out this publishable key."""
        return self._keys.is_shared(pk_key)

    def get(self, namespace: str | None, token: str) -> PaymentSession | None:
        """The payment session that has this token: a namespace's, or the latest whoever's it is (None)."""
        return self._tokens.get(token, namespace)

    def of(self, namespace: str | None) -> list[PaymentSession]:
        """The payment sessions of a namespace, or of all (None); the oldest first."""
        return self._kept.of(namespace)

    def replace(self, session: PaymentSession) -> None:
        """Put a payment session in the place of the one that has its namespace and token, if that is still there."""
        # By its setup intent, for only sessions with one are ever replaced.
        name = session.stripe.setup_intent_id if session.stripe else ""
        number = self._setup_intents.number(name, session.owner)
        if number is not None:
            for gone in self._kept.replace(number, session) or ():
                self._forget(gone)

    def reset(self, namespace: str | None) -> None:
        """Forget the payment sessions of a namespace, or of all (None)."""
        for session in self._kept.drop(namespace):
            self._forget(session)

    def __len__(self) -> int:
        return len(self._kept)

    def _forget(self, session: PaymentSession) -> None:
        self._tokens.forget(session.token, session.owner)
        if session.stripe is not None:
            self._setup_intents.forget(session.stripe.setup_intent_id, session.owner)
            self._keys.forget(session.stripe.pk_key, session.owner)


def _said_of_stripe(overrides: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a scenario says of the member `setup_intent.stripe`; None if it says nothing, or that there is none."""
    said: Any = overrides
    for member in ("setup_intent", "stripe"):
        said = said.get(member) if isinstance(said, Mapping) else None
    return said if isinstance(said, Mapping) and said != ABSENT_MEMBER else None


def _stripe(account: tuple[str, str], ids: RandomIds, said: Mapping[str, Any]) -> StripeConfiguration:
    """What a scenario says of it counts here too: Stripe's side is to know the key that the frontend was given."""
    pk_key, connected_account_id = account
    if not said:
        return StripeConfiguration(
            pk_key=pk_key, connected_account_id=connected_account_id, client_secret=ids.client_secret()
        )
    return StripeConfiguration(
        pk_key=_text(said.get("pk_key"), pk_key),
        connected_account_id=_text(said.get("connected_account_id"), connected_account_id),
        client_secret=_text(said.get("client_secret"), ids.client_secret()),
    )


@lru_cache(maxsize=1024)
def _account_of(credential: str, named: str | None) -> tuple[str, str]:
    """Publishable key and connected account: of a credential; in a namespace that was named, with a key of its own.

    The key is all that a page sends along with what it makes before a confirmation: it has to say whose that is.
    """
    return publishable_key(credential if named is None else f"{credential}\0{named}"), account_id(credential)


@lru_cache(maxsize=1024)
def _tenant(credential: str) -> str:
    return tenant_id(credential)


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise
