"""Prompt answers: a whole request whose reply waits for nothing needs neither a task nor ASGI's messages."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from mockserver.exchange import Fault, Reply
from mockserver.web.accesslog import AccessLog
from mockserver.web.crashes import report_crash
from mockserver.web.edge import Edge
from mockserver.web.exchange import CONTROL_PREFIX
from mockserver.web.head import Head
from mockserver.web.problems import internal_error
from mockserver.web.sending import head_lines, sent_body
from mockserver.web.sides import Sides

__all__ = ["Late", "Prompt", "Ready"]


class Ready(NamedTuple):
    """A reply as it is written, but for what the server says itself: the first line, and a few fields of its own."""

    status: int
    lines: bytes
    body: bytes


class Late(NamedTuple):
    """An answer that cannot be written at once: a fault, or a reply that is delayed."""

    answer: Reply | Fault
    besides: tuple[tuple[str, str], ...]
    started: float


class Prompt:
    """Answers requests to the contract's paths and to Stripe's; what else there is, `exchange` tells."""

    def __init__(self, *, sides: Sides, edge: Edge, log: AccessLog | None, max_body: int) -> None:
        self._sides = sides
        self._edge = edge
        self._log = log
        self._max_body = max_body

    def answer(self, head: Head, body: bytes) -> Ready | Late | None:
        """The answer to a request that was read to its end; None when something else is asked for."""
        started = perf_counter()
        verdict = self._edge.verdict(head)
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
            return Late(answer, verdict.headers, started)
        lines = head_lines(answer, besides=verdict.headers)
        if b"connection: " in lines:
            return Late(answer, verdict.headers, started)
        sent = sent_body(answer, head.method)
        if self._log is not None:
            self._log.add(head, answer, seconds=perf_counter() - started, size=len(sent))
        return Ready(answer.status, lines, sent)
