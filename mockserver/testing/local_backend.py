"""A mock in this process, which MockServer controls without HTTP."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from mockserver.contract.document.credentials import CredentialPlace
from mockserver.control import ControlApi
from mockserver.engine.engine import Engine
from mockserver.errors import UsageError
from mockserver.limits.slices import finish
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.testing.reply_value import UnexpectedReplyError
from mockserver.testing.running_server import next_query
from mockserver.web import ASGIApp, create_app


class LocalBackend:
    """A mock in this process. Its files are loaded at the first use; it listens after `start`.

    Properties and methods raise UsageError when the contract or the scenarios cannot be used.
    """

    is_shared = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._server: BackgroundServer | None = None

    @cached_property
    def engine(self) -> Engine:
        """The engine that answers."""
        return load_engine(self.settings)

    @cached_property
    def app(self) -> ASGIApp:
        """The mock as an ASGI app."""
        return create_app(self.settings, engine=self.engine)

    @cached_property
    def _control(self) -> ControlApi:
        return ControlApi(self.engine, self.settings)

    @property
    def url(self) -> str:
        """The URL of the server. Raises UsageError before `start`."""
        if self._server is None:
            raise UsageError("the mock server is not started: use `with MockServer() as mock`, or start()")
        return self._server.url

    @property
    def credential_places(self) -> tuple[CredentialPlace, ...]:
        """Where a request carries a credential."""
        return self.engine.contract.credential_places

    def start(self) -> None:
        """Listen, in a thread with its own event loop. Does nothing if the mock listens already."""
        if self._server is None:
            self._server = BackgroundServer(self.app, host=self.settings.host, port=self.settings.port).start()

    def stop(self) -> None:
        """Finish open requests and stop listening."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def restore(self) -> None:
        """Restore the initial state of every namespace."""
        self.engine.reset(None)

    def set_strict(self, strict: bool | None) -> None:  # noqa: FBT001  # see MockServer.strict
        """Choose for the whole server whether undocumented names are violations."""
        self.engine.strictness.set(strict, None)

    def call(self, request: Request) -> tuple[int, Any]:
        """The status and the JSON of a control call, without HTTP."""
        status, content, _ = self.page(request)
        return status, content

    def page(self, request: Request) -> tuple[int, Any, str | None]:
        """The status and the JSON of a control call, and the query of the next page of a listing, if there is one."""
        answer = finish(self._control.handle(request))
        head = answer if isinstance(answer, Reply) else answer.head
        # Only `GET events` returns events, and MockServer never calls it.
        body = head.body if isinstance(answer, Reply) else b"".join(cast("Iterator[bytes]", answer.body))
        return head.status, json.loads(body) if body else None, next_query(Headers(head.headers).get("link", ""))

    def unexpected(self, request: Request, problem: str) -> UnexpectedReplyError:
        """The error for a reply that the control API never sends."""
        return UnexpectedReplyError(
            f"unexpected reply to {request.method} {request.path}: {problem}; this is a bug of the mock"
        )
