"""The journal: every exchange with its decision and the reasons. It is bounded: the oldest entries are dropped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from mockserver.contract.undocumented_names import UndocumentedName
from mockserver.errors import Miss, Violation
from mockserver.messages import ABSENT, Fault, Reply, Request
from mockserver.parsing.trace_context import trace_id_of
from mockserver.redaction.redactor import ExchangeRedactor, Redactor
from mockserver.storage.bounded_store import CAPACITY, BoundedStore
from mockserver.storage.value_pages import Positions

DEFAULT_CAP: Final = 10_000
# The memory that a header field takes in addition to its text.
_BYTES_OF_A_FIELD: Final = 100
LONGEST_SECRET: Final = 400_000
"""No copy of a credential is longer: a head of 64 KiB, with escapes of six characters."""
NOT_ANSWERED: Final = Reply(status=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The stub, with its scenario, that would have answered a refused request or matched it best."""

    scenario: str
    stub: str

    def as_json(self) -> dict[str, str]:
        """The two names."""
        return {"scenario": self.scenario, "stub": self.stub}


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """One exchange. `at` is in seconds since the epoch; `duration` is the time to the decision, in seconds.

    An entry is filled in while its request is answered, and does not change after that. `owner` is the key of the
    namespace and never shown; `namespace` is how it is shown. `path` has the decoded path parameters. `sent` is the
    body as matchers see it, for APIs other than the contract's. `misses` are those of the `nearest` stub. `warnings`
    are names in the request that are probably misspelled. A refused request has no `scenario` and no `stub`.
    `redactor` removes secrets when the entry is read, not before.
    """

    id: str
    at: float
    owner: str
    namespace: str
    request: Request
    operation: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    sent: Any = ABSENT
    scenario: str | None = None
    stub: str | None = None
    off_contract: str | None = None
    refused: str | None = None
    nearest: Nearest | None = None
    misses: tuple[Miss, ...] = ()
    violations: tuple[Violation, ...] = ()
    warnings: tuple[UndocumentedName, ...] = ()
    outcome: Reply | Fault = NOT_ANSWERED
    duration: float = 0.0
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def size(self) -> int:
        """About how many bytes of the entry a client or a scenario has chosen."""
        request, headers, outcome = self.request, self.request.headers, self.outcome
        reply = outcome.reply if isinstance(outcome, Fault) else outcome
        texts = len(request.path) + len(request.query) + headers.size + len(request.body) + len(reply.body)
        return texts + len(headers.pairs) * _BYTES_OF_A_FIELD

    @property
    def reply(self) -> Reply:
        """The reply; for a fault, the reply that it spoiled."""
        return self.outcome.reply if isinstance(self.outcome, Fault) else self.outcome

    @property
    def fault(self) -> str | None:
        """The kind of the fault; None if a reply was sent."""
        return self.outcome.kind if isinstance(self.outcome, Fault) else None

    @property
    def is_sound(self) -> bool:
        """Whether the request was neither refused nor in violation of the contract."""
        return self.refused is None and not self.violations

    def request_as_json(self, *, max_body: int) -> dict[str, Any]:
        """The request as a JSON object, without secrets, with at most this many characters of its body."""
        request = self.request
        shown = self.redactor.of_exchange(request.headers.pairs, request.query)
        # A secret that is cut in two is not recognized, so more is redacted than is shown.
        result = _request_as_json(request, request.body[: max_body + LONGEST_SECRET], shown)
        if len(result["body"]) > max_body:
            result["body"] = f"{result['body'][:max_body]}…"
        return result

    def as_json(self) -> dict[str, Any]:
        """The entry as a JSON object, without secrets."""
        reply = self.reply
        shown = self.redactor.of_exchange(self.request.headers.pairs, self.request.query)
        return {
            "id": self.id,
            "at": self.at,
            "namespace": self.namespace,
            "request": _request_as_json(self.request, self.request.body, shown),
            # Not redacted: it is random, though its digits can look like a card number.
            "trace_id": trace_id_of(self.request.headers.get("traceparent")),
            "operation": self.operation,
            "scenario": self.scenario,
            "stub": self.stub,
            "off_contract": self.off_contract,
            "refused": self.refused,
            "nearest": self.nearest.as_json() if self.nearest else None,
            "misses": [shown.texts(miss.as_json()) for miss in self.misses],
            "violations": [shown.texts(violation.as_json()) for violation in self.violations],
            "warnings": [shown.texts(warning.as_json()) for warning in self.warnings],
            "reply": {
                "status": reply.status,
                "headers": shown.headers(reply.headers) | {"mock-entry": self.id},
                "body": shown.body(reply.body),
            },
            "fault": self.fault,
            "delay": self.outcome.delay,
            "duration": self.duration,
        }


Listener = Callable[[int, Entry], None]
"""Called with the number of each new entry and the entry, in the thread that answers requests.

It must be fast and must not raise.
"""


class Journal:
    """Entries in the order of the exchanges: at most `cap` entries and `capacity` bytes of messages."""

    def __init__(self, *, cap: int = DEFAULT_CAP, capacity: int = CAPACITY) -> None:
        self._entries: BoundedStore[Entry] = BoundedStore(cap=cap, size=attrgetter("size"), capacity=capacity)
        self._listeners: tuple[Listener, ...] = ()

    def record(self, entry: Entry, *, number: int | None = None) -> None:
        """Add an entry, with the `number` that it has already. When the journal is full, the oldest are dropped."""
        number, _ = self._entries.add(entry, number=number)
        for listener in self._listeners:
            listener(number, entry)

    def skip_to(self, number: int) -> None:
        """Count the entries up to this number as recorded, even if they are not here."""
        self._entries.skip_to(number)

    def note_dropped(self, owner: str, count: int) -> None:
        """Note that this many older entries of a namespace are not here."""
        self._entries.note_dropped(owner, count)

    def of(self, owner: str | None) -> list[Entry]:
        """The entries of a namespace, given its key, or all entries (None); the oldest first."""
        return self._entries.of(owner)

    @property
    def last(self) -> int:
        """The number of the newest entry so far; 0 before the first."""
        return self._entries.last

    def positions(self, owner: str | None) -> Positions:
        """Where the entries of a namespace, or all entries (None), are in the journal; the oldest first."""
        return self._entries.positions(owner)

    def get(self, number: int) -> Entry | None:
        """The entry with a number, unless it has been dropped."""
        return self._entries.get(number)

    def since(self, number: int) -> list[tuple[int, Entry]]:
        """The entries after a number, each with its own number; the oldest first."""
        return self._entries.since(number)

    def reset(self, owner: str | None) -> None:
        """Remove the entries of a namespace, or all entries (None)."""
        self._entries.drop(owner)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call a listener for each new entry; returns the function that stops it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

        return end

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.of(None))

    def __len__(self) -> int:
        return len(self._entries)


def _request_as_json(request: Request, body: bytes, shown: ExchangeRedactor) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": shown.path(request.path),
        "query": shown.query(request.query),
        "headers": shown.headers(request.headers.pairs),
        "body": shown.body(body),
    }
