"""The fast path: a complete request whose reply needs no waiting gets by without a task and without ASGI messages."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from mockserver.messages import Reply
from mockserver.web.access_log import AccessLog
from mockserver.web.dispatch import Decision, Dispatcher
from mockserver.web.reply_messages import head_lines, sent_body
from mockserver.web.request_body import Body, received_body
from mockserver.web.request_head import RequestHead

__all__ = ["FastPath", "PendingAnswer", "RenderedAnswer"]


class RenderedAnswer(NamedTuple):
    """A reply as bytes. The server adds the status line and its own header fields."""

    status: int
    lines: bytes
    body: bytes


class PendingAnswer(NamedTuple):
    """A decision that cannot be written at once, such as a fault or a delayed reply; `AsgiExchange` carries it out."""

    decision: Decision
    body: Body
    started: float


class FastPath:
    """Answers complete requests for one server."""

    def __init__(self, dispatcher: Dispatcher, *, log: AccessLog | None, max_body: int) -> None:
        self._dispatcher = dispatcher
        self._log = log
        self._max_body = max_body

    def answer(self, head: RequestHead, body: bytes) -> RenderedAnswer | PendingAnswer:
        """The answer to a request that has been received completely."""
        started = perf_counter()
        received = received_body(body, announced=head.fields.length, limit=self._max_body)
        decision = self._dispatcher.decide(head, received)
        reply = decision.outcome
        if (
            not isinstance(reply, Reply)
            or decision.before_body
            or not received.complete
            or reply.delay > 0
            or not 200 <= reply.status <= 599
        ):
            return PendingAnswer(decision, received, started)
        lines = head_lines(reply, headers=decision.headers)
        if b"connection: " in lines:
            return PendingAnswer(decision, received, started)
        sent = sent_body(reply, head.method)
        if self._log is not None:
            self._log.add(head, reply, seconds=perf_counter() - started, size=len(sent))
        return RenderedAnswer(reply.status, lines, sent)
