"""The head of a request: what is known before its body is read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from starlette.types import Scope

from mockserver.exchange import Headers, Request

__all__ = ["Head"]

_MARKED = frozenset({b"host", b"origin", b"content-length", b"transfer-encoding", b"expect"})


class Head:
    """A request without its body, with the fields that the edge looks at picked out.

    `hosts` and `origins` hold every value that was sent; `length` is what Content-Length says, 0 when it says nothing.
    """

    __slots__ = (
        "coding",
        "expects_continue",
        "headers",
        "hosts",
        "length",
        "method",
        "origins",
        "path",
        "query",
        "v1_0",
    )

    def __init__(
        self, *, method: str, path: str, query: str, v1_0: bool, fields: Iterable[tuple[bytes, bytes]]
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.v1_0 = v1_0
        self.hosts: list[bytes] = []
        self.origins: list[bytes] = []
        self.length = 0
        self.coding = b""
        self.expects_continue = False
        pairs = []
        for name, value in fields:
            if name in _MARKED:
                self._mark(name, value)
            pairs.append((_name(name), value.decode("latin-1")))
        self.headers = Headers(pairs)

    @classmethod
    def of(cls, scope: Scope) -> Head:
        """The head of an ASGI request."""
        raw_path: bytes | None = scope.get("raw_path")
        return cls(
            method=scope["method"],
            # Not every ASGI server keeps the path as it was sent.
            path=raw_path.decode("latin-1") if raw_path is not None else quote(scope["path"]),
            query=scope["query_string"].decode("latin-1"),
            v1_0=scope["http_version"] == "1.0",
            fields=scope["headers"],
        )

    def request(self, body: bytes = b"", *, oversized: bool = False) -> Request:
        """The request as the engine knows it."""
        return Request(
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.headers,
            body=body,
            oversized=oversized,
        )

    @property
    def announces_body(self) -> bool:
        """Whether a body follows, or would have followed."""
        return self.length > 0 or self.coding != b""

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks for permission; any other OPTIONS is a request like every other."""
        return self.method == "OPTIONS" and self.origins != [] and "access-control-request-method" in self.headers

    def _mark(self, name: bytes, value: bytes) -> None:
        match name:
            case b"host":
                self.hosts.append(value)
            case b"origin":
                self.origins.append(value)
            case b"content-length":
                self.length = int(value) if value.isdigit() else 0
            case b"transfer-encoding":
                self.coding = b", ".join(filter(None, (self.coding, value.lower())))
            case _:
                self.expects_continue = value.lower() == b"100-continue"


@lru_cache(maxsize=512)
def _name(name: bytes) -> str:
    # Kept, so that thousands of requests in the journal share their names.
    return name.decode("latin-1")
