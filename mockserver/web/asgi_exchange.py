"""One exchange over HTTP, from the first look at the head to the line in the log."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from starlette.types import Receive, Scope, Send

from mockserver.errors import Refusal
from mockserver.messages import Fault, Reply, Request
from mockserver.web.access_log import AccessLog
from mockserver.web.access_policy import AccessPolicy
from mockserver.web.core import ControlPart, Core
from mockserver.web.crash_reports import report_crash
from mockserver.web.dispatch import Dispatcher
from mockserver.web.fault_injection import FaultInjector
from mockserver.web.origin_rules import preflight_headers
from mockserver.web.problem_documents import internal_error, malformed_http, refused
from mockserver.web.reply_messages import head_message, sent_body
from mockserver.web.request_body import NOT_READ, Body, discard, read_body
from mockserver.web.request_head import RequestHead
from mockserver.web.streaming import stream
from mockserver.web.wire import pause, wire_of

__all__ = ["CONTROL_PREFIX", "AsgiExchange"]

CONTROL_PREFIX = "/__mock/"


class AsgiExchange:
    """One request and what it leads to. Requests to the contract's paths pass through no framework: time counts here."""

    __slots__ = ("_besides", "_core", "_head", "_log", "_receive", "_scope", "_send", "_started", "_wire")

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        core: Core,
        log: AccessLog | None,
        started: float | None = None,
    ) -> None:
        self._started = perf_counter() if started is None else started
        self._scope = scope
        self._receive = receive
        self._send = send
        self._core = core
        self._log = log
        self._wire = wire_of(scope)
        self._head = RequestHead.of(scope)
        self._besides: tuple[tuple[str, str], ...] = ()

    async def run(
        self, access: AccessPolicy, control: Callable[[], ControlPart], sides: Dispatcher, *, max_body: int
    ) -> None:
        """The edge decides by the head alone, then the body is read, then one of the sides answers."""
        head = self._head
        verdict = access.verdict(head)
        self._besides = verdict.headers
        if head.fields.coding not in (b"", b"chunked"):
            await self._answer(malformed_http("The only transfer coding known here is chunked.", status=501), NOT_READ)
        elif (refusal := verdict.refusal) is not None:
            request = head.request()
            await self._answer(self._guarded(request, lambda: self._core.refuse(request, refusal)), NOT_READ)
        elif head.is_preflight:
            await self._answer(Reply(status=204, headers=preflight_headers(head.headers)), NOT_READ)
        elif (body := await read_body(self._receive, announced=head.fields.length, limit=max_body)) is None:
            self._note(None)
        elif (page := sides.page(head.path)) is not None:
            request = head.request()
            await self._answer(self._guarded(request, lambda: page.handle(request)), body)
        elif not head.path.startswith(CONTROL_PREFIX):
            request = head.request(body.data, oversized=body.oversized)
            await self._answer(self._guarded(request, lambda: sides.of(head.path).handle(request)), body)
        elif body.oversized:
            await self._answer(refused(Refusal("too-large", f"At most {max_body} bytes of body are read.")), body)
        else:
            await self._control(control(), head.request(body.data), body)

    async def deliver(self, answer: Reply | Fault, *, besides: tuple[tuple[str, str], ...]) -> None:
        """What a request that is there as a whole was answered before: it is taken, and not looked at again."""
        self._besides = besides
        await self._receive()
        await self._answer(answer, Body())

    def _guarded(self, request: Request, act: Callable[[], Reply | Fault]) -> Reply | Fault:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - no bug of ours may look like an answer of the API
            report_crash(request, error)
            return internal_error()

    async def _answer(self, answer: Reply | Fault, body: Body) -> None:
        if answer.delay > 0:
            await pause(self._wire, answer.delay)
        if isinstance(answer, Reply):
            await self._reply(answer, body)
        else:
            faults = FaultInjector(
                method=self._head.method, besides=self._besides, wire=self._wire, receive=self._receive, send=self._send
            )
            await faults.commit(answer)
            self._note(answer.reply, fault=answer.kind)

    async def _reply(self, reply: Reply, body: Body) -> None:
        head = self._head
        # Who is still sending is answered at once; the connection has no future then.
        unread = not body.complete and head.announces_body
        try:
            start = head_message(reply, besides=self._besides, close=unread)
        except ValueError as error:
            report_crash(head.request(), error)
            reply = internal_error()
            start = head_message(reply, besides=self._besides, close=unread)
        data = sent_body(reply, head.method)
        await self._send(start)
        if unread:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
            self._note(reply, size=len(data))
            await discard(self._receive, asked=head.fields.expects_continue)
            await self._send({"type": "http.response.body", "body": b""})
        else:
            await self._send({"type": "http.response.body", "body": data})
            self._note(reply, size=len(data))

    async def _control(self, control: ControlPart, request: Request, body: Body) -> None:
        try:
            answer = control.handle(request)
        except Exception as error:  # noqa: BLE001 - as above
            report_crash(request, error)
            answer = internal_error()
        if isinstance(answer, Reply):
            await self._reply(answer, body)
            return
        head, source = answer
        size = await stream(
            head, source, besides=self._besides, wire=self._wire, receive=self._receive, send=self._send
        )
        self._note(head, size=size)

    def _note(self, reply: Reply | None, *, size: int = 0, fault: str | None = None) -> None:
        if self._log is not None:
            seconds = perf_counter() - self._started
            self._log.add(self._head, reply, seconds=seconds, size=size, fault=fault)
