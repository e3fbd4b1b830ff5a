"""One exchange over ASGI, from reading the body to the line in the access log."""

from time import perf_counter

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.messages import Reply
from mockserver.redaction.redactor import Redactor
from mockserver.web.access_log import AccessLog
from mockserver.web.content_codings import decoded
from mockserver.web.dispatch import Decision, Dispatcher
from mockserver.web.fault_injection import FaultInjector
from mockserver.web.large_requests import is_large
from mockserver.web.own_replies import internal_error, report_crash
from mockserver.web.page_paths import PROBES
from mockserver.web.reply_messages import head_message, merged_headers, sent_body
from mockserver.web.request_body import NOT_READ, Body, discard, read_body
from mockserver.web.request_head import RequestHead
from mockserver.web.wire import REQUEST, pause, wire_of


class AsgiExchange:
    """Sends what the dispatcher decides about one request."""

    __slots__ = ("_body", "_head", "_headers", "_log", "_receive", "_redactor", "_scope", "_send", "_started", "_wire")

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        redactor: Redactor,
        log: AccessLog | None,
        started: float | None = None,
        head: RequestHead | None = None,
    ) -> None:
        self._started = perf_counter() if started is None else started
        self._scope = scope
        self._receive = receive
        self._send = send
        self._redactor = redactor
        self._log = log
        self._wire = wire_of(scope)
        self._head = RequestHead.of(scope) if head is None else head
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = NOT_READ

    async def run(self, dispatcher: Dispatcher, *, max_body: int) -> None:
        """Ask for a decision by the head alone, then by head and body, and carry it out."""
        decision = await dispatcher.decide_head(self._head)
        if decision.outcome is None:
            body = await read_body(self._receive, announced=self._head.fields.length, limit=max_body)
            if body is None:
                self._note(None)
                return
            if self._head.fields.content_coding:
                body = decoded(body, coding=self._head.fields.content_coding, limit=max_body)
            self._body = body
            if is_large(self._head, body.data):
                decision = await dispatcher.decide_large(self._head, body)
            else:
                decision = await dispatcher.decide_when_ready(self._head, body)
        await self._carry_out(decision)

    async def deliver(self, decision: Decision, body: Body) -> None:
        """Carry out a decision about a request that has been received completely."""
        if not decision.before_body:
            if body.complete:
                await self._receive()
            self._body = body
        await self._carry_out(decision)

    async def _carry_out(self, decision: Decision) -> None:
        answer, self._headers = decision.outcome, decision.headers
        if callable(answer):
            await self._delegate(answer)
            return
        if answer is None:
            return
        if answer.delay > 0:
            await pause(self._wire, answer.delay)
        if isinstance(answer, Reply):
            await self._reply(answer)
            return
        injector = FaultInjector(
            method=self._head.method, headers=self._headers, wire=self._wire, receive=self._receive, send=self._send
        )
        await injector.inject(answer)
        self._note(answer.reply, fault=answer.kind)

    async def _reply(self, reply: Reply) -> None:
        # The connection has no future while the client is still sending.
        close = self._has_unread_body
        try:
            start = head_message(reply, headers=self._headers, close=close)
        except ValueError as error:
            report_crash(self._head.request(), error, self._redactor)
            reply = internal_error()
            start = head_message(reply, headers=self._headers, close=close)
        data = sent_body(reply, self._head.method)
        await self._send(start)
        await self._send_last(data)
        self._note(reply, size=len(data))

    async def _delegate(self, app: ASGIApp) -> None:
        """Hand the request to an ASGI app; its reply gets the same headers and is logged like every other."""
        request = self._head.request(self._body)
        head: Reply | None = None
        size = 0

        async def send(message: Message) -> None:
            nonlocal head, size
            if message["type"] == "http.response.start":
                message, head = self._with_headers(message)
            else:
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._send_last(message.get("body", b""))
                    return
            await self._send(message)

        scope = {**self._scope, "root_path": "", "path": self._head.decoded_path, REQUEST: request}
        try:
            await app(scope, self._receive, send)
        except ClientDisconnect:
            # From ASGI spec version 2.4 on, the end of a stream is an error that Starlette raises.
            pass
        except Exception as error:  # noqa: BLE001 - Starlette has answered; the log has to show the bug
            report_crash(request, error, self._redactor)
        if request.path not in PROBES or head is None or head.status != 200:
            self._note(head, size=size)

    def _with_headers(self, message: Message) -> tuple[Message, Reply]:
        headers = merged_headers(message["headers"], self._headers)
        if self._has_unread_body:
            headers.append((b"connection", b"close"))
        logged = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        return {**message, "headers": headers}, Reply(status=message["status"], headers=tuple(logged))

    async def _send_last(self, data: bytes) -> None:
        """Send the end of a reply; a client that is still sending gets it at once, and is listened to for a while."""
        if self._has_unread_body:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
            await discard(self._receive, expecting=self._head.fields.expects_continue)
            data = b""
        await self._send({"type": "http.response.body", "body": data})

    @property
    def _has_unread_body(self) -> bool:
        return not self._body.complete and self._head.announces_body

    def _note(self, reply: Reply | None, *, size: int = 0, fault: str | None = None) -> None:
        if self._log is not None:
            seconds = perf_counter() - self._started
            self._log.add(self._head, reply, seconds=seconds, size=size, fault=fault)
