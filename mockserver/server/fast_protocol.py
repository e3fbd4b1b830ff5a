"""Answers complete requests without a task for each of them."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.server.http_protocol import HttpProtocol
from mockserver.server.known_heads import KnownHead
from mockserver.server.malformed import MalformedError
from mockserver.web import Application, ASGIApp
from mockserver.web.app import RenderedAnswer
from mockserver.web.request_head import RequestHead


class FastHttpProtocol(HttpProtocol):
    """One connection. A request that arrives completely, together with its head, takes the fast path.

    Such a request is held back until its last byte is read; then `Application.answer_at_once` answers it, or returns an
    ASGI app for it. uvicorn handles every other request.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        app = self.app if isinstance(self.app, Application) else None
        self._answer_at_once = app.answer_at_once if app else None
        self._answer_when_stored = app.answer_when_stored if app and app.is_shared else None
        # The answer that is on its way. Meanwhile nothing is read.
        self._expected: asyncio.Task[RenderedAnswer | ASGIApp] | None = None
        self._closes = False
        self._later: ASGIApp | None = None
        self._is_held = False
        self._held_fields: list[tuple[bytes, bytes]] = []
        self._held_body: list[bytes] = []
        self._keeps_alive = False
        # The heads of the requests that were answered at once in the data that was read last.
        self._answered: list[KnownHead] = []
        # The answer to a request with a known head. The parser reads this request next.
        self._answer_to_known: RenderedAnswer | ASGIApp | None = None

    def data_received(self, data: bytes) -> None:
        """Read data. A request that is not complete afterwards is left to uvicorn."""
        if self._answer_known(data):
            return
        self._answered.clear()
        super().data_received(data)
        if self._is_held:
            self._release()
        elif len(self._answered) == 1:
            self.server_state.known_heads.add(data, self._answered[0])

    def _answer_known(self, data: bytes) -> bool:
        """Answer a request without the parser, if the same head was parsed before; returns whether it was possible."""
        found = self.server_state.known_heads.find(data)
        if (
            found is None
            or self._answer_at_once is None
            or self._waiting
            or self._rejected is not None
            or self.transport.is_closing()
            or not self._received.is_between_messages
            or not self._can_answer()
        ):
            return False
        known, body = found
        if self._answer_when_stored is not None:
            self._expect(self._answer_when_stored(known.head, body), known, data)
            return True
        answer = self._answer_at_once(known.head, body)
        if not isinstance(answer, RenderedAnswer):
            # The parser reads the request for uvicorn, which then runs this app.
            self._answer_to_known = answer
            return False
        self._write(answer, keeps_alive=known.keeps_alive)
        return True

    def _expect(self, answer: Coroutine[Any, Any, RenderedAnswer | ASGIApp], known: KnownHead, data: bytes) -> None:
        """Write an answer when it comes."""
        self._idle_since = None
        self.flow.pause_reading()
        self._expected = self.loop.create_task(answer)
        # The server waits for its tasks when it stops, and cancels them after the grace period.
        self.tasks.add(cast("asyncio.Task[None]", self._expected))
        self._expected.add_done_callback(partial(self._answer_expected, known, data))

    def _answer_expected(self, known: KnownHead, data: bytes, done: asyncio.Task[RenderedAnswer | ASGIApp]) -> None:
        self.tasks.discard(cast("asyncio.Task[None]", done))
        self._expected = None
        if self.transport.is_closing():
            return
        if done.cancelled():
            # The grace period of the server is over.
            self.transport.close()
            return
        answer = done.result()
        if isinstance(answer, RenderedAnswer):
            self._write(answer, keeps_alive=known.keeps_alive and not self._closes)
        else:
            # The parser reads the request for uvicorn, which then runs this app.
            self._answer_to_known = answer
            super().data_received(data)
            if self._is_held:
                self._release()
        self.flow.resume_reading()

    @property
    def _is_idle(self) -> bool:
        return self._expected is None and super()._is_idle

    def eof_received(self) -> bool | None:  # type: ignore[override] # as in HttpProtocol
        """Close when the client has finished sending, but not before an answer that is on its way."""
        if self._expected is None:
            return super().eof_received()
        self._closes = True
        return True

    def shutdown(self) -> None:
        """Close when all accepted requests are answered."""
        if self._expected is None:
            super().shutdown()
        else:
            self._closes = True

    def _can_answer(self) -> bool:
        """Whether a request that arrives now can be answered at once."""
        return (
            self._is_idle
            and not self.pipeline
            and not self.flow.write_paused
            and not self.server_state.stopping.is_set()
        )

    def _add_to_body(self, body: bytes) -> None:
        if self._is_held:
            self._held_body.append(body)
        else:
            super()._add_to_body(body)

    def _finish_request(self) -> None:
        """Answer a request that was held back. The data may contain another request after it."""
        if self._is_held:
            self._answer()
        else:
            super()._finish_request()

    def _start_request(self) -> None:
        self._is_held = (
            self._answer_at_once is not None
            and not self.expect_100_continue
            and self._can_answer()
            # uvicorn's URL parser handles fragments and rejects what is not ASCII.
            and self.url.isascii()
            and b"#" not in self.url
        )
        if self._is_held:
            self._held_fields = self.headers
            self._held_body = []
            self._keeps_alive = self.parser.should_keep_alive()
        else:
            super()._start_request()

    def _answer(self) -> None:
        if self.transport.is_closing() or self._answer_at_once is None:
            self._is_held = False
            return
        version = self.parser.get_http_version()
        head = RequestHead.parsed(self.parser.get_method(), self.url, version, self._held_fields)
        known = KnownHead(head, self._keeps_alive and not head.v1_0)
        answer, self._answer_to_known = self._answer_to_known, None
        if answer is None:
            answer = self._answer_at_once(head, b"".join(self._held_body))
            self._answered.append(known)
        if isinstance(answer, RenderedAnswer):
            self._is_held = False
            self._write(answer, keeps_alive=known.keeps_alive)
        else:
            self._later = answer
            self._release()
            super()._finish_request()

    def _write(self, answer: RenderedAnswer, *, keeps_alive: bool) -> None:
        """Write the whole reply; then keep the connection open or close it."""
        own = self.server_state.default_lines
        ending = b"\r\n" if keeps_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[answer.status], own, answer.lines, ending, answer.body)))
        self.server_state.total_requests += 1
        if self.server_state.collector is not None:
            self.server_state.collector.count_request()
        if not keeps_alive:
            self.transport.close()
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _release(self) -> None:
        """Leave a request that was held back to uvicorn, with the part of its body that has arrived."""
        self._is_held = False
        self.headers = self._held_fields
        super()._start_request()
        self.headers = []
        for part in self._held_body:
            super()._add_to_body(part)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        later, self._later = self._later, None
        super()._start_asgi_task(cycle, cast("ASGI3Application", later) if later else app)

    def _reject(self, problem: MalformedError) -> None:
        if self._is_held:
            self._release()
        super()._reject(problem)
