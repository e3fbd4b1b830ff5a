"""HTTP/1.1 on one connection: uvicorn's httptools protocol with stricter parsing and safer closing."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from mockserver.redaction.terminal import printable
from mockserver.server.base_protocol import BaseProtocol
from mockserver.server.connection_wire import ConnectionWire
from mockserver.server.malformed import MalformedError, problem_of, rejection
from mockserver.server.received_data import ReceivedData
from mockserver.server.server_state import ServerWideState
from mockserver.web.wire import WIRE

_logger = logging.getLogger("mockserver")

# In seconds: how long a rejected client may read the reason, and how long an idle connection stays open at the end.
_LINGER = 1.0
_IDLE_CLOSE = 0.05
# A step can be a request that is answered at once, in a tenth of a millisecond.
_STEPS_AT_ONCE = 200
_BYTES_IN_A_STEP = 320
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)([/?#].*)?", re.IGNORECASE | re.DOTALL)


class HttpProtocol(BaseProtocol):
    """One connection. Pipelined requests are answered in order; then malformed data is rejected."""

    server_state: ServerWideState

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._active: RequestResponseCycle | None = None
        self._in_head = False
        self._received = ReceivedData()
        self._rejected: MalformedError | None = None
        self._waiting = b""
        self._idle_since: float | None = None

    @property
    def _is_idle(self) -> bool:
        return self._active is None or self._active.response_complete or self._active.disconnected

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Open the connection; close it soon if the server is stopping."""
        super().connection_made(transport)
        if self.server_state.stopping.is_set():
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered that its client has disconnected."""
        super().connection_lost(exc)
        # uvicorn tells only the last request; with pipelining, the first one is being answered.
        if self._active is not None and not self._active.response_complete:
            self._active.disconnected = True
            self._active.message_event.set()

    def eof_received(self) -> bool | None:  # type: ignore[override] # asyncio asks for a bool, uvicorn gives none
        """Close when the client has finished sending, but not before an immediate reply."""
        while self._waiting:
            self._read_waiting()
        if self._is_idle or self.cycle.more_body:
            return None
        # The client has disconnected, or it has only finished sending. Then an immediate reply still reaches it.
        self.loop.call_later(_IDLE_CLOSE, self.transport.close)
        return True

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls the callbacks below."""
        self._idle_since = None
        if self._waiting:
            self._waiting += data
        else:
            self._read(data)

    def _read(self, data: bytes) -> None:
        """Feed the parser a limited number of pieces. The rest waits until other connections were served."""
        if self._received.starts_with_head(data):
            self._feed(data)
            return
        start = steps = 0
        while start < len(data) and self._rejected is None:
            if steps >= _STEPS_AT_ONCE:
                self._waiting = data[start:]
                # Otherwise data would arrive faster than it is read.
                self.transport.pause_reading()
                self.loop.call_soon(self._read_waiting)
                return
            piece = self._received.piece(data, start)
            start += len(piece)
            steps += 1 + len(piece) // _BYTES_IN_A_STEP
            self._feed(piece)

    def _read_waiting(self) -> None:
        """Continue with data that waits."""
        data, self._waiting = self._waiting, b""
        if not data or self.transport.is_closing():
            return
        self.data_received(data)
        if not self._waiting and not self.flow.read_paused:
            self.transport.resume_reading()

    def _feed(self, piece: bytes) -> None:
        """Feed the parser one piece of the data."""
        rest: list[bytes | memoryview] = [piece]
        while rest:
            data = rest.pop()
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                if self.parser.get_method() == b"CONNECT":
                    self._reject(MalformedError("The mock is not a proxy: CONNECT is not supported."))
                    return
                # RFC 9110, section 7.8: an offer to upgrade may be ignored. httptools treats it as accepted and ends
                # the message after its head. So a new parser reads the head again without the offer, then the rest.
                # (The old parser would stop if the connection is to be closed.)
                rest = [memoryview(data)[offer.args[0] :], self._head_without_offer()]
                self.parser = self._new_parser()
            except httptools.HttpParserError as error:
                self._reject(problem_of(error, piece))
                return
        if excess := self._received.excess:
            self._reject(MalformedError(excess, 431))

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Start a request, or reject one that is not allowed."""
        self._in_head = False
        if excess := self._received.excess:
            raise MalformedError(excess, 431)
        self._received.begin_body(self.headers)
        if self.parser.should_upgrade():
            super().on_headers_complete()
            return
        version = self.parser.get_http_version()
        if version == "1.0":
            # RFC 9110, section 10.1.1: HTTP/1.0 has no "100 Continue".
            self.expect_100_continue = False
        elif version != "1.1":
            raise MalformedError("The mock speaks HTTP/1.1 and HTTP/1.0.", 505)
        if not self.url.startswith(b"/"):
            self._take_authority()
        self._start_request()
        # Trailer fields are not header fields: a credential or a second Host in them would bypass the checks.
        self.headers = []

    def on_chunk_header(self) -> None:
        """Note that a chunk begins."""
        self._received.add_chunk()

    def on_body(self, body: bytes) -> None:
        """Receive a part of the body."""
        self._received.add_content(len(body))
        self._add_to_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has been received completely."""
        if excess := self._received.excess:
            raise MalformedError(excess, 431)
        self._received.end_body()
        self._finish_request()

    def _start_request(self) -> None:
        """Continue with a request whose head is complete."""
        super().on_headers_complete()

    def _add_to_body(self, body: bytes) -> None:
        """Continue with a request of which a part of the body has been received."""
        super().on_body(body)

    def _finish_request(self) -> None:
        """Continue with a request that has been received completely."""
        super().on_message_complete()

    def _should_upgrade(self) -> bool:
        # uvicorn must not act when the offer is read for the first time.
        return True

    def _head_without_offer(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method(), b" ", self.url, b" HTTP/", version, b"\r\n"]
        lines += [b"%b: %b\r\n" % (name, value) for name, value in self.headers if name != b"upgrade"]
        return b"".join([*lines, b"\r\n"])

    def _take_authority(self) -> None:
        """Turn the absolute form (for proxies) into a path; its authority is the Host (RFC 9112, section 3.2.2)."""
        found = _ABSOLUTE.fullmatch(self.url)
        if found is None:
            raise MalformedError("The request target must be a path or an http URL.")
        rest = found[2] or b""
        self.url = rest if rest.startswith(b"/") else b"/" + rest
        self.headers[:] = [(name, found[1] if name == b"host" else value) for name, value in self.headers]

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._active = cycle
        scope: Any = cycle.scope
        scope["extensions"] = {WIRE: ConnectionWire(cycle, self.transport, self.server_state.stopping)}
        if self.server_state.stopping.is_set() and not self.pipeline:
            cycle.keep_alive = False
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Continue with the next request, if there is one."""
        super().on_response_complete()
        if self.server_state.collector is not None:
            self.server_state.collector.count_request()
        self._idle_since = self.loop.time()
        if self._rejected is not None and self._is_idle:
            self._send_rejection(self._rejected)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was idle for too long. One timer for all requests is cheaper than one for each."""
        self.timeout_keep_alive_task = None
        if self._idle_since is not None:
            left = self._idle_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
            else:
                super().timeout_keep_alive_handler()

    def _reject(self, problem: MalformedError) -> None:
        """Stop reading. Requests that were accepted before are answered first, then the problem is reported."""
        _logger.warning("A client sent malformed HTTP: %s", printable(str(problem)))
        self._rejected = problem
        if self._in_head or self.cycle is None or not self.cycle.more_body:
            pass
        elif self.cycle is not self._active:
            self.pipeline.popleft()
        elif not self.cycle.response_complete:
            # The body cannot be read, so for the app the client has disconnected.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        if self._is_idle:
            self._send_rejection(problem)

    def _send_rejection(self, problem: MalformedError) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(rejection(problem, self.server_state.default_headers))
        # The client may still be sending. If the connection was closed now, it would be reset and the reply lost.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.close)

    def shutdown(self) -> None:
        """Close when all accepted requests are answered."""
        if self._is_idle:
            # A request may already be on its way.
            self.loop.call_later(_IDLE_CLOSE, self._close_if_idle)
        else:
            super().shutdown()

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.transport.close()
