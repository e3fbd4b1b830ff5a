"""Which hosts are served. A public name could be pointed at this machine (DNS rebinding), so it is not served."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from mockserver.errors import UsageError

# RFC 3986, section 3.2, without user information.
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(?P<port>[0-9]{0,5}))?")
# By this name a container calls its host. No public name ends with .internal (ICANN, 29 July 2024).
_DOCKER_HOST = "host.docker.internal"
_WILDCARD = "*."
# Endings that no public name has: of Kubernetes, of RFC 6761 and RFC 6762, and of ICANN (29 July 2024).
_PRIVATE = ("svc", "internal", "local", "localhost", "test")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class Authority(NamedTuple):
    """A host in lower case without a trailing dot, and the port as written; empty without a port."""

    host: str
    port: str

    @classmethod
    def parse(cls, text: str) -> Authority | None:
        """The parts of `host[:port]`; None if the text has another form."""
        found = _AUTHORITY.fullmatch(text.lower())
        if found is None:
            return None
        host = found["host"].removesuffix(".")
        return cls(host, found["port"] or "") if host else None

    @property
    def is_loopback(self) -> bool:
        """Whether the host names this machine for every resolver (RFC 6761, section 6.3)."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        address = self._address()
        return address is not None and address.is_loopback

    @property
    def is_local(self) -> bool:
        """Whether nobody outside can make a browser reach this server by the name."""
        return (
            self.is_loopback
            or self.host == _DOCKER_HOST
            or self._address() is not None
            or _LABEL.fullmatch(self.host) is not None
        )

    def _address(self) -> IPv4Address | IPv6Address | None:
        try:
            return IPv6Address(self.host[1:-1]) if self.host.startswith("[") else IPv4Address(self.host)
        except ValueError:
            return None


class HostRules:
    """The rule for the Host header. A name allowed without a port is served on every port.

    `*.svc.cluster.local` allows every name that ends with `.svc.cluster.local`, and `*.svc` every name that ends with
    `.svc`.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed: set[tuple[str, str]] = set()
        self._endings: set[tuple[str, str]] = set()
        for text in allowed:
            name = text.removeprefix(_WILDCARD)
            authority = Authority.parse(name)
            if authority is None:
                raise UsageError(
                    f"--allow-host {text!r} is not a host name: write it like mock.example.com or *.svc.cluster.local"
                )
            if name != text and "." not in authority.host and authority.host not in _PRIVATE:
                raise UsageError(
                    f"--allow-host {text!r} allows names that anybody can register: write the whole name, or an ending "
                    f"with a dot, or one of {', '.join(f'*.{each}' for each in _PRIVATE)}"
                )
            if name == text:
                self._allowed.add(authority)
            else:
                self._endings.add((f".{authority.host}", authority.port))

    def serve(self, authority: Authority) -> bool:
        """Whether requests to a host are answered."""
        return (
            authority.is_local
            or (authority.host, "") in self._allowed
            or (authority.host, authority.port) in self._allowed
            or any(authority.host.endswith(ending) and port in ("", authority.port) for ending, port in self._endings)
        )
