"""The payment sessions that the mock has made up, by namespace."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.limits.memo import remembered
from mockserver.messages import Call
from mockserver.parsing.json_writer import write_json
from mockserver.payments.outcomes import TEST_CARD, ConfirmOutcome
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.payments.payment_session import NO_OVERRIDES, PaymentSession, StripeConfiguration, stripe_overrides
from mockserver.payments.random_ids import RandomIds, account_id, publishable_key, tenant_id
from mockserver.storage.bounded_store import BoundedStore, Positions
from mockserver.storage.name_index import NameIndex

DEFAULT_CAP = 100_000

# The mock's own choices: there is no public documentation of these values. docs/choices.md lists them.
TOKEN_PREFIX = "PaySess"  # noqa: S105  # a prefix of made-up ids, not a password
STATUS_CREATED = "created"
DEFAULT_PROVIDER = "stripe"
DEFAULT_PURPOSE = "add_method"

# The members of a reply that a scenario can override with a text, and the members of the session.
_TEXTS = {
    "token": "token",
    "wb_customer_id": "wb_customer_id",
    "customer_id": "customer_id",
    "status": "initial_status",
}


class PaymentSessions:
    """Makes up coherent payment sessions and stores them. The oldest are dropped beyond the cap."""

    def __init__(self, *, cap: int = DEFAULT_CAP) -> None:
        self._sessions: BoundedStore[PaymentSession] = BoundedStore(cap=cap, size=PaymentSession.size)
        self._tokens = NameIndex(self._sessions)
        self._setup_intents = NameIndex(self._sessions)
        self._keys = NameIndex(self._sessions)

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
        account_required: bool = True,
        scenario: str | None = None,
    ) -> PaymentSession:
        """Make up a payment session for a request: its customer, provider, address and purpose.

        `overrides` come from a scenario and take precedence over the request, so that the whole session is coherent:
        with another provider, it has the setup intent of that provider. Members that are null or have a wrong type
        count as absent; a wrong type is possible if violations are only reported. `named` is the name of the namespace,
        if its caller gave it one.
        """
        sent: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        members = {**sent, **overrides} if overrides else sent
        provider = _text(members, "provider", DEFAULT_PROVIDER)
        stripe = stripe_overrides(overrides) if overrides else None
        session = PaymentSession(
            owner=namespace,
            token=ids.identifier(TOKEN_PREFIX),
            wb_customer_id=tenant_id(credential),
            customer_id=_shared(call.path.get("customer_id", "")),
            provider=_shared(provider),
            purpose=_shared(_text(members, "operation", DEFAULT_PURPOSE)),
            initial_status=STATUS_CREATED,
            address=members.get("address") is True,
            detach_previous_on_success=members.get("detach_previous_on_success") is True,
            # A scenario that overrides Stripe's keys gets a setup intent for them, with any provider.
            stripe=_stripe(stripe, ids, credential, named)
            if provider == DEFAULT_PROVIDER or stripe is not None
            else None,
            on_confirm=on_confirm,
            method_types=method_types,
            account_required=account_required,
            scenario=scenario,
            created=ids.moment,
            overrides=overrides or NO_OVERRIDES,
        )
        if overrides:
            session = replace(session, **_overridden_texts(overrides))
        number, dropped = self._sessions.add(session)
        for each in dropped:
            self._remove_names(each)
        self._tokens.put(session.token, namespace, number)
        if session.stripe is not None:
            self._setup_intents.put(session.stripe.setup_intent_id, namespace, number)
            self._keys.put(session.stripe.pk_key, namespace, number)
        return session

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


def _overridden_texts(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a session that a scenario chooses. A token can be a number if the reply is off contract."""
    texts = {_TEXTS[name]: value for name, value in overrides.items() if name in _TEXTS and isinstance(value, str)}
    number = _number(overrides, "token")
    return texts if number is None else {**texts, "token": number}


def _stripe(
    overrides: Mapping[str, Any] | None, ids: RandomIds, credential: str, named: str | None
) -> StripeConfiguration:
    """The keys for Stripe. Overrides count here too, so that Stripe's API knows the keys that the frontend received.

    A named namespace has a publishable key of its own: the key is all that shows which namespace a page's call belongs
    to.
    """
    pk_key = publishable_key(credential if named is None else f"{credential}\0{named}")
    connected_account_id, client_secret = account_id(credential), ids.client_secret()
    if overrides:
        pk_key = _text(overrides, "pk_key", pk_key)
        connected_account_id = _text(overrides, "connected_account_id", connected_account_id)
        client_secret = _text(overrides, "client_secret", client_secret)
    return StripeConfiguration.with_secret(pk_key, connected_account_id, client_secret)


def _number(members: Mapping[str, Any], name: str) -> str | None:
    """The JSON text of a member that is a number. A reply outside the contract can have such a token."""
    value = members.get(name)
    return write_json(value).decode() if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(members: Mapping[str, Any], name: str, default: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else default


@remembered(entries=1024, longest=200)
def _shared(text: str) -> str:
    """Return an equal text. Many sessions have the same customer, provider and purpose: each is stored once."""
    return text
