"""`mockserver health`: asks a running server whether it is healthy."""

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from mockserver.cli.server_record import RecordedServer, recorded_server
from mockserver.errors import UsageError
from mockserver.messages import Request
from mockserver.testing.running_server import MAX_HEALTH_SIZE, RunningServer

if TYPE_CHECKING:
    from ssl import SSLContext

ALL_ADDRESSES = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
TIMEOUT: Final = 2.0
"""In seconds."""

# This call needs no token.
_READY: Final = Request(method="GET", path="/__mock/health/ready")

_MOST_DETAIL: Final = 500
_PAUSE: Final = 0.1
"""The time between two checks, in seconds."""

Connect = Callable[..., http.client.HTTPConnection]


def local_problem(environment: Mapping[str, str]) -> str | None:
    """Why the server on this machine is not healthy: the one that runs, or else that the variables would start."""
    found = recorded_server(environment) or described_server(environment)
    problem = health_problem(found.url, connect=_local_connection(found))
    return problem if problem is None or found.uds is None else f"{problem} (Unix socket {found.uds})"


def repeated(check: Callable[[], str | None], *, seconds: float) -> str | None:
    """Repeat a check until it finds no problem, or for a number of seconds. Returns the last problem."""
    end = time.monotonic() + seconds
    while (problem := check()) is not None and time.monotonic() + _PAUSE < end:
        time.sleep(_PAUSE)
    return problem


def described_server(environment: Mapping[str, str]) -> RecordedServer:
    """The server that the same environment variables would start."""
    is_secure = environment.get("MOCKSERVER_TLS") or environment.get("MOCKSERVER_TLS_CERT")
    scheme = "https" if is_secure else "http"
    if uds := environment.get("MOCKSERVER_UDS"):
        return RecordedServer(f"{scheme}://localhost", uds)
    host = environment.get("MOCKSERVER_HOST", "")
    if host in ALL_ADDRESSES:
        host = "127.0.0.1"
    if ":" in host:
        host = f"[{host}]"
    return RecordedServer(f"{scheme}://{host}:{environment.get('MOCKSERVER_PORT') or 8080}", None)


def health_problem(url: str, *, connect: Connect | None = None) -> str | None:
    """Why the server at a URL is not healthy; None if it is. Raises UsageError for a URL that cannot be used."""
    if not url:
        raise UsageError("the URL is empty: write one such as http://127.0.0.1:8080, or none")
    full_url = url if "://" in url else f"http://{url}"
    if not full_url.lower().startswith(("http://", "https://")):
        raise UsageError(
            f"{url!r} cannot be checked: write a URL that starts with http:// or https://, such as "
            "http://127.0.0.1:8080"
        )
    server = RunningServer(full_url, timeout=TIMEOUT, connection=connect)
    try:
        status, reply = server.call(_READY, max_size=MAX_HEALTH_SIZE)
    except UsageError as error:
        hint = ": set SSL_CERT_FILE to the CA that its greeting names" if "CERTIFICATE_VERIFY" in str(error) else ""
        return f"{error}{hint}"
    content = reply if isinstance(reply, dict) else {}
    if status != 200 or content.get("status") != "ok":
        detail = f": {content['detail']}" if isinstance(content.get("detail"), str) else ""
        return f"{server.url} is not a healthy mock server: GET {_READY.path} returned {status}{detail[:_MOST_DETAIL]}"
    return None


def _local_connection(found: RecordedServer) -> Connect | None:
    """How to connect to a recorded server; None for plain HTTP over TCP."""
    if found.url.startswith("https:"):
        import ssl

        # The server is this user's own, and the check sends no secret. Its certificate may be for other names.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if found.uds is not None:
            return partial(_UnixConnection, path=found.uds, context=context)
        return partial(http.client.HTTPSConnection, context=context)
    return None if found.uds is None else partial(_UnixConnection, path=found.uds)


class _UnixConnection(http.client.HTTPConnection):
    """A connection over a Unix socket; with a `context` it uses TLS."""

    def __init__(self, host: str, *, timeout: float, path: str, context: "SSLContext | None" = None) -> None:
        super().__init__(host, timeout=timeout)
        self._path = path
        self._context = context

    def connect(self) -> None:
        """Connect to the socket instead of the host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(self._path)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock)
