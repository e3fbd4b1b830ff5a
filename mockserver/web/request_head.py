"""The head of a request: what is known before its body is read."""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import Scope

from mockserver.messages import Headers, Request
from mockserver.web.head_fields import HeadFields

__all__ = ["RequestHead"]


class RequestHead:
    """A request without its body. `path` is as it was sent, `query` has no question mark, `v1_0` is HTTP's version."""

    __slots__ = ("fields", "method", "path", "query", "v1_0")

    def __init__(self, *, method: str, path: str, query: str, v1_0: bool, fields: HeadFields) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.v1_0 = v1_0
        self.fields = fields

    @classmethod
    def of(cls, scope: Scope) -> RequestHead:
        """The head of an ASGI request."""
        raw_path: bytes | None = scope.get("raw_path")
        return cls(
            method=scope["method"],
            # Not every ASGI server keeps the path as it was sent.
            path=raw_path.decode("latin-1") if raw_path is not None else quote(scope["path"]),
            query=scope["query_string"].decode("latin-1"),
            v1_0=scope["http_version"] == "1.0",
            fields=HeadFields.of(scope["headers"]),
        )

    @property
    def headers(self) -> Headers:
        """The header fields as the engine knows them."""
        return self.fields.headers

    def request(self, body: bytes = b"", *, oversized: bool = False) -> Request:
        """The request as the engine knows it."""
        return Request(
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.fields.headers,
            body=body,
            oversized=oversized,
        )

    @property
    def announces_body(self) -> bool:
        """Whether a body follows, or would have followed."""
        return self.fields.length > 0 or self.fields.coding != b""

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks for permission; any other OPTIONS is a request like every other."""
        return (
            self.method == "OPTIONS"
            and self.fields.origins != []
            and "access-control-request-method" in self.fields.headers
        )
