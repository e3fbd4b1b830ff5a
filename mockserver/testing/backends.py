"""Backends: the mock behind a MockServer, in this process or on a running server. Both answer control calls."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

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
from mockserver.testing.running_server import RunningServer, next_query
from mockserver.web import ASGIApp, create_app


class LocalBackend:
    """A mock in this process. Its files are loaded at the first use; it listens after `start`.

    Properties and methods raise UsageError when the contract or the scenarios cannot be used.
    """

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


Backend = LocalBackend | RunningServer


class Options(TypedDict, total=False):
    """The settings that MockServer accepts as keyword arguments. Paths can be strings."""

    spec: Path | str | None
    scenarios: Path | str | None
    scenario: str | None
    host: str
    port: int
    seed: int | None
    api_keys: tuple[str, ...]
    on_violation: Literal["refuse", "report"]
    strict: bool
    cors_origins: tuple[str, ...]
    allow_hosts: tuple[str, ...]
    max_body: int
    validation: Literal["compiled", "openapi-core"]


def backend_of(
    settings: Settings | None, url: str | None, admin_token: str | None, options: Mapping[str, Any]
) -> Backend:
    """The backend for the arguments of MockServer. Raises UsageError if they cannot be used together."""
    if url is not None:
        names = [name for name in options if name not in {"scenario", "strict"}]
        if settings is not None or names:
            raise UsageError(f"a running server already has its settings: leave out {_list(names) or 'settings'}")
        return RunningServer(url, admin_token=admin_token)
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise UsageError(f"MockServer has no option {_list(unknown)}; it has {_list(Options.__annotations__)}")
    changes: dict[str, Any] = {**options}
    for name in ("spec", "scenarios"):
        if isinstance(changes.get(name), str):
            changes[name] = Path(changes[name])
    if admin_token is not None:
        changes["admin_token"] = admin_token
    return LocalBackend(replace(settings or Settings(port=0), **changes))


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
