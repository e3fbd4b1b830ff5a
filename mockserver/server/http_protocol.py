"""HTTP/1.1 on one connection: uvicorn's protocol over httptools, made strict where it is lax and patient where it is not."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import struct
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mockserver.web.own_replies import malformed_http
from mockserver.web.reply_messages import head_message
from mockserver.web.wire import WIRE

__all__ = ["HttpProtocol", "MalformedError", "State"]

_logger = logging.getLogger("mockserver")

_LONGEST_HEAD = 64 * 1024
# How long a client that was turned away may take to read why, and an idle one to let go at the end, in seconds.
_LINGER = 1.0
_PARTING = 0.05
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)([/?#].*)?", re.IGNORECASE | re.DOTALL)


class State(ServerState):
    """What all connections of one server share."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = asyncio.Event()


class MalformedError(Exception):
    """Raised in a callback of the parser: this is not HTTP as we speak it. The text is meant for the client."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


class _ConnectionWire:
    """One request's connection, for the app."""

    __slots__ = ("_cycle", "_protocol")

    def __init__(self, protocol: HttpProtocol, cycle: RequestResponseCycle) -> None:
        self._protocol = protocol
        self._cycle = cycle

    @property
    def stopping(self) -> asyncio.Event:
        return self._protocol.server_state.stopping

    def close(self) -> None:
        # As if the client had gone: uvicorn does not miss the rest of the reply then.
        self._cycle.disconnected = True
        self._protocol.transport.close()

    def reset(self) -> None:
        self._cycle.disconnected = True
        transport = self._protocol.transport
        # Closed without lingering: what is unsent is dropped and the peer gets a reset (RFC 9293, section 3.9.1).
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class HttpProtocol(HttpToolsProtocol):
    """One connection: pipelined requests are answered in their order, and then what could not be read."""

    server_state: State

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._active: RequestResponseCycle | None = None
        self._in_head = False
        self._head_size = 0
        self._rejected: MalformedError | None = None
        self._rests_since: float | None = None

    @property
    def _is_idle(self) -> bool:
        return self._active is None or self._active.response_complete or self._active.disconnected

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Begins; and ends soon, when the server is stopping."""
        super().connection_made(transport)
        if self.server_state.stopping.is_set():
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells the request that is being answered that its client has gone."""
        super().connection_lost(exc)
        # uvicorn tells the last request only; with pipelining it is the first that is being answered.
        if self._active is not None and not self._active.response_complete:
            self._active.disconnected = True
            self._active.message_event.set()

    def eof_received(self) -> bool | None:  # type: ignore[override] # asyncio asks for a bool, uvicorn gives none
        """Closes when the client will say no more, though not before a reply that comes at once."""
        if self._is_idle or self.cycle.more_body:
            return None
        # Has the client gone, or has it only said all it had to say? A reply that comes at once still reaches it.
        self.loop.call_later(_PARTING, self.transport.close)
        return True

    def data_received(self, data: bytes) -> None:
        """Feeds the parser; what the callbacks below do not do follows from that."""
        self._rests_since = None
        if self._rejected is not None:
            return
        pieces: list[bytes | memoryview] = [data]
        while pieces:
            piece = pieces.pop()
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade as offer:
                if self.scope["method"] == "CONNECT":
                    self._reject(MalformedError("The mock is no proxy: it does not CONNECT."))
                    return
                # RFC 9110, section 7.8: an offer to upgrade may be ignored. httptools takes it as accepted and ends the
                # message after its head, so the head is read again without the offer, and then what follows it; by a new
                # parser, as the old one goes no further where the connection was to be closed.
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                pieces = [memoryview(piece)[offer.args[0] :], self._head_without_offer()]
            except httptools.HttpParserError as error:
                self._reject(_problem(error, data))
                return
        self._head_size = self._head_size + len(data) if self._in_head else 0
        if self._head_size > _LONGEST_HEAD:
            self._reject(MalformedError(f"The head of a request may have {_LONGEST_HEAD} bytes.", 431))

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Starts a request, or turns away what should not become one."""
        self._in_head = False
        if self.parser.should_upgrade():
            super().on_headers_complete()
            return
        version = self.parser.get_http_version()
        if version == "1.0":
            # RFC 9110, section 10.1.1: HTTP/1.0 does not know the answer.
            self.expect_100_continue = False
        elif version != "1.1":
            raise MalformedError("The mock speaks HTTP/1.1 and HTTP/1.0.", 505)
        if not self.url.startswith(b"/"):
            self._take_authority()
        self._start_request()
        # Fields that trail a chunked body are no header fields: a credential or a second Host there would pass unseen.
        self.headers = []

    def _start_request(self) -> None:
        """Goes on with a request of which the head is known."""
        super().on_headers_complete()

    def _should_upgrade(self) -> bool:
        # While an offer is read for the first time, uvicorn is to do nothing yet.
        return True

    def _head_without_offer(self) -> bytes:
        lines = [f"{self.scope['method']} ".encode(), self.url, f" HTTP/{self.scope['http_version']}\r\n".encode()]
        lines += [b"%b: %b\r\n" % (name, value) for name, value in self.headers if name != b"upgrade"]
        return b"".join([*lines, b"\r\n"])

    def _take_authority(self) -> None:
        """Turns the absolute form that proxies are sent into a path; its authority is the Host (RFC 9112, 3.2.2)."""
        found = _ABSOLUTE.fullmatch(self.url)
        if found is None:
            raise MalformedError("The request target must be a path or an http URL.")
        rest = found[2] or b""
        self.url = rest if rest.startswith(b"/") else b"/" + rest
        self.headers[:] = [(name, found[1] if name == b"host" else value) for name, value in self.headers]

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._active = cycle
        scope: Any = cycle.scope
        scope["extensions"] = {WIRE: _ConnectionWire(self, cycle)}
        if self.server_state.stopping.is_set() and not self.pipeline:
            cycle.keep_alive = False
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Goes on to the next request, if there is one to come."""
        super().on_response_complete()
        self._rests_since = self.loop.time()
        if self._rejected is not None and self._is_idle:
            self._turn_away(self._rejected)

    def timeout_keep_alive_handler(self) -> None:
        """Ends a connection that has been at rest for so long; setting a timer anew for each request would cost more."""
        self.timeout_keep_alive_task = None
        if self._rests_since is not None:
            left = self._rests_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
            else:
                super().timeout_keep_alive_handler()

    def _reject(self, problem: MalformedError) -> None:
        """Reads no further; what was accepted before is answered first, then this."""
        _logger.warning("A client sent what is not HTTP: %s", problem)
        self._rejected = problem
        if self._in_head or self.cycle is None or not self.cycle.more_body:
            pass
        elif self.cycle is not self._active:
            self.pipeline.popleft()
        elif not self.cycle.response_complete:
            # Its body cannot be read: for the app the client has gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        if self._is_idle:
            self._turn_away(problem)

    def _turn_away(self, problem: MalformedError) -> None:
        if self.transport.is_closing():
            return
        reply = malformed_http(str(problem), status=problem.status)
        headers = [*self.server_state.default_headers, *head_message(reply, close=True)["headers"]]
        fields = [b"%b: %b\r\n" % field for field in headers]
        self.transport.write(b"".join([STATUS_LINE[reply.status], *fields, b"\r\n", reply.body]))
        # Whoever still sends is listened to for a while: closed at once, the connection would be reset, the reply lost.
        self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.close)

    def shutdown(self) -> None:
        """Ends once the requests that were accepted are answered."""
        if self._is_idle:
            # A request may be on its way already.
            self.loop.call_later(_PARTING, self._part)
        else:
            super().shutdown()

    def _part(self) -> None:
        if self._is_idle:
            self.transport.close()


def _problem(error: httptools.HttpParserError, data: bytes) -> MalformedError:
    cause = error.__context__
    if isinstance(cause, MalformedError):
        return cause
    if data.startswith(b"\x16\x03"):
        return MalformedError("The client speaks TLS; the mock is served by http://, not https://.")
    return MalformedError(f"This is not HTTP/1.1: {error}.")
