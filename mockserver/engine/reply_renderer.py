"""What a stub says, made into a reply or a fault."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from mockserver.engine.namespaces import Namespace
from mockserver.errors import Violation
from mockserver.messages import ABSENT, Call, Fault, Reply
from mockserver.parsing.strict_json import write as as_json
from mockserver.parsing.strict_json import write_exactly
from mockserver.payments import FakeValues, PaymentSessions
from mockserver.payments.random_ids import RandomIds
from mockserver.scenarios import NO_DELAY, Delay, LiteralReply, PaymentSessionReply, PlannedFault

__all__ = ["RenderedReply", "ReplyRenderer", "as_json"]


class RenderedReply(NamedTuple):
    """A reply that was made; and the payment session, as a JSON value, that its body was written from, if it was.

    `of_no_use` is what a scenario says of Stripe's keys that Stripe.js would refuse.
    """

    reply: Reply
    session: Any = ABSENT
    of_no_use: tuple[Violation, ...] = ()


class ReplyRenderer:
    """Makes replies of what stubs say; the same draw makes the same reply."""

    def __init__(self, payment_sessions: PaymentSessions) -> None:
        self._payment_sessions = payment_sessions

    def reply(
        self,
        said: PaymentSessionReply | LiteralReply,
        call: Call,
        *,
        ids: RandomIds,
        namespace: Namespace,
        scenario: str | None = None,
    ) -> RenderedReply:
        """A reply, not yet held against the contract; `scenario` is the name of the one that says it."""
        fakes = FakeValues(ids.number())
        if isinstance(said, LiteralReply):
            headers, body = said.render(call, fakes)
            if body is ABSENT:
                return RenderedReply(Reply(status=said.status, headers=headers))
            raw = body.encode() if said.is_text and isinstance(body, str) else as_json(body)
            return RenderedReply(Reply(status=said.status, headers=headers, body=raw))
        headers, overrides = said.render(call, fakes)
        session = self._payment_sessions.create(
            call,
            ids,
            namespace=namespace.key,
            credential=namespace.credential,
            named=namespace.named,
            overrides=overrides,
            on_confirm=said.on_confirm,
            method_types=said.method_types,
            scenario=scenario,
        )
        body = session.as_body()
        text = None if overrides else write_exactly(body)
        if text is None:
            of_no_use = session.stripe.of_no_use() if session.stripe else ()
            return RenderedReply(Reply(status=said.status, headers=headers, body=as_json(body)), of_no_use=of_no_use)
        return RenderedReply(Reply(status=said.status, headers=headers, body=text), body)

    @staticmethod
    def fault(planned: PlannedFault, instead_of: Reply, *, delay: float) -> Fault:
        """A fault, committed instead of a reply."""
        return Fault(kind=planned.kind, reply=instead_of, chunks=planned.chunks, over=planned.over, delay=delay)

    @staticmethod
    def seconds(delay: Delay, ids: RandomIds) -> float:
        """How long to wait before the answer, in seconds."""
        if delay is NO_DELAY:
            return 0.0
        return delay.seconds(random.Random(ids.number()))  # noqa: S311  # a delay is no secret, and has to repeat
