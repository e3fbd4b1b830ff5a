"""Stripe's side: one request in, one reply or fault out, told once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from mockserver.contract import Contract
from mockserver.engine import Engine
from mockserver.errors import Refusal, Violation
from mockserver.exchange import ABSENT, Call, Fault, Reply, Request
from mockserver.journal import Entry
from mockserver.marks import own_headers, with_headers
from mockserver.namespaces import HEADER, Namespace, namespace_of, shown
from mockserver.payments import PaymentSession
from mockserver.payments.draws import Draw
from mockserver.redaction import redact
from mockserver.settings import own
from mockserver.stripe.asking import Asked, ask, unknown_parameters
from mockserver.stripe.caller import Caller
from mockserver.stripe.desk import desk
from mockserver.stripe.failures import Failure, refusal_failure, violations_failure
from mockserver.stripe.keys import Key, find_key, refuse_live
from mockserver.stripe.replays import Replays
from mockserver.stripe.replies import failed, refusal_kind

__all__ = ["StripeSide"]

# In a query or a form, percent-encoded or not, or in JSON.
_KEY_FIELD: Final = re.compile(r"""(?:^|[&{,\s])(?:"key"\s*:\s*"|key=)(pk_[A-Za-z0-9_-]+)""")
NOT_KEPT: Final = b"[not kept: what is refused may hold a card number]"
_SETUP_INTENT: Final = re.compile(r"/v1/setup_intents/([^/]+)")


@dataclass(slots=True)
class _Exchange:
    """What becomes known of one exchange on its way to the journal."""

    request: Request
    namespace: Namespace
    draw: Draw
    entry_id: str
    request_id: str
    operation: str | None = None
    path: dict[str, str] | None = None
    scenario: str | None = None
    about: str = ""
    sent: Any = ABSENT
    violations: tuple[Violation, ...] = ()


class StripeSide:
    """Answers in Stripe's place for the client secrets that an engine gives out; journalled with the engine's own.

    Nothing that it is given makes it raise. Its contract is read when the first request comes.
    """

    def __init__(self, engine: Engine, *, max_body: int) -> None:
        self._engine = engine
        self._max_body = max_body
        self._desk = desk(engine.ledger)
        self._replays = Replays()
        engine.on_reset(self._replays.reset)

    @cached_property
    def contract(self) -> Contract:
        """What is served here: spec/stripe.yaml."""
        return Contract.load(own("stripe.yaml"), max_body=self._max_body)

    def gives_way(self, path: str) -> bool:
        """Whether the contract that is served has this path itself."""
        return self._engine.contract.has_path(path)

    def handle(self, request: Request) -> Reply | Fault:
        """Answer one request: as the operation does it, or with an error that Stripe's libraries can read."""
        started = self._engine.clock()
        exchange = self._begin(request)
        outcome: Reply | Fault
        try:
            asked, call = self._understood(request, exchange)
            refuse_live(*asked.keys)
            caller = self._caller(asked, exchange)
            outcome = self._replays.once(
                call,
                namespace=exchange.namespace.key,
                caller=f"{asked.key}\0{asked.account}",
                about=exchange.about,
                request_id=exchange.request_id,
                answer=lambda: self._checked(self._answer(call, caller), call.operation),
            )
        except Refusal as refusal:
            exchange.violations = refusal.violations
            outcome = failed(refusal_failure(refusal))
        except Failure as failure:
            exchange.violations = failure.violations
            outcome = failed(failure)
        return self._journalled(outcome, exchange, started)

    def _begin(self, request: Request) -> _Exchange:
        # Whose state it is: the payment session's that gave out the setup intent or the key, else as everywhere.
        called = self._called(request)
        session = called or self._session_of_key(request)
        namespace = Namespace(session.owner, shown(session.owner), "") if session else namespace_of(request, ())
        draw, entry_id = self._engine.draw(namespace)
        return _Exchange(
            request,
            namespace,
            draw,
            entry_id,
            draw.stripe_id("req", 14),
            scenario=called.scenario if called else None,
            # A scenario may give a secret once more: what became of the former session is none of the new one's.
            about=f"{called.token}\0{called.created}" if called else "",
        )

    def _called(self, request: Request) -> PaymentSession | None:
        """The payment session whose setup intent is called.

        A scenario may have given the same secret to several callers: the one that is named, or whose key it is, is
        meant, else the latest.
        """
        match = _SETUP_INTENT.match(request.path)
        if match is None:
            return None
        sessions, name = self._engine.ledger.sessions, unquote(match[1])
        if not sessions.has_shared_setup_intent(name):
            return sessions.of_setup_intent(name, None)
        key, named = _sent_key(request), namespace_of(request, self._engine.contract.credential_places)
        of_key = sessions.of_key(key) if key else None
        owners = (named.key, of_key.owner if of_key else named.key)
        found = (sessions.of_setup_intent(name, owner) for owner in (*owners, None))
        return next(filter(None, found), None)

    def _session_of_key(self, request: Request) -> PaymentSession | None:
        """The latest payment session that gave out the publishable key; none for who names a namespace.

        A key that a scenario gave to several callers says nothing of whose it is.
        """
        sessions, key = self._engine.ledger.sessions, _sent_key(request)
        if key is None or HEADER in request.headers or sessions.has_shared_key(key):
            return None
        return sessions.of_key(key)

    def _understood(self, request: Request, exchange: _Exchange) -> tuple[Asked, Call]:
        """What is asked, held against the contract. Raises Refusal, Failure."""
        route = self.contract.route(request)
        operation = route.operation
        exchange.operation, exchange.path = operation.id, route.path
        asked = ask(request, operation)
        understood = self.contract.understand(asked.request, route)
        violations = [*understood.violations, *unknown_parameters(asked, operation, self.contract.document)]
        if violations:
            raise violations_failure(tuple(violations))
        exchange.sent = understood.call.body
        return asked, understood.call

    @staticmethod
    def _caller(asked: Asked, exchange: _Exchange) -> Caller:
        return Caller(
            key=None if asked.key is None else Key.of(asked.key),
            account=asked.account,
            owner=exchange.namespace.key,
            draw=exchange.draw,
            base=f"http://{asked.request.headers.get('host', 'localhost')}",
        )

    def _answer(self, call: Call, caller: Caller) -> Reply | Fault:
        try:
            return self._desk[call.operation](call, caller)
        except Failure as failure:
            return failed(failure)

    def _checked(self, outcome: Reply | Fault, operation_id: str) -> Reply | Fault:
        """The outcome, held against the contract like everything that is sent. Raises Refusal."""
        reply = outcome.reply if isinstance(outcome, Fault) else outcome
        violations = self.contract.reply_violations(operation_id, reply)
        if violations:
            detail = "What Stripe's side was about to say breaks its contract; this is a bug of the mock."
            raise Refusal("reply-violates-contract", detail, violations=tuple(violations))
        return outcome

    def _journalled(self, outcome: Reply | Fault, exchange: _Exchange, started: float) -> Reply | Fault:
        """The outcome with the mock's own headers, once it is in the journal."""
        own = own_headers(entry_id=exchange.entry_id, scenario=exchange.scenario, stub=None, reported=())
        sent = with_headers(outcome, [("request-id", exchange.request_id), *own])
        reply = sent.reply if isinstance(sent, Fault) else sent
        keeps = _may_be_kept(reply)
        self._engine.record(
            Entry(
                id=exchange.entry_id,
                at=started,
                owner=exchange.namespace.key,
                namespace=exchange.namespace.shown,
                request=exchange.request if keeps else _without_numbers(exchange.request),
                sent=exchange.sent if keeps else ABSENT,
                operation=exchange.operation,
                path=exchange.path or {},
                scenario=exchange.scenario,
                refused=refusal_kind(reply),
                violations=exchange.violations,
                outcome=sent,
                duration=self._engine.clock() - started,
            )
        )
        return sent


def _sent_key(request: Request) -> str | None:
    """The key, before it is known how the body is to be read."""
    found = find_key(request, {})
    if found is not None:
        return found
    field = _KEY_FIELD.search(unquote_plus(f"{request.query}&{request.body.decode('latin-1')}"))
    return field[1] if field else None


def _may_be_kept(reply: Reply) -> bool:
    """Whether what was sent holds no number of a real card: that must not even stay in memory.

    Of an error this is known only where it is about a payment method, which was then made of a test card.
    """
    return reply.status < 400 or (
        reply.body.startswith(b"{") and "payment_method" in json.loads(reply.body).get("error", {})
    )


def _without_numbers(request: Request) -> Request:
    """The request as far as it may be kept: a number can be written in more ways than any pattern knows."""
    names = [part.partition("=")[0] for part in request.query.split("&")] if request.query else []
    return replace(
        request, path=redact(request.path), query="&".join(map(redact, names)), body=NOT_KEPT if request.body else b""
    )
