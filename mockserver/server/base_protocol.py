"""uvicorn's httptools protocol, with the steps that differ between uvicorn's versions.

Everything else that this project needs of uvicorn is the same from 0.30 on: the state of a connection, flow control,
and how a reply is written.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

CLOSE = (b"connection", b"close")


class ResponseCycle(RequestResponseCycle):
    """One request and its response. Every response after which the connection is closed says so."""

    async def send(self, message: Any) -> None:
        """Send a part of the response."""
        if message["type"] == "http.response.start" and not self.keep_alive:
            # Before 0.53, uvicorn closes without this field if the server is stopping.
            fields = list(message.get("headers", []))
            if not any(name.lower() == b"connection" for name, _ in fields):
                message = {**message, "headers": [*fields, CLOSE]}
        await super().send(message)


class BaseProtocol(HttpToolsProtocol):
    """One connection. A pipelined request waits until the requests before it are answered."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.parser = self._new_parser()

    def _new_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        # Data after a request with `Connection: close` is ignored. uvicorn 0.30 rejects it.
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    def on_message_begin(self) -> None:
        """Begin a head. Most requests are answered without a scope, so `on_headers_complete` makes it."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a field. The parser leaves whitespace after a value, which is no part of it (RFC 9110, section 5.5)."""
        super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        """Start a request whose head is complete, or queue it. An offer to upgrade is left to `data_received`."""
        if self.parser.should_upgrade():
            return
        version = self.parser.get_http_version()
        # `on_message_begin` of uvicorn makes the scope, and resets what was received before.
        url, fields, expects_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, fields, expects_continue
        target = httptools.parse_url(url)
        self.scope["method"] = self.parser.get_method().decode("ascii")
        self.scope["http_version"] = version
        self.scope["raw_path"] = target.path
        self.scope["path"] = unquote(target.path.decode("ascii"))
        self.scope["query_string"] = target.query or b""
        self.scope["headers"] = fields
        # uvicorn 0.30 announces 2.4 here, but its `send` does not raise OSError after a disconnect.
        self.scope["asgi"]["spec_version"] = "2.3"
        former = self.cycle
        self.cycle = ResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if former is None or former.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self) -> None:
        """Start the next request of the queue; without one, start the timer of an idle connection."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
