"""The plain values that travel: what came in, what goes out. No framework knows them, they know none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

__all__ = ["ABSENT", "Absent", "Call", "Fault", "Headers", "Reply", "Request"]


class Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
"""Stands for a body that is not there; null is there."""


class Headers(Mapping[str, str]):
    """HTTP header fields: names compare without case, repeated fields are kept in order.

    A few dozen pairs are searched as fast as a dict is built, and thousands of requests are kept in the journal.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple((name.lower(), value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        """The field's value; repeated fields joined by a comma (RFC 9110, section 5.3)."""
        lowered = name.lower()
        values = [value for key, value in self.pairs if key == lowered]
        if not values:
            raise KeyError(name)
        if len(values) == 1:
            return values[0]
        # RFC 6265, section 5.4: cookies are joined by a semicolon, as HTTP/2 splits them.
        return ("; " if lowered == "cookie" else ", ").join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self.pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self.pairs})

    def __repr__(self) -> str:
        # Names only: a header may hold a credential.
        return f"Headers({[name for name, _ in self.pairs]})"

    def all(self, name: str) -> list[str]:
        """Every value of a field, in the order of the wire."""
        lowered = name.lower()
        return [value for key, value in self.pairs if key == lowered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as it came over the wire.

    `path` keeps its percent-encoding and has no query; `query` has no question mark.
    `oversized` says that the body was longer than is read; `body` is then empty.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    oversized: bool = False

    @property
    def query_values(self) -> dict[str, tuple[str, ...]]:
        """The query, decoded: every name with all its values."""
        values: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            values[name] = (*values.get(name, ()), value)
        return values

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; the first of a repeated name counts, as browsers send the best match first."""
        values: dict[str, str] = {}
        for part in self.headers.get("cookie", "").split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                values.setdefault(name, value.strip('"'))
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that the contract has understood: which operation it calls, and with what.

    `operation` is the operationId, or `METHOD /path` where the document names none.
    `path` holds the decoded path parameters; `body` the parsed JSON body, or ABSENT.
    """

    request: Request
    operation: str
    path: Mapping[str, str]
    body: Any = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server sends. `delay` is how many seconds it waits before it does."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Deliberate misbehaviour of the wire, committed by the web face.

    `kind` is one of connection_reset, empty_reply, truncated_body, malformed_json, hang, dribble.
    `reply` is what a well-behaved server would have sent. `chunks` and `over` (seconds) belong to dribble.
    """

    kind: str
    reply: Reply
    chunks: int = 1
    over: float = 0.0
    delay: float = 0.0
