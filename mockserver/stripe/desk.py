"""The desk: what each operation of Stripe's side does with a request that its contract has let pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mockserver.answers import Answers
from mockserver.exchange import Call, Fault, Reply
from mockserver.payments import Ledger, PaymentSession
from mockserver.payments.draws import Draw
from mockserver.payments.method_entry import EntryRefusedError, entered_method, known_method
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.redaction import redact
from mockserver.stripe.bodies import check_expandable, setup_intent_body
from mockserver.stripe.challenges import challenge_page, return_address
from mockserver.stripe.failures import Failure, decline_failure
from mockserver.stripe.keys import Key
from mockserver.stripe.replies import failed, found, sent_on

__all__ = ["Caller", "Desk"]

YES: Final = (True, "true")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: `key` is None where none is needed, `account` where none is named.

    `owner` is the key of the namespace that what is made belongs to; `base` the URL under which the mock was reached.
    """

    key: Key | None
    account: str | None
    owner: str
    draw: Draw
    base: str

    @property
    def is_publishable(self) -> bool:
        """Whether only a part may be seen."""
        return self.key is None or self.key.is_publishable


class Desk:
    """Carries out operations, by their operationId; all of them may raise Failure."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._setups = ledger.setups
        self.operations: Mapping[str, Callable[[Call, Caller], Reply | Fault]] = {
            "retrieve_setup_intent": self._retrieve,
            "confirm_setup_intent": self._confirm,
            "cancel_setup_intent": self._cancel,
            "mock_authenticate": self._authenticate,
            "mock_show_challenge": self._show_challenge,
            "mock_answer_challenge": self._answer_challenge,
            "create_payment_method": self._create_payment_method,
            "create_token": self._create_token,
        }

    def _retrieve(self, call: Call, caller: Caller) -> Reply:
        query = call.request.query_values
        session = self._session(call, caller, secret=next(iter(query.get("client_secret", ())), None))
        return found(_shown(session, caller, query.get("expand", ())))

    def _confirm(self, call: Call, caller: Caller) -> Reply | Fault:
        session = self._session(call, caller, secret=call.body.get("client_secret"))
        _check_expand(call)
        _check_unfinished(session, caller)
        try:
            reply = self._tried(session, call, caller)
        except Failure as failure:
            reply = failed(failure)
        delay = Answers.seconds(session.on_confirm.delay, caller.draw)
        fault = session.on_confirm.fault
        return replace(reply, delay=delay) if fault is None else Answers.fault(fault, reply, delay=delay)

    def _tried(self, session: PaymentSession, call: Call, caller: Caller) -> Reply:
        method = self._chosen_method(session, call, caller)
        return_url = None if call.body.get("use_stripe_sdk") in YES else call.body.get("return_url")
        followed = self._setups.confirm(session, method, caller.draw, return_url=return_url)
        intent = followed.intent
        if intent.error is not None:
            raise _declined(followed, caller)
        if intent.status == "canceled":
            _check_unfinished(followed, caller)
        if intent.challenge is not None and intent.challenge.answer is not None:
            # The client is told of the challenge, and finds it answered when it looks again.
            self._setups.authenticate(followed, caller.draw, passed=intent.challenge.answer == "pass")
        return found(_shown(followed, caller, call.body.get("expand", ())))

    def _chosen_method(self, session: PaymentSession, call: Call, caller: Caller) -> PaymentMethod:
        entered, name = call.body.get("payment_method_data"), call.body.get("payment_method")
        if entered is not None:
            try:
                return entered_method(entered, caller.draw, tokens=self._ledger.methods)
            except EntryRefusedError as refused:
                if refused.decline.type == "card_error":
                    session = self._setups.refuse(session, refused.decline, caller.draw)
                raise _refused(refused, session, caller) from None
        if not name:
            raise _unexpected_state(
                session, caller, "it has no payment method: send payment_method or payment_method_data"
            )
        method = known_method(name, caller.draw) or (self._ledger.methods.get(name) if name.startswith("pm_") else None)
        if method is None:
            raise Failure(
                status=400,
                code="resource_missing",
                message=f"No such PaymentMethod: '{redact(name[:100])}'",
                param="payment_method",
            )
        return method

    def _cancel(self, call: Call, caller: Caller) -> Reply:
        session = self._session(call, caller, secret=call.body.get("client_secret"))
        _check_expand(call)
        _check_unfinished(session, caller)
        canceled = self._setups.cancel(session, caller.draw, reason=call.body.get("cancellation_reason"))
        return found(_shown(canceled, caller, call.body.get("expand", ())))

    def _authenticate(self, call: Call, caller: Caller) -> Reply:
        _check_expand(call)
        answered = self._answered(call, caller)
        return found(_shown(answered, caller, call.body.get("expand", ())))

    def _show_challenge(self, call: Call, caller: Caller) -> Reply:
        query = {name: values[0] for name, values in call.request.query_values.items()}
        session = self._session(call, caller, secret=query.get("client_secret"))
        if session.intent.challenge is None:
            return sent_on(return_address(session, query.get("return_url")))
        return challenge_page(session, query.get("return_url"))

    def _answer_challenge(self, call: Call, caller: Caller) -> Reply:
        return sent_on(return_address(self._answered(call, caller), call.body.get("return_url")))

    def _answered(self, call: Call, caller: Caller) -> PaymentSession:
        session = self._session(call, caller, secret=call.body["client_secret"])
        if session.intent.challenge is None:
            raise _unexpected_state(session, caller, "there is no challenge to answer")
        return self._setups.authenticate(session, caller.draw, passed=call.body["outcome"] == "pass")

    def _create_payment_method(self, call: Call, caller: Caller) -> Reply:
        check_expandable(call.body.get("expand", ()), ())
        method = self._entered(call.body, caller, prefix="pm")
        return found(method.as_body())

    def _create_token(self, call: Call, caller: Caller) -> Reply:
        check_expandable(call.body.get("expand", ()), ())
        card = call.body["card"]
        billing = {
            "name": card.get("name"),
            "address": {name: card.get(f"address_{name}") for name in ("line1", "line2", "city", "state", "country")}
            | {"postal_code": card.get("address_zip")},
        }
        method = self._entered({"type": "card", "card": card, "billing_details": billing}, caller, prefix="tok")
        assert isinstance(method.details, CardDetails), "it was made of a card"  # noqa: S101  # asked for in this line's body
        return found(
            {
                "id": method.id,
                "object": "token",
                "card": method.details.as_card(caller.draw.stripe_id("card"), billing),
                "client_ip": None,
                "created": method.created,
                "livemode": False,
                "type": "card",
                "used": False,
            }
        )

    def _entered(self, entered: Mapping[str, Any], caller: Caller, *, prefix: str) -> PaymentMethod:
        try:
            method = entered_method(entered, caller.draw, tokens=self._ledger.methods, prefix=prefix)
        except EntryRefusedError as refused:
            raise _refused(refused, None, caller) from None
        self._ledger.methods.put(caller.owner, method.id, method)
        return method

    def _session(self, call: Call, caller: Caller, *, secret: str | None) -> PaymentSession:
        """The payment session whose setup intent is called, if this caller may know of it."""
        name = call.path["id"]
        session = self._ledger.sessions.at_stripe(name)
        stripe = session.stripe if session else None
        # An object that belongs to another account is not there, to whoever asks (https://docs.stripe.com/connect).
        if (
            session is None
            or stripe is None
            or stripe.setup_intent_id != name
            or caller.account not in (None, stripe.connected_account_id)
            or (caller.key is not None and caller.key.is_publishable and caller.key.text != stripe.pk_key)
        ):
            raise Failure(
                status=404,
                code="resource_missing",
                message=f"No such setupintent: '{redact(name[:100])}'",
                param="intent",
            )
        if secret is None and caller.is_publishable:
            raise Failure(
                status=400,
                code="parameter_missing",
                message="Missing required param: client_secret. It comes with a publishable key.",
                param="client_secret",
            )
        if secret not in (None, stripe.client_secret):
            raise Failure(
                status=400,
                message="The client_secret provided does not match the client_secret associated with the SetupIntent.",
                param="client_secret",
            )
        return session


def _shown(session: PaymentSession, caller: Caller, expand: Any = ()) -> dict[str, Any]:
    check_expandable(expand)
    return setup_intent_body(session, base=caller.base, publishable=caller.is_publishable, expand=expand)


def _check_expand(call: Call) -> None:
    """Before anything is done: what cannot be shown afterwards is not to be begun."""
    check_expandable(call.body.get("expand", ()))


def _check_unfinished(session: PaymentSession, caller: Caller) -> None:
    if not session.intent.is_confirmable:
        raise _unexpected_state(session, caller, f"its status is {session.intent.status}")


def _unexpected_state(session: PaymentSession, caller: Caller, why: str) -> Failure:
    return Failure(
        status=400,
        code="setup_intent_unexpected_state",
        message=f"This SetupIntent cannot be used so: {why}.",
        setup_intent=_shown(session, caller),
    )


def _declined(session: PaymentSession, caller: Caller) -> Failure:
    error, method = session.intent.error, session.intent.failed_method
    assert error is not None, "only a failed try is told of"  # noqa: S101  # asked by the only caller
    return decline_failure(
        error, payment_method=method.as_body() if method else None, setup_intent=_shown(session, caller)
    )


def _refused(refused: EntryRefusedError, session: PaymentSession | None, caller: Caller) -> Failure:
    return decline_failure(
        refused.decline,
        setup_intent=_shown(session, caller) if session else None,
        refused="test-mode-only" if refused.by_the_mock else None,
    )
