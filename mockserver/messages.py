"""The plain values that travel: what came in, what goes out. No framework knows them, they know none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, overload
from urllib.parse import parse_qsl

__all__ = ["ABSENT", "BODILESS", "AbsentType", "Call", "Fault", "Headers", "Reply", "Request"]


class AbsentType:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = AbsentType()
"""Stands for a body that is not there; null is there."""

BODILESS: Final = frozenset({204, 205, 304})
"""Statuses of replies that never carry a body (RFC 9110, section 6.4.1)."""

Default = TypeVar("Default")


class Headers(Mapping[str, str]):
    """HTTP header fields: names compare without case, repeated fields are kept in order.

    `size` is how many characters names and values have together.
    """

    __slots__ = ("_values", "pairs", "size")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple([(name.lower(), value) for name, value in pairs])
        self.size = sum([len(name) + len(value) for name, value in self.pairs])
        self._values = dict(self.pairs)
        if len(self._values) != len(self.pairs):
            self._values = {name: _joined(name, self.all(name)) for name in self._values}

    def __getitem__(self, name: str) -> str:
        """The field's value; repeated fields joined by a comma (RFC 9110, section 5.3)."""
        return self._values[name.lower()]

    # Not Mapping's own, which raise and catch a KeyError for each of the many fields that are not there.
    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: Default) -> str | Default: ...
    def get(self, name: str, /, default: Default | None = None) -> str | Default | None:
        """The field's value, or the default."""
        return self._values.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Names only: a header may hold a credential.
        return f"Headers({[name for name, _ in self.pairs]})"

    def all(self, name: str) -> list[str]:
        """Every value of a field, in the order of the wire."""
        lowered = name.lower()
        return [value for key, value in self.pairs if key == lowered]


def _joined(name: str, values: list[str]) -> str:
    # RFC 6265, section 5.4: cookies are joined by a semicolon, as HTTP/2 splits them.
    return ("; " if name == "cookie" else ", ").join(values)


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
