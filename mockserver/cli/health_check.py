"""`mockserver health`: asks a running server whether it is healthy."""

from collections.abc import Mapping
from typing import Final

from mockserver.cli.server_record import recorded_url
from mockserver.errors import UsageError
from mockserver.messages import Request
from mockserver.testing.running_server import MAX_HEALTH_SIZE, RunningServer

ALL_ADDRESSES = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound

# This call needs no token.
_READY: Final = Request(method="GET", path="/__mock/health/ready")


def default_url(environment: Mapping[str, str]) -> str:
    """The URL of the server to check without an URL: the one that runs, or that the variables would start."""
    return recorded_url(environment) or described_url(environment)


def described_url(environment: Mapping[str, str]) -> str:
    """The URL of the server that the same environment variables would start."""
    host = environment.get("MOCKSERVER_HOST", "")
    if host in ALL_ADDRESSES:
        host = "127.0.0.1"
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{environment.get('MOCKSERVER_PORT') or 8080}"


def health_problem(url: str) -> str | None:
    """Why the server at a URL is not healthy; None if it is. Raises UsageError for a URL that cannot be used."""
    full_url = url if "://" in url else f"http://{url}"
    if not full_url.lower().startswith("http://"):
        raise UsageError(
            f"{url!r} cannot be checked: the mock server serves plain HTTP only; write a URL that starts with http://, "
            "such as http://127.0.0.1:8080"
        )
    server = RunningServer(full_url, timeout=2.0)
    try:
        status, reply = server.call(_READY, max_size=MAX_HEALTH_SIZE)
    except UsageError as error:
        return str(error)
    if status != 200 or not isinstance(reply, dict) or reply.get("status") != "ok":
        return f"{server.url} is not a healthy mock server: GET {_READY.path} returned {status}"
    return None
