"""Templates of payment sessions: what the sessions that one stub makes for equal requests have in common."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.limits.memo import remembered
from mockserver.messages import Call
from mockserver.parsing.json_writer import write_json
from mockserver.payments.outcomes import TEST_CARD, ConfirmOutcome
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.payments.payment_session import NO_OVERRIDES, PaymentSession, StripeConfiguration, stripe_overrides
from mockserver.payments.random_ids import RandomIds, account_id, publishable_key, tenant_id

# The mock's own choices: there is no public documentation of these values. docs/choices.md lists them.
TOKEN_PREFIX: Final = "PaySess"  # noqa: S105  # a prefix of made-up ids, not a password
STATUS_CREATED: Final = "created"
DEFAULT_PROVIDER: Final = "stripe"
DEFAULT_PURPOSE: Final = "add_method"


class SessionTemplate:
    """Makes coherent payment sessions for a request: for its customer, provider, address and purpose.

    `overrides` come from a scenario and take precedence over the request, so that the whole session is coherent: with
    another provider, it has the setup intent of that provider. Members that are null or have a wrong type count as
    absent; a wrong type is possible if violations are only reported. `named` is the name of the namespace, if its
    caller gave it one.
    """

    def __init__(
        self,
        call: Call,
        *,
        namespace: str,
        credential: str,
        named: str | None = None,
        overrides: Mapping[str, Any] = NO_OVERRIDES,
        on_confirm: ConfirmOutcome = TEST_CARD,
        method_types: tuple[str, ...] = DEFAULT_METHOD_TYPES,
        account_required: bool = True,
        scenario: str | None = None,
    ) -> None:
        sent: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        members = {**sent, **overrides} if overrides else sent
        stripe = stripe_overrides(overrides) if overrides else None
        # A scenario chooses texts. They count for Stripe's keys too, so that Stripe's API knows those of the frontend.
        chosen = _texts(overrides) if overrides else NO_OVERRIDES
        chosen_keys = _texts(stripe) if stripe else NO_OVERRIDES
        self._owner = namespace
        self._overrides = overrides or NO_OVERRIDES
        self._on_confirm = on_confirm
        self._method_types = method_types
        self._account_required = account_required
        self._scenario = scenario
        self._token: str | None = chosen.get("token", _number(overrides, "token") if overrides else None)
        self._wb_customer_id = chosen.get("wb_customer_id", tenant_id(credential))
        self._customer_id = chosen.get("customer_id", _shared(call.path.get("customer_id", "")))
        self._provider = _shared(_text(members, "provider", DEFAULT_PROVIDER))
        self._purpose = _shared(_text(members, "operation", DEFAULT_PURPOSE))
        self._initial_status = chosen.get("status", STATUS_CREATED)
        self._address = members.get("address") is True
        self._detach_previous = members.get("detach_previous_on_success") is True
        # A scenario that overrides Stripe's keys gets a setup intent for them, with any provider.
        self._has_setup_intent = self._provider == DEFAULT_PROVIDER or stripe is not None
        # A named namespace has a publishable key of its own: the key is all that shows which namespace a page's call
        # belongs to.
        pk_key = publishable_key(credential if named is None else f"{credential}\0{named}")
        self._pk_key = chosen_keys.get("pk_key", pk_key)
        self._account_id = chosen_keys.get("connected_account_id", account_id(credential))
        self._client_secret: str | None = chosen_keys.get("client_secret")

    def session(self, ids: RandomIds) -> PaymentSession:
        """A payment session with these ids."""
        return PaymentSession(
            owner=self._owner,
            token=ids.identifier(TOKEN_PREFIX) if self._token is None else self._token,
            wb_customer_id=self._wb_customer_id,
            customer_id=self._customer_id,
            provider=self._provider,
            purpose=self._purpose,
            initial_status=self._initial_status,
            address=self._address,
            detach_previous_on_success=self._detach_previous,
            stripe=self._stripe(ids) if self._has_setup_intent else None,
            on_confirm=self._on_confirm,
            method_types=self._method_types,
            account_required=self._account_required,
            scenario=self._scenario,
            created=ids.moment,
            overrides=self._overrides,
        )

    def _stripe(self, ids: RandomIds) -> StripeConfiguration:
        if self._client_secret is not None:
            return StripeConfiguration.with_secret(self._pk_key, self._account_id, self._client_secret)
        setup_intent_id, rest_of_secret = ids.client_secret()
        return StripeConfiguration(
            pk_key=self._pk_key,
            connected_account_id=self._account_id,
            setup_intent_id=setup_intent_id,
            rest_of_secret=rest_of_secret,
        )


def _texts(members: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in members.items() if isinstance(value, str)}


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
