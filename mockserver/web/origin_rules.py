"""Which browser origins may call the mock, and the CORS headers for them (https://fetch.spec.whatwg.org)."""

import re
from collections.abc import Iterable

from mockserver.errors import UsageError
from mockserver.messages import Headers
from mockserver.web.host_rules import Authority

_ORIGIN = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<authority>[^/?#@\s]+)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_DEFAULT_PORTS = {"http": "80", "https": "443"}

EXPOSE_HEADERS = "access-control-expose-headers"
_EXPOSED = (
    "Mock-Scenario, Mock-Stub, Mock-Entry, Mock-Refused, Mock-Violations, Mock-Warnings, "
    "Preference-Applied, Retry-After, Location, Link, Allow, WWW-Authenticate, "
    "Request-Id, Idempotency-Key, Idempotent-Replayed, Original-Request"
)

# Browsers expose these to every script, or to none.
_FIXED = "cache-control content-language content-length content-type expires last-modified pragma set-cookie"
_ALREADY_EXPOSED = frozenset({*_EXPOSED.lower().split(", "), *_FIXED.split()})


class OriginRules:
    """The rule for the Origin header: loopback origins, the mock's own origin, and those of `--cors-origin`.

    `*` allows every origin except `null`, the origin of sandboxed and local pages, which must be named explicitly.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = {text.lower().removesuffix("/") for text in allowed}
        for text in self._allowed - {"*", "null"}:
            if _ORIGIN.fullmatch(text) is None:
                raise UsageError(f"--cors-origin {text!r} is not an origin: write it like https://shop.example.com")

    def headers(self, origin: str, host: Authority | None) -> tuple[tuple[str, str], ...] | None:
        """The headers for a reply to an origin; None if the origin may not call the mock."""
        exposed = ((EXPOSE_HEADERS, _EXPOSED), ("vary", "Origin"))
        if self._is_trusted(origin.lower(), host):
            credentials = ("access-control-allow-credentials", "true")
            return (("access-control-allow-origin", origin), credentials, *exposed)
        if "*" in self._allowed and _ORIGIN.fullmatch(origin.lower()):
            # Credentials are only for origins that were named: browsers do not accept them together with `*`.
            return (("access-control-allow-origin", "*"), *exposed)
        return None

    def _is_trusted(self, origin: str, host: Authority | None) -> bool:
        if origin in self._allowed:
            return True
        found = _ORIGIN.fullmatch(origin)
        if found is None or found["scheme"] not in _DEFAULT_PORTS:
            return False
        authority = Authority.parse(found["authority"])
        if authority is None:
            return False
        port = _DEFAULT_PORTS[found["scheme"]]
        is_own = host is not None and (authority.host, authority.port or port) == (host.host, host.port or port)
        return authority.is_loopback or is_own


def exposing(
    headers: tuple[tuple[str, str], ...], reply_headers: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """The CORS headers, which also expose the headers of this reply to scripts."""
    names = [name for name, _ in reply_headers if name.lower() not in _ALREADY_EXPOSED and _TOKEN.fullmatch(name)]
    if not names:
        return headers
    added = ", ".join(dict.fromkeys(names))
    return tuple((name, f"{value}, {added}" if name == EXPOSE_HEADERS else value) for name, value in headers)


def preflight_headers(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The headers of a preflight reply: the method and the header fields that it asks for, if they are valid."""
    method = headers.get("access-control-request-method", "")
    requested = [field.strip() for field in headers.get("access-control-request-headers", "").split(",")]
    fields = ", ".join(field for field in requested if _TOKEN.fullmatch(field))
    granted = [
        ("access-control-max-age", "600"),
        ("vary", "Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    if _TOKEN.fullmatch(method):
        granted.append(("access-control-allow-methods", method))
    if fields:
        granted.append(("access-control-allow-headers", fields))
    # https://wicg.github.io/private-network-access: a public page calls a loopback address.
    if headers.get("access-control-request-private-network") == "true":
        granted.append(("access-control-allow-private-network", "true"))
    return tuple(granted)
