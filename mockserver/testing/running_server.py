"""Calls to the control API of a running server, with the standard library.

`mockserver health` imports this module every few seconds in a container, so it must not import much.
"""

from __future__ import annotations

import http.client
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.errors import UsageError
from mockserver.messages import Request

if TYPE_CHECKING:
    from mockserver.contract.document.credentials import CredentialPlace

MAX_HEALTH_SIZE = 65536

_NEXT = re.compile(r'<[^>?]*\?([^>]*)>; rel="next"')


def next_query(link: str) -> str | None:
    """The query of the next page, given the header Link of a listing."""
    found = _NEXT.search(link)
    return found[1] if found else None


class RunningServer:
    """A mock server in another process or a container. Raises UsageError if the URL is not one of a server.

    `timeout` is in seconds.
    """

    def __init__(self, url: str, *, admin_token: str | None = None, timeout: float = 30.0) -> None:
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_url = False
        if not is_url or not url.isascii() or not url.isprintable() or " " in url:
            raise UsageError(f"{url!r} is not the URL of a mock server: write a URL such as http://127.0.0.1:8080")
        self._connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        # The URL appears in messages, so it must not contain a password.
        self._authority = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        self.url = f"{parts.scheme}://{self._authority}{self._base}"
        self._headers = {} if admin_token is None else {"mock-admin-token": admin_token}
        self._timeout = timeout

    def call(self, request: Request, *, max_size: int | None = None) -> tuple[int, Any]:
        """The status and the JSON of the reply, or None if it has no JSON. Raises UsageError if no server answers.

        At most `max_size` bytes of the body are read.
        """
        status, content, _ = self.page(request, max_size=max_size)
        return status, content

    def page(self, request: Request, *, max_size: int | None = None) -> tuple[int, Any, str | None]:
        """The same as `call`, and the query of the next page of a listing, if there is one."""
        target = f"{self._base}{request.path}{'?' if request.query else ''}{request.query}"
        headers = {**dict(request.headers.pairs), **self._headers}
        connection = self._connection(self._authority, timeout=self._timeout)
        try:
            connection.request(request.method, target, request.body or None, headers)
            reply = connection.getresponse()
            body = reply.read(max_size)
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UsageError(f"no mock server answers at {self.url}: {reason}") from None
        finally:
            connection.close()
        query = next_query(reply.headers.get("link", ""))
        try:
            return reply.status, json.loads(body), query
        except ValueError:
            return reply.status, None, query

    def start(self) -> None:
        """Check that the server is healthy. Raises UsageError if it is not."""
        status, health = self.call(Request(method="GET", path="/__mock/health"), max_size=MAX_HEALTH_SIZE)
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
    def credential_places(self) -> tuple[CredentialPlace, ...]:
        """Where a request carries a credential, according to the contract that the server publishes."""
        from mockserver.contract.document.credentials import credential_places
        from mockserver.contract.document.document import Document

        status, document = self.call(Request(method="GET", path="/__mock/openapi.json"))
        if status != 200 or not isinstance(document, dict):
            raise UsageError(f"{self.url} does not publish its contract: GET /__mock/openapi.json returned {status}")
        document.setdefault("components", {})
        return credential_places(Document(path=Path(), data=document, files=()))
