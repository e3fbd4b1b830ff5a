"""The messages that all parts exchange: requests, replies and faults, as plain values without any framework."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Final, NamedTuple, TypeVar, overload
from urllib.parse import parse_qs

from mockserver.limits.memo import length_of_fields
from mockserver.values.value_class import value_class


class AbsentType:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = AbsentType()
"""The value of a body or member that is absent, as opposed to null."""

BODILESS: Final = frozenset({204, 205, 304})
"""The statuses of replies that never have a body (RFC 9110, section 6.4.1)."""

Default = TypeVar("Default")


class Headers(Mapping[str, str]):
    """HTTP header fields. Names are compared without case; repeated fields keep their order.

    `pairs` are all fields, with names in lower case. `size` is the number of characters of all names and values.
    Requests with the same fields share this object. `namespace` is what `engine.namespaces` knows about them, and
    `accepted` what `contract.compiled` knows.
    """

    __slots__ = ("_values", "accepted", "namespace", "pairs", "size")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple([(name.lower(), value) for name, value in pairs])
        self.size = length_of_fields(self.pairs)
        self.namespace: tuple[object, object] | None = None
        self.accepted: tuple[object, str, str, str] | None = None
        self._values = dict(self.pairs)
        if len(self._values) != len(self.pairs):
            values: dict[str, list[str]] = {}
            for name, value in self.pairs:
                values.setdefault(name, []).append(value)
            # HTTP/2 may split the cookies over several fields (RFC 9113, section 8.2.3).
            self._values = {name: ("; " if name == "cookie" else ", ").join(each) for name, each in values.items()}

    def __getitem__(self, name: str) -> str:
        """Return the value of a field; repeated fields are joined by a comma (RFC 9110, section 5.3)."""
        return self._values[name.lower()]

    # Mapping's own methods raise and catch a KeyError for every missing field, and most fields are missing.
    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: Default) -> str | Default: ...
    def get(self, name: str, /, default: Default | None = None) -> str | Default | None:
        """Return the value of a field, or the default."""
        return self._values.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Without the values, which may be credentials.
        return f"Headers({[name for name, _ in self.pairs]})"

    def all(self, name: str) -> list[str]:
        """Return every value of a field, in the order in which they were sent."""
        lowered = name.lower()
        return [value for key, value in self.pairs if key == lowered]


class UnreadableBody(NamedTuple):
    """Why a body could not be decoded: the kind, the detail and the headers of the refusal (see `errors`)."""

    kind: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


@value_class(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, as it was received.

    `path` is percent-encoded and has no query; `query` has no question mark.
    `oversized` means that the body exceeds the limit and was not read; `unreadable` says why it could not be
    decoded. In both cases `body` is empty. Otherwise it is decoded: Content-Encoding only says how it was sent.
    `is_shared` means that later equal requests are this object, so it is worth to remember what is known about it.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    oversized: bool = False
    unreadable: UnreadableBody | None = None
    scheme: str = "http"
    is_shared: bool = field(default=False, compare=False, repr=False)

    @property
    def query_values(self) -> dict[str, tuple[str, ...]]:
        """The decoded query: every name with all its values."""
        return {name: tuple(values) for name, values in parse_qs(self.query, keep_blank_values=True).items()}

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of a repeated name the first counts, because browsers send the best match first."""
        return {name: values[0] for name, values in self.cookie_values.items()}

    @property
    def cookie_values(self) -> dict[str, tuple[str, ...]]:
        """Every cookie with all its values."""
        values: dict[str, list[str]] = {}
        for part in self.headers.get("cookie", "").split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                values.setdefault(name, []).append(value.strip('"'))
        return {name: tuple(each) for name, each in values.items()}


@value_class(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of one operation of the contract.

    `operation` is the operationId, or `METHOD /path` if the document has none. `path` has the decoded path parameters.
    `body` is the parsed body, or ABSENT. Equal requests can share one call. `fitting` is what `scenarios.library` knows
    about it, `plan` what `engine.reply_renderer` knows.
    """

    request: Request
    operation: str
    path: Mapping[str, str]
    body: Any = ABSENT
    fitting: tuple[object, object] | None = field(default=None, init=False, compare=False, repr=False)
    plan: object = field(default=None, init=False, compare=False, repr=False)

    def remember_fitting(self, fitting: tuple[object, object]) -> None:
        """Remember the result for the next equal request."""
        object.__setattr__(self, "fitting", fitting)

    def remember_plan(self, plan: object) -> None:
        """Remember the plan for the next equal request."""
        object.__setattr__(self, "plan", plan)


@value_class(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply. `delay` is the time that the server waits before it sends the reply, in seconds.

    `entry` is the id of the journal entry. It is sent as the header Mock-Entry, and not one of the `headers`, which
    most replies have in common: texts made from them are cached.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0
    entry: str | None = None

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers, with Mock-Entry."""
        return self.headers if self.entry is None else (*self.headers, ("mock-entry", self.entry))


@value_class(frozen=True, slots=True, kw_only=True)
class Fault:
    """A deliberate failure of the connection.

    `kind` is connection_reset, empty_reply, truncated_body, malformed_json, hang or dribble. `reply` is the reply
    without the fault. A dribbled reply is sent in `chunks` parts, over a time of `over` seconds.
    """

    kind: str
    reply: Reply
    chunks: int = 1
    over: float = 0.0
    delay: float = 0.0
