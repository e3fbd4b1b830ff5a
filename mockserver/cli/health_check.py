"""`mockserver health`: asks a running server whether it is healthy."""

from collections.abc import Mapping

from mockserver.errors import UsageError
from mockserver.testing.running_server import RunningServer

ALL_ADDRESSES = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def default_url(environment: Mapping[str, str]) -> str:
    """The URL of the server that the same environment variables would start."""
    host = environment.get("MOCKSERVER_HOST", "")
    if host in ALL_ADDRESSES:
        host = "127.0.0.1"
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{environment.get('MOCKSERVER_PORT') or 8080}"


def health_problem(url: str, *, token: str | None = None) -> str | None:
    """Why the server at a URL is not healthy; None if it is. Raises UsageError for a URL that cannot be used.

    `token` is the token of the server's control API, if it requires one.
    """
    full_url = url if "://" in url else f"http://{url}"
    if not full_url.lower().startswith("http://"):
        raise UsageError(
            f"{url!r} cannot be checked: the mock server serves plain HTTP only; write a URL that starts with http://, "
            "such as http://127.0.0.1:8080"
        )
    server = RunningServer(full_url, admin_token=token, timeout=2.0)
    try:
        server.start()
    except UsageError as error:
        return str(error)
    return None
