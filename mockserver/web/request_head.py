"""The head of a request: what is known before its body is read, and the fields that the server itself needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from starlette.types import Scope

from mockserver.limits.memo import Memo, length_of_fields
from mockserver.messages import Headers, Request
from mockserver.parsing.trace_context import trace_id_of
from mockserver.web.request_body import Body

Pairs = tuple[tuple[bytes, bytes], ...]

MAX_FIELDS: Final = 200
"""How many header fields a request may have."""
MAX_COOKIES: Final = 500
"""How many cookies a request may have."""
MAX_PARAMETERS: Final = 1000
"""How many parameters the query of a request may have."""

# How many requests of one head are remembered, and the longest body of one.
_BODIES: Final = 16
_LONGEST_BODY: Final = 1000

_NO_BODY = Body()
_NEEDED = frozenset(
    {
        b"host",
        b"origin",
        b"sec-fetch-site",
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"expect",
        b"cookie",
        b"traceparent",
    }
)
_OTHER_SITES = (b"cross-site", b"same-site")


class HeadFields:
    """The fields. `hosts` and `origins` hold every value sent; `length` is 0 without a valid Content-Length.

    `coding` is the transfer coding, `content_coding` the value of Content-Encoding, `cookies` the number of cookies.
    `is_cross_site` is true if the browser says that a page of another origin made the request. `trace_id` is that of
    the header traceparent.
    """

    __slots__ = (
        "_codings",
        "coding",
        "content_coding",
        "cookies",
        "expects_continue",
        "headers",
        "hosts",
        "is_cross_site",
        "length",
        "origins",
        "trace_id",
    )

    def __init__(self, pairs: Pairs) -> None:
        self.headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
        self.hosts: list[bytes] = []
        self.origins: list[bytes] = []
        self.is_cross_site = False
        self.length = 0
        self._codings: list[bytes] = []
        self.content_coding = ""
        self.cookies = 0
        self.expects_continue = False
        self.trace_id: str | None = None
        for name, value in pairs:
            if name in _NEEDED:
                self._read(name, value)
        self.coding = b", ".join(filter(None, self._codings))

    @staticmethod
    def of(pairs: Iterable[tuple[bytes, bytes]]) -> HeadFields:
        """The fields of raw pairs, with names in lower case.

        Clients repeat the same fields, so recent ones are cached and shared by the entries of the journal.
        """
        return _recent[tuple(pairs)]

    def _read(self, name: bytes, value: bytes) -> None:
        match name:
            case b"host":
                self.hosts.append(value)
            case b"origin":
                self.origins.append(value)
            case b"sec-fetch-site":
                self.is_cross_site |= any(site in value.lower() for site in _OTHER_SITES)
            case b"content-length":
                self.length = int(value) if value.isdigit() else 0
            case b"content-encoding":
                self.content_coding = self.headers.get("content-encoding", "")
            case b"traceparent":
                self.trace_id = trace_id_of(self.headers.get("traceparent"))
            case b"cookie":
                self.cookies += value.count(b";") + 1
            case b"transfer-encoding":
                self._codings.append(value.lower())
            case _:
                self.expects_continue = value.lower() == b"100-continue"


_recent = Memo(HeadFields, entries=64, longest=8192, size=length_of_fields)


class RequestHead:
    """A request without its body.

    `path` keeps its percent-encoding, `query` has no question mark, `v1_0` is true for HTTP/1.0. `size` is the
    number of characters of the path, the query and the header fields. `way` is what `dispatch` knows about requests
    with this head, and `ready` what it knows about those with a body.
    """

    __slots__ = ("_requests", "fields", "method", "path", "query", "ready", "size", "v1_0", "way")

    def __init__(self, *, method: str, path: str, query: str, v1_0: bool, fields: HeadFields) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.v1_0 = v1_0
        self.fields = fields
        self.size = len(path) + len(query) + fields.headers.size
        self.way: object = None
        self.ready: dict[bytes, object] = {}
        self._requests: dict[bytes, Request] | None = None

    @classmethod
    def parsed(cls, method: bytes, target: bytes, version: str, pairs: Iterable[tuple[bytes, bytes]]) -> RequestHead:
        """The head of a request with this method, target, HTTP version and fields, whose names are in lower case."""
        path, _, query = target.partition(b"?")
        return cls(
            method=method.decode("ascii"),
            path=path.decode("ascii"),
            query=query.decode("ascii"),
            v1_0=version == "1.0",
            fields=HeadFields.of(pairs),
        )

    @classmethod
    def of(cls, scope: Scope) -> RequestHead:
        """The head of an ASGI request."""
        raw_path: bytes | None = scope.get("raw_path")
        return cls(
            method=scope["method"],
            # Some ASGI servers do not keep the path as it was sent.
            path=raw_path.decode("latin-1") if raw_path is not None else quote(scope["path"]),
            query=scope["query_string"].decode("latin-1"),
            v1_0=scope["http_version"] == "1.0",
            fields=HeadFields.of(scope["headers"]),
        )

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return self.fields.headers

    @property
    def decoded_path(self) -> str:
        """The path without percent-encoding."""
        return unquote(self.path)

    def request(self, body: Body = _NO_BODY, scheme: str = "http") -> Request:
        """The request with its body; `scheme` is that of the server.

        Clients repeat the same head and body. From the second request with a head on, equal requests are the same
        object: the contract knows what it means, and the entries of the journal share it.
        """
        data, known = body.data, self._requests
        is_plain = not body.oversized and body.unreadable is None
        if known is None:
            self._requests = {}
        elif is_plain and (request := known.get(data)) is not None and request.scheme == scheme:
            return request
        is_shared = known is not None and is_plain and len(data) <= _LONGEST_BODY
        request = Request(
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.fields.headers,
            body=data,
            oversized=body.oversized,
            unreadable=body.unreadable,
            scheme=scheme,
            is_shared=is_shared,
        )
        if known is not None and is_shared:
            if len(known) >= _BODIES:
                known.clear()
                self.ready.clear()
            known[data] = request
        return request

    @property
    def excess(self) -> tuple[int, str] | None:
        """The status and the detail of the refusal if there are too many fields, cookies or parameters; else None."""
        if len(self.fields.headers.pairs) > MAX_FIELDS:
            return 431, f"A request may have at most {MAX_FIELDS} header fields."
        if self.fields.cookies > MAX_COOKIES:
            return 431, f"A request may have at most {MAX_COOKIES} cookies."
        if self.query and self.query.count("&") >= MAX_PARAMETERS:
            return 400, f"The query of a request may have at most {MAX_PARAMETERS} parameters."
        return None

    @property
    def has_known_coding(self) -> bool:
        """Whether the body is sent in chunks, or without a transfer coding. The mock knows no other coding."""
        return self.fields.coding in (b"", b"chunked")

    @property
    def announces_body(self) -> bool:
        """Whether the client sends a body, or is ready to send one."""
        return self.fields.length > 0 or self.fields.coding != b""

    @property
    def is_preflight(self) -> bool:
        """Whether this is a CORS preflight; any other OPTIONS request is answered like every request."""
        return (
            self.method == "OPTIONS"
            and self.fields.origins != []
            and "access-control-request-method" in self.fields.headers
        )
