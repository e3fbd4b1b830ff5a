"""Stripe's API: one request in, one reply or fault out."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.contract.unread_bodies import with_limited_body
from mockserver.engine.engine import Engine
from mockserver.engine.namespaces import HEADER, Namespace, namespace_of, shown
from mockserver.engine.recording import Recording
from mockserver.errors import Refusal
from mockserver.messages import ABSENT, Call, Fault, Reply, Request
from mockserver.payments import PaymentSession
from mockserver.redaction.redact import redact
from mockserver.settings import own_file
from mockserver.storage.made_once import made_once
from mockserver.stripe.api_keys import ApiKey, refuse_live, refuse_unknown_format, sent_key
from mockserver.stripe.called_session import called_session
from mockserver.stripe.caller import Caller
from mockserver.stripe.idempotency import IdempotentReplies, echoed_key
from mockserver.stripe.stripe_errors import StripeError, refusal_error, violations_error
from mockserver.stripe.stripe_operations import stripe_operations
from mockserver.stripe.stripe_replies import error_reply, refusal_kind
from mockserver.stripe.stripe_request import StripeRequest, read_request, unknown_parameters

MAX_BODY: Final = 64 * 1024
"""The limit for bodies, in bytes. The largest calls, those with 50 long values in `metadata`, have half of it."""

NOT_KEPT: Final = b"[not kept: a refused body may contain a card number]"


class StripeApi:
    """Answers for the client secrets that an engine gives out. Its exchanges are recorded with those of the engine."""

    def __init__(self, engine: Engine, *, max_body: int) -> None:
        self._engine = engine
        self._max_body = max_body
        self._operations = stripe_operations(engine.ledger)
        self._replies = IdempotentReplies(engine.state.keyed_values)
        # The request that `missing` has read.
        self._read_ahead: tuple[Request, StripeRequest] | None = None

    @made_once
    def contract(self) -> Contract:
        """spec/stripe.yaml, which is read when the first request comes."""
        return Contract.load(own_file("stripe.yaml"), max_body=self._max_body)

    @property
    def is_prepared(self) -> bool:
        """Whether the contract is read, and everything imported that a request can need."""
        return StripeApi.contract.is_made(self) and self.contract.is_prepared

    def missing(self, request: Request) -> Callable[[], object] | None:
        """The next slow step before a request can be answered; None if nothing is missing. Any thread can run it."""
        if not StripeApi.contract.is_made(self):
            return lambda: self.contract
        request = with_limited_body(request, MAX_BODY, api="Stripe's API")
        try:
            read = read_request(request, self.contract.route(request).operation)
        except Refusal:
            return None
        self._read_ahead = request, read
        return self.contract.missing(read.request)

    def handle(self, request: Request) -> Reply | Fault:
        """Answer one request: as the operation does it, or with an error that Stripe's libraries can read."""
        request = with_limited_body(request, MAX_BODY, api="Stripe's API")
        session = called_session(self._engine.ledger.sessions, request, self._engine.contract.credential_places)
        recording = self._begin(request, session)
        request_id = recording.ids.stripe_id("req", 14)
        outcome: Reply | Fault
        try:
            stripe_request, call = self._understand(recording)
            refuse_live(*stripe_request.keys)
            caller = _caller(stripe_request, recording)
            outcome = self._replies.once(
                call,
                namespace=recording.namespace.key,
                caller=f"{stripe_request.key}\0{stripe_request.account}",
                # Several sessions of a scenario can share a client secret; replays must not cross between them.
                subject=f"{session.token}\0{session.created}" if session else "",
                request_id=request_id,
                answer=lambda: self._checked(self._answer(call, caller), call.operation),
            )
        except Refusal as refusal:
            recording.entry.violations = refusal.violations
            outcome = error_reply(refusal_error(refusal, request))
        except StripeError as error:
            recording.entry.violations = error.violations
            outcome = error_reply(error)
        reply = outcome.reply if isinstance(outcome, Fault) else outcome
        recording.entry.refused = refusal_kind(reply)
        if recording.entry.refused is not None:
            recording.entry.scenario = None
        if not _may_be_kept(reply):
            recording.entry.request, recording.entry.sent = _without_numbers(request), ABSENT
        return self._engine.recorder.finish(
            recording, outcome, headers=(("request-id", request_id), *echoed_key(request))
        )

    def _begin(self, request: Request, called: PaymentSession | None) -> Recording:
        """The recording, in the namespace of the session that gave out the setup intent or the key, if there is one."""
        session = called or self._session_of_key(request)
        namespace = Namespace(session.owner, shown(session.owner), "") if session else namespace_of(request, ())
        recording = self._engine.recorder.begin(request, namespace)
        recording.entry.scenario = called.scenario if called else None
        return recording

    def _session_of_key(self, request: Request) -> PaymentSession | None:
        """The most recent payment session that gave out the publishable key.

        None if the request names a namespace, or if a scenario gave the key to several callers.
        """
        sessions, key = self._engine.ledger.sessions, sent_key(request)
        if key is None or HEADER in request.headers or sessions.has_shared_key(key):
            return None
        return sessions.of_key(key)

    def _understand(self, recording: Recording) -> tuple[StripeRequest, Call]:
        """The request in the contract's terms and the call that it makes. Raises Refusal, StripeError."""
        route = recording.route(self.contract)
        stripe_request = self._read(recording.entry.request, route.operation)
        if stripe_request.key is not None:
            refuse_unknown_format(stripe_request.key)
        understood = self.contract.understand(stripe_request.request, route)
        violations = [
            *understood.violations,
            *unknown_parameters(stripe_request, route.operation, self.contract.document),
        ]
        if violations:
            raise violations_error(tuple(violations))
        recording.entry.sent = understood.call.body
        return stripe_request, understood.call

    def _read(self, request: Request, operation: Operation) -> StripeRequest:
        """The request in the contract's terms. `missing` has often read it already."""
        ahead, self._read_ahead = self._read_ahead, None
        return ahead[1] if ahead is not None and ahead[0] is request else read_request(request, operation)

    def _answer(self, call: Call, caller: Caller) -> Reply | Fault:
        try:
            return self._operations[call.operation](call, caller)
        except StripeError as error:
            return error_reply(error)

    def _checked(self, outcome: Reply | Fault, operation_id: str) -> Reply | Fault:
        """The outcome, if it is valid under the contract. Raises Refusal."""
        reply = outcome.reply if isinstance(outcome, Fault) else outcome
        violations = self.contract.reply_violations(operation_id, reply)
        if violations:
            detail = "The reply of the mock breaks spec/stripe.yaml; this is a bug of the mock."
            raise Refusal("reply-violates-contract", detail, violations=tuple(violations))
        return outcome


def _caller(request: StripeRequest, recording: Recording) -> Caller:
    return Caller(
        key=None if request.key is None else ApiKey.of(request.key),
        account=request.account,
        owner=recording.namespace.key,
        ids=recording.ids,
        version=request.request.headers.get("stripe-version", ""),
        base=f"{request.request.scheme}://{request.request.headers.get('host', 'localhost')}",
    )


def _may_be_kept(reply: Reply) -> bool:
    """Whether the request cannot contain the number of a real card; such a number must not stay in memory.

    After an error this is certain only if the error is about a payment method, which then was made from a test card.
    """
    return reply.status < 400 or (
        reply.body.startswith(b"{") and "payment_method" in json.loads(reply.body).get("error", {})
    )


def _without_numbers(request: Request) -> Request:
    """The part of the request that may be kept. No pattern finds every way to write a card number."""
    names = [part.partition("=")[0] for part in request.query.split("&")] if request.query else []
    return replace(
        request, path=redact(request.path), query="&".join(map(redact, names)), body=NOT_KEPT if request.body else b""
    )
