"""What a stub says, made into a reply or a fault."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from mockserver.contract.jsontext import write as as_json
from mockserver.contract.jsontext import write_exactly
from mockserver.errors import Violation
from mockserver.exchange import ABSENT, Call, Fault, Reply
from mockserver.namespaces import Namespace
from mockserver.payments import Fakes, PaymentSessions
from mockserver.payments.draws import Draw
from mockserver.scenarios import NO_DELAY, Delay, LiteralReply, PaymentSessionReply, PlannedFault

__all__ = ["Answers", "Made", "as_json"]


class Made(NamedTuple):
    """A reply that was made; and the payment session, as a JSON value, that its body was written from, if it was.

    `of_no_use` is what a scenario says of Stripe's keys that Stripe.js would refuse.
    """

    reply: Reply
    session: Any = ABSENT
    of_no_use: tuple[Violation, ...] = ()


class Answers:
    """Makes replies of what stubs say; the same draw makes the same reply."""

    def __init__(self, payment_sessions: PaymentSessions) -> None:
        self._payment_sessions = payment_sessions

    def reply(
        self,
        said: PaymentSessionReply | LiteralReply,
        call: Call,
        *,
        draw: Draw,
        namespace: Namespace,
        scenario: str | None = None,
    ) -> Made:
        """A reply, not yet held against the contract; `scenario` is the name of the one that says it."""
        fakes = Fakes(draw.number())
        if isinstance(said, LiteralReply):
            headers, body = said.render(call, fakes)
            if body is ABSENT:
                return Made(Reply(status=said.status, headers=headers))
            raw = body.encode() if said.is_text and isinstance(body, str) else as_json(body)
            return Made(Reply(status=said.status, headers=headers, body=raw))
        headers, overrides = said.render(call, fakes)
        session = self._payment_sessions.create(
            call,
            draw,
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
            return Made(Reply(status=said.status, headers=headers, body=as_json(body)), of_no_use=of_no_use)
        return Made(Reply(status=said.status, headers=headers, body=text), body)

    @staticmethod
    def fault(planned: PlannedFault, instead_of: Reply, *, delay: float) -> Fault:
        """A fault, committed instead of a reply."""
        return Fault(kind=planned.kind, reply=instead_of, chunks=planned.chunks, over=planned.over, delay=delay)

    @staticmethod
    def seconds(delay: Delay, draw: Draw) -> float:
        """How long to wait before the answer, in seconds."""
        if delay is NO_DELAY:
            return 0.0
        return delay.seconds(random.Random(draw.number()))  # noqa: S311  # a delay is no secret, and has to repeat
