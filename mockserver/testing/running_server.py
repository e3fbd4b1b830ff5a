"""Calls to the control API of a running server, with the standard library.

`mockserver health` imports this module every few seconds in a container, so it must not import much.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mockserver.errors import MockserverError, UsageError
from mockserver.messages import Request
from mockserver.redaction.terminal import printable
from mockserver.testing.reply_value import ReplyValue, UnexpectedReplyError, Unreadable
from mockserver.version import __version__

if TYPE_CHECKING:
    from mockserver.contract.document.credentials import CredentialPlace

MAX_HEALTH_SIZE: Final = 65536
MAX_REPLY_SIZE: Final = 256 * 1024 * 1024
"""A journal has up to 64 MiB of messages, and JSON may need several bytes for one."""
MAX_VERSION_LENGTH: Final = 40

_HEALTH: Final = Request(method="GET", path="/__mock/health")

_NEXT = re.compile(r'<[^>?]*\?([^>]*)>; rel="next"')


def next_query(link: str) -> str | None:
    """The query of the next page, given the header Link of a listing."""
    found = _NEXT.search(link)
    return found[1] if found else None


class RunningServer:
    """A mock server in another process or a container. Raises UsageError if the URL is not one of a server.

    `timeout` is in seconds. `connection` makes the connections, called as HTTPConnection is.
    """

    is_shared = True
    """Whether others may use the server, too."""

    def __init__(
        self,
        url: str,
        *,
        admin_token: str | None = None,
        timeout: float = 30.0,
        connection: Callable[..., http.client.HTTPConnection] | None = None,
    ) -> None:
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_url = False
        if not is_url or not url.isascii() or not url.isprintable() or " " in url:
            raise UsageError(f"{url!r} is not the URL of a mock server: write a URL such as http://127.0.0.1:8080")
        usual = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = connection or usual
        # The URL appears in messages, so it must not contain a password.
        self._authority = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        self.url = f"{parts.scheme}://{self._authority}{self._base}"
        self._headers = {} if admin_token is None else {"mock-admin-token": admin_token}
        self._timeout = timeout

    def call(self, request: Request, *, max_size: int = MAX_REPLY_SIZE) -> tuple[int, Any]:
        """The status and the JSON of the reply: None without a body, Unreadable if it is no JSON.

        At most `max_size` bytes of the body are read. Raises UsageError if no server answers.
        """
        status, content, _ = self.page(request, max_size=max_size)
        return status, content

    def page(self, request: Request, *, max_size: int = MAX_REPLY_SIZE) -> tuple[int, Any, str | None]:
        """The same as `call`, and the query of the next page of a listing, if there is one."""
        target = f"{self._base}{request.path}{'?' if request.query else ''}{request.query}"
        headers = {**dict(request.headers.pairs), **self._headers}
        connection = self._connection(self._authority, timeout=self._timeout)
        try:
            connection.request(request.method, target, request.body or None, headers)
            reply = connection.getresponse()
            is_too_large = reply.length is not None and reply.length > max_size
            body = b"" if is_too_large else reply.read(max_size + 1)
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UsageError(f"no mock server answers at {self.url}: {printable(reason)}") from None
        finally:
            connection.close()
        if is_too_large or len(body) > max_size:
            return reply.status, Unreadable(f"is larger than {max_size} bytes"), None
        try:
            return reply.status, json.loads(body) if body else None, next_query(reply.headers.get("link", ""))
        except ValueError:
            return reply.status, Unreadable("is not JSON"), None
        except RecursionError:
            return reply.status, Unreadable("is nested too deeply"), None

    def unexpected(self, request: Request, problem: str) -> UnexpectedReplyError:
        """The error for a reply that spec/admin.yaml does not describe."""
        return UnexpectedReplyError(
            printable(
                f"unexpected reply of the server at {self.url} ({self._version}) to {request.method} {request.path}: "
                f"{problem}; this is version {__version__} of the client"
            )
        )

    def start(self) -> None:
        """Check that the server is healthy. Raises UsageError if it is not."""
        status, health = self.call(_HEALTH, max_size=MAX_HEALTH_SIZE)
        if status == 401:
            raise UsageError(
                f"the control API of {self.url} requires a token: pass the server's admin token (--admin-token, "
                "admin_token or MOCKSERVER_ADMIN_TOKEN)"
            )
        if status != 200 or not isinstance(health, dict) or health.get("status") != "ok":
            raise UsageError(f"{self.url} is not a healthy mock server: GET /__mock/health returned {status}")

    def stop(self) -> None:
        """Do nothing: the server was started by somebody else."""

    @cached_property
    def _version(self) -> str:
        try:
            _, health = self.call(_HEALTH, max_size=MAX_HEALTH_SIZE)
            return f"version {ReplyValue(health).member('version').text()[:MAX_VERSION_LENGTH]}"
        except MockserverError:
            return "unknown version"

    @cached_property
    def credential_places(self) -> tuple[CredentialPlace, ...]:
        """Where a request carries a credential, according to the contract that the server publishes."""
        from mockserver.contract.document.credentials import credential_place
        from mockserver.contract.document.references import resolve

        request = Request(method="GET", path="/__mock/openapi.json")
        status, document = self.call(request)
        if status != 200:
            raise UsageError(f"{self.url} does not publish its contract: GET /__mock/openapi.json returned {status}")
        try:
            contract = ReplyValue(document)
            contract.member("openapi").text()
            schemes = contract
            for name in ("components", "securitySchemes"):
                schemes = schemes.member(name) if name in schemes.object() else ReplyValue({})
            places = [credential_place(name, resolve(document, scheme)) for name, scheme in schemes.object().items()]
        except MockserverError as error:
            raise self.unexpected(request, str(error)) from None
        return tuple(place for place in places if place is not None)
