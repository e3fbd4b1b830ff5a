"""Asks a running server whether it answers, with the standard library alone: a container asks every few seconds."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockserver.errors import UsageError

__all__ = ["ask", "default_url"]

TIMEOUT = 2.0
LONGEST = 65536
EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def default_url(environment: Mapping[str, str]) -> str:
    """The URL of the server that runs in the same environment."""
    host = environment.get("MOCKSERVER_HOST", "")
    if host in EVERYWHERE:
        host = "127.0.0.1"
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{environment.get('MOCKSERVER_PORT') or 8080}"


def ask(url: str, *, token: str | None = None) -> str | None:
    """None when the server at the URL says that it is well, else what is wrong. Raises UsageError for a bad URL.

    `token` is that of the server's control API, if it is guarded.
    """
    host, port, path = _parts(url)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", f"{path}/__mock/health", headers={"Mock-Admin-Token": token} if token else {})
        reply = connection.getresponse()
        body = reply.read(LONGEST)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"{url} does not answer: {reason}"
    finally:
        connection.close()
    if reply.status == 401:
        return f"{url} guards its control API: give the token by --admin-token or MOCKSERVER_ADMIN_TOKEN"
    if reply.status != 200 or not _is_well(body):
        return f"{url} is not a healthy mock server: it answered {reply.status}"
    return None


def _parts(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "http" or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"{url!r} is not a URL to ask: write it as in http://127.0.0.1:8080")
    return host, port or 80, parts.path.rstrip("/")


def _is_well(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("status") == "ok"
