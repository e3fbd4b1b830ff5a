"""Where a mock runs: in this process, or elsewhere; both are asked through the control API."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Container
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from mockserver.contract.credentials import CredentialPlace, credential_places
from mockserver.contract.document.document import Document
from mockserver.control import TOKEN_HEADER, ControlApi
from mockserver.engine.engine import Engine
from mockserver.errors import UsageError
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.json_writer import write_json
from mockserver.parsing.media_types import is_json
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.testing.journal_entry import JournalEntry
from mockserver.testing.journal_watch import LocalWatch, RemoteWatch, Watch
from mockserver.web import ASGIApp, create_app

__all__ = ["Backend", "LocalBackend", "RemoteBackend", "request_of"]

TIMEOUT = 30.0


class Backend(Protocol):
    """A mock that answers control calls."""

    @property
    def url(self) -> str:
        """Where it listens. Raises UsageError when it does not."""

    @property
    def places(self) -> tuple[CredentialPlace, ...]:
        """Where its contract carries credentials."""

    @property
    def own_keys(self) -> tuple[str, ...]:
        """The credentials that it accepts; none means any."""

    def start(self) -> None:
        """Have it listen; harmless when it does already."""

    def stop(self) -> None:
        """Have it finish what it accepted and listen no more."""

    def call(self, request: Request) -> tuple[int, Any]:
        """A control call: the status, and the JSON that was answered."""

    def watch(self, journal: Callable[[], list[JournalEntry]], former: Container[str]) -> Watch:
        """A watch that begins now; `journal` reads the namespace's own, `former` are the keys of earlier namespaces."""


class LocalBackend:
    """A mock of this process. It is made when it is first needed, and listens when it is told to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: BackgroundServer | None = None

    @cached_property
    def engine(self) -> Engine:
        """The engine. Raises UsageError when contract or scenarios cannot be used."""
        return load_engine(self._settings)

    @cached_property
    def app(self) -> ASGIApp:
        """The same mock as an ASGI app."""
        return create_app(self._settings, engine=self.engine)

    @cached_property
    def _control(self) -> ControlApi:
        return ControlApi(self.engine, self._settings)

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise UsageError("the mock server is not started: use `with MockServer() as mock`, or start()")
        return self._server.url

    @property
    def places(self) -> tuple[CredentialPlace, ...]:
        """Those of the contract."""
        return self.engine.contract.credential_places

    @property
    def own_keys(self) -> tuple[str, ...]:
        """Those of the settings."""
        return self._settings.api_keys

    def start(self) -> None:
        """Listen, in a thread with an event loop of its own."""
        if self._server is None:
            self._server = BackgroundServer(self.app, host=self._settings.host, port=self._settings.port).start()

    def stop(self) -> None:
        """Finish what was accepted."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def call(self, request: Request) -> tuple[int, Any]:
        """Without a detour over the wire: what answers is the same."""
        answer = self._control.handle(_guarded(request, self._settings.admin_token))
        if not isinstance(answer, Reply):
            answer[1].close()
            return answer[0].status, None
        return answer.status, json.loads(answer.body) if answer.body else None

    def watch(self, journal: Callable[[], list[JournalEntry]], former: Container[str]) -> Watch:
        """One that hears of every exchange."""
        del journal
        return LocalWatch(self.engine, former)


class RemoteBackend:
    """A mock that runs elsewhere, in a container or another process. Raises UsageError for a URL that is none."""

    own_keys: tuple[str, ...] = ()

    def __init__(self, url: str, *, admin_token: str | None = None) -> None:
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_url = False
        if not is_url or not url.isascii() or not url.isprintable() or " " in url:
            raise UsageError(f"{url!r} is not the URL of a mock server: write it as in http://127.0.0.1:8080")
        self._connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._authority = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        # Without what may be a password: it is shown.
        self.url = f"{parts.scheme}://{self._authority}{self._base}"
        self._token = admin_token
        self._lock = Lock()

    @cached_property
    def places(self) -> tuple[CredentialPlace, ...]:
        """Those of the contract that it serves."""
        status, document = self.call(Request(method="GET", path="/__mock/openapi.json"))
        if status != 200 or not isinstance(document, dict):
            raise UsageError(f"{self.url} does not tell its contract: it answered {status}")
        document.setdefault("components", {})
        return credential_places(Document(path=Path(), data=document, files=()))

    def start(self) -> None:
        """Make sure that it is there. Raises UsageError when it is not."""
        status, told = self.call(Request(method="GET", path="/__mock/health"))
        if status == 401:
            raise UsageError(f"{self.url} guards its control API: give admin_token, or MOCKSERVER_ADMIN_TOKEN")
        if status != 200 or not isinstance(told, dict) or told.get("status") != "ok":
            raise UsageError(f"{self.url} is not a mock server: GET /__mock/health was answered {status}")

    def stop(self) -> None:
        """It is not ours to stop."""

    def call(self, request: Request) -> tuple[int, Any]:
        """Over a connection of its own. Raises UsageError when nobody answers."""
        sent = _guarded(request, self._token)
        target = f"{self._base}{sent.path}{'?' if sent.query else ''}{sent.query}"
        connection = self._connection(self._authority, timeout=TIMEOUT)
        try:
            connection.request(sent.method, target, sent.body or None, dict(sent.headers.pairs))
            reply = connection.getresponse()
            body = reply.read()
            media_type = reply.headers.get("content-type") or ""
            return reply.status, json.loads(body) if body and is_json(media_type) else None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise UsageError(f"no mock server answers at {self.url}: {error}") from None
        finally:
            connection.close()

    def watch(self, journal: Callable[[], list[JournalEntry]], former: Container[str]) -> Watch:
        """One that reads the journal; others use the server too, so what counts is the namespace."""
        del former
        return RemoteWatch(journal)


def _guarded(request: Request, token: str | None) -> Request:
    if token is None:
        return request
    return replace(request, headers=Headers([*request.headers.pairs, (TOKEN_HEADER, token)]))


def request_of(method: str, path: str, body: Any = None) -> Request:
    """A control call without a namespace. Raises UsageError for a body that is more than JSON can say."""
    if body is None:
        return Request(method=method, path=path)
    headers = Headers([("content-type", "application/json")])
    try:
        return Request(method=method, path=path, headers=headers, body=write_json(body))
    except (TypeError, ValueError) as error:
        raise UsageError(f"JSON cannot say this: {error}") from None
