"""Renders the replies and faults that stubs describe."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from mockserver.delivery.plans import NO_DELAY, Delay, PlannedFault
from mockserver.engine.namespaces import Namespace
from mockserver.errors import Violation
from mockserver.messages import ABSENT, Call, Fault, Reply
from mockserver.parsing.json_writer import write_json, write_json_exactly
from mockserver.payments import FakeValues, Sessions
from mockserver.payments.random_ids import RandomIds
from mockserver.payments.session_template import SessionTemplate
from mockserver.scenarios import LiteralReply, PaymentSessionReply


class RenderedReply(NamedTuple):
    """A reply, before it is checked against the contract.

    `written` is the JSON value that the body was written from, if it reads back the same; else ABSENT. `unusable_keys`
    are the values of a scenario for Stripe's keys that Stripe.js would refuse.
    """

    reply: Reply
    written: Any = ABSENT
    unusable_keys: tuple[Violation, ...] = ()


class SessionPlan(NamedTuple):
    """What is known in advance about the replies of one stub to equal requests: only the made-up values differ."""

    reply: PaymentSessionReply
    namespace: Namespace
    headers: tuple[tuple[str, str], ...]
    template: SessionTemplate


class ReplyRenderer:
    """Renders replies. The same ids give the same reply.

    `account_required` says whether pages must name the connected account, unless a scenario decides it.
    """

    def __init__(self, payment_sessions: Sessions, *, account_required: bool = True) -> None:
        self._payment_sessions = payment_sessions
        self._account_required = account_required

    def reply(
        self,
        planned: PaymentSessionReply | LiteralReply,
        call: Call,
        *,
        ids: RandomIds,
        namespace: Namespace,
        scenario: str | None = None,
    ) -> RenderedReply:
        """The reply to a call. `scenario` is the name of the scenario that plans it."""
        if isinstance(planned, LiteralReply):
            return _literal(planned, call, ids)
        plan = call.plan
        if not isinstance(plan, SessionPlan) or plan.reply is not planned or plan.namespace is not namespace:
            plan = self._plan(planned, call, ids, namespace, scenario)
            if call.request.is_shared and planned.static:
                call.remember_plan(plan)
        session = self._payment_sessions.create(plan.template, ids)
        body = session.as_body()
        text = None if session.overrides else write_json_exactly(body)
        if text is None:
            unusable_keys = session.stripe.unusable_keys() if session.stripe else ()
            reply = Reply(status=planned.status, headers=plan.headers, body=write_json(body))
            return RenderedReply(reply, unusable_keys=unusable_keys)
        return RenderedReply(Reply(status=planned.status, headers=plan.headers, body=text), body)

    def _plan(
        self, planned: PaymentSessionReply, call: Call, ids: RandomIds, namespace: Namespace, scenario: str | None
    ) -> SessionPlan:
        headers, overrides = planned.render(call, FakeValues(ids.number))
        template = SessionTemplate(
            call,
            namespace=namespace.key,
            credential=namespace.credential,
            named=namespace.named,
            overrides=overrides,
            on_confirm=planned.on_confirm,
            method_types=planned.method_types,
            account_required=self._account_required if planned.account_required is None else planned.account_required,
            scenario=scenario,
        )
        return SessionPlan(planned, namespace, headers, template)

    @staticmethod
    def fault(planned: PlannedFault, reply: Reply, *, delay: float) -> Fault:
        """The fault that spoils a reply."""
        return Fault(kind=planned.kind, reply=reply, chunks=planned.chunks, over=planned.over, delay=delay)

    @staticmethod
    def seconds(delay: Delay, ids: RandomIds) -> float:
        """How long to wait before the answer, in seconds."""
        if delay is NO_DELAY:
            return 0.0
        return delay.seconds(random.Random(ids.number()))  # noqa: S311  # a delay is no secret, and has to repeat


def _literal(planned: LiteralReply, call: Call, ids: RandomIds) -> RenderedReply:
    headers, body = planned.render(call, FakeValues(ids.number))
    if body is ABSENT:
        return RenderedReply(Reply(status=planned.status, headers=headers))
    raw = body.encode() if planned.is_text and isinstance(body, str) else write_json(body)
    return RenderedReply(Reply(status=planned.status, headers=headers, body=raw))
