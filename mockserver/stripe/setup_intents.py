"""Retrieves, confirms and cancels setup intents."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mockserver.engine.reply_renderer import ReplyRenderer
from mockserver.messages import Call, Fault, Reply
from mockserver.payments import Ledger, PaymentSession
from mockserver.payments.confirmation_token import ConfirmationToken
from mockserver.payments.ledger import UnknownOutcomeError
from mockserver.payments.method_entry import EntryRefusedError, entered_method
from mockserver.payments.payment_method import PaymentMethod
from mockserver.stripe.caller import Caller
from mockserver.stripe.confirmation_tokens import unused_token
from mockserver.stripe.entered_methods import named_method
from mockserver.stripe.session_lookup import check_offered, session_of, unexpected_state, visible_setup_intent
from mockserver.stripe.stripe_errors import StripeError, decline_error, entry_error
from mockserver.stripe.stripe_objects import check_expandable
from mockserver.stripe.stripe_replies import error_reply, object_reply

_YES: Final = (True, "true")


class SetupIntentOperations:
    """The operations on setup intents."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def retrieve(self, call: Call, caller: Caller) -> Reply:
        """Retrieve the setup intent."""
        query = call.request.query_values
        session = session_of(self._ledger, call, caller, secret=next(iter(query.get("client_secret", ())), None))
        return object_reply(visible_setup_intent(session, caller, query.get("expand", ())))

    def confirm(self, call: Call, caller: Caller) -> Reply | Fault:
        """Confirm the setup intent, with the delay and the fault that the scenario asks for."""
        session = self._open_session(call, caller)
        try:
            reply = self._confirmed(session, call, caller)
        except StripeError as error:
            reply = error_reply(error)
        delay = ReplyRenderer.seconds(session.on_confirm.delay, caller.ids)
        fault = session.on_confirm.fault
        if fault is not None:
            return ReplyRenderer.fault(fault, reply, delay=delay)
        return replace(reply, delay=delay) if delay else reply

    def cancel(self, call: Call, caller: Caller) -> Reply:
        """Cancel the setup intent."""
        session = self._open_session(call, caller)
        canceled = self._ledger.cancel(session, caller.ids, reason=call.body.get("cancellation_reason"))
        return object_reply(visible_setup_intent(canceled, caller, call.body.get("expand", ())))

    def _open_session(self, call: Call, caller: Caller) -> PaymentSession:
        """The payment session, if its setup intent is still open. Raises StripeError."""
        session = session_of(self._ledger, call, caller, secret=call.body.get("client_secret"))
        # Checked first: a call whose result cannot be shown must have no effect.
        check_expandable(call.body.get("expand", ()))
        if not session.intent.is_open:
            raise unexpected_state(session, caller, f"its status is {session.intent.status}")
        return session

    def _confirmed(self, session: PaymentSession, call: Call, caller: Caller) -> Reply:
        token = self._confirmation_token(call)
        method = self._payment_method(session, call, caller, token)
        return_url = call.body.get("return_url") or (token.return_url if token is not None else None)
        try:
            followed = self._ledger.confirm(
                session,
                method,
                caller.ids,
                return_url=None if _uses_sdk(call.body, token) else return_url,
                authentication_requested=_requests_authentication(call.body),
            )
        except UnknownOutcomeError:
            raise _unknown_outcome(method) from None
        if token is not None:
            used = token.used_by(call.path["id"])
            self._ledger.confirmation_tokens.put(token.owner, token.id, used)
        intent = followed.intent
        if intent.error is not None:
            tried = intent.failed_method.as_body() if intent.failed_method else None
            raise decline_error(intent.error, payment_method=tried, setup_intent=visible_setup_intent(followed, caller))
        if intent.status == "canceled":
            raise unexpected_state(followed, caller, "it has expired")
        if intent.challenge is not None and intent.challenge.answer is not None:
            # The reply has the challenge; the next retrieval shows that it is answered.
            self._ledger.authenticate(followed, caller.ids, passed=intent.challenge.answer == "pass")
        return object_reply(visible_setup_intent(followed, caller, call.body.get("expand", ())))

    def _confirmation_token(self, call: Call) -> ConfirmationToken | None:
        name = call.body.get("confirmation_token")
        return unused_token(name, self._ledger) if name else None

    def _payment_method(
        self, session: PaymentSession, call: Call, caller: Caller, token: ConfirmationToken | None
    ) -> PaymentMethod:
        """The payment method to set up: that of the request, of its confirmation token, or of an update before.

        Raises StripeError: it does not exist, or its type is not offered.
        """
        entered, name = call.body.get("payment_method_data"), call.body.get("payment_method")
        if entered is not None:
            # Checked before the number is read.
            check_offered(entered["type"], "payment_method_data[type]", session.method_types, session, caller)
            method = self._entered(session, call, caller)
        elif name:
            method = named_method(name, caller, self._ledger)
        elif token is not None:
            method = token.payment_method(caller.ids)
        elif session.intent.status == "requires_confirmation" and session.intent.payment_method is not None:
            method = session.intent.payment_method
        else:
            raise unexpected_state(
                session,
                caller,
                "it has no payment method; send payment_method, payment_method_data or confirmation_token",
            )
        check_offered(method.type, "payment_method", session.method_types, session, caller)
        return method

    def _entered(self, session: PaymentSession, call: Call, caller: Caller) -> PaymentMethod:
        try:
            return entered_method(
                call.body["payment_method_data"],
                caller.ids,
                tokens=self._ledger.methods,
                since_endive=caller.uses_endive,
            )
        except EntryRefusedError as refused:
            if refused.decline.type == "card_error":
                session = self._ledger.refuse(session, refused.decline, caller.ids)
            raise entry_error(refused, setup_intent=visible_setup_intent(session, caller)) from None


def _uses_sdk(parameters: Mapping[str, Any], token: ConfirmationToken | None) -> bool:
    """Whether Stripe.js handles challenges. It handles those of a confirmation token unless the request denies it."""
    return parameters.get("use_stripe_sdk", token is not None) in _YES


def _requests_authentication(parameters: Mapping[str, Any]) -> bool:
    """Whether the client asks for 3-D Secure (https://docs.stripe.com/payments/3d-secure/authentication-flow)."""
    options = parameters.get("payment_method_options") or {}
    return (options.get("card") or {}).get("request_three_d_secure") in {"any", "challenge"}


def _unknown_outcome(method: PaymentMethod) -> StripeError:
    what = "card" if method.type == "card" else "bank account"
    return StripeError(
        status=400,
        message=f"The mock does not know the outcome of a setup with this {what}: nobody has published it. "
        "Choose a scenario with on_confirm, or another test number.",
        param="payment_method",
        refused="unknown-outcome",
    )
