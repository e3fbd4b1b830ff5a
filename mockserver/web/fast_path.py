"""Prompt answers: a whole request whose reply waits for nothing needs neither a task nor ASGI's messages."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from mockserver.messages import Fault, Reply
from mockserver.web.access_log import AccessLog
from mockserver.web.access_policy import AccessPolicy
from mockserver.web.asgi_exchange import CONTROL_PREFIX
from mockserver.web.crash_reports import report_crash
from mockserver.web.dispatch import Dispatcher
from mockserver.web.problem_documents import internal_error
from mockserver.web.reply_messages import head_lines, sent_body
from mockserver.web.request_head import RequestHead

__all__ = ["FastPath", "PendingAnswer", "RenderedAnswer"]


class RenderedAnswer(NamedTuple):
    """A reply as it is written, but for what the server says itself: the first line, and a few fields of its own."""

    status: int
    lines: bytes
    body: bytes


class PendingAnswer(NamedTuple):
    """An answer that cannot be written at once: a fault, or a reply that is delayed."""

    answer: Reply | Fault
    besides: tuple[tuple[str, str], ...]
    started: float


class FastPath:
    """Answers requests to the contract's paths and to Stripe's; what else there is, `exchange` tells."""

    def __init__(self, *, sides: Dispatcher, access: AccessPolicy, log: AccessLog | None, max_body: int) -> None:
        self._sides = sides
        self._access = access
        self._log = log
        self._max_body = max_body

    def answer(self, head: RequestHead, body: bytes) -> RenderedAnswer | PendingAnswer | None:
        """The answer to a request that was read to its end; None when something else is asked for."""
        started = perf_counter()
        verdict = self._access.verdict(head)
        if (
            verdict.refused is not None
            or head.fields.coding
            or head.is_preflight
            or len(body) > self._max_body
            or head.path.startswith(CONTROL_PREFIX)
            or self._sides.page(head.path) is not None
        ):
            return None
        request = head.request(body)
        try:
            answer = self._sides.of(head.path).handle(request)
        except Exception as error:  # noqa: BLE001 - no bug of ours may look like an answer of the API
            report_crash(request, error)
            answer = internal_error()
        if isinstance(answer, Fault) or answer.delay > 0 or not 200 <= answer.status <= 599:
            return PendingAnswer(answer, verdict.headers, started)
        lines = head_lines(answer, besides=verdict.headers)
        if b"connection: " in lines:
            return PendingAnswer(answer, verdict.headers, started)
        sent = sent_body(answer, head.method)
        if self._log is not None:
            self._log.add(head, answer, seconds=perf_counter() - started, size=len(sent))
        return RenderedAnswer(answer.status, lines, sent)
