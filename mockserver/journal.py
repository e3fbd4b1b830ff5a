"""The journal: every exchange, with what was decided and why; bounded, the oldest entries go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.errors import Violation
from mockserver.exchange import Fault, Reply, Request
from mockserver.redaction import REDACTED, SECRET_HEADERS, redact
from mockserver.scenarios import Miss

__all__ = ["Entry", "Journal"]

DEFAULT_CAP = 10_000
# A full journal of payment sessions has some 10 MB; with bodies of a mebibyte each it would have 10 GiB.
DEFAULT_CAPACITY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One exchange. `at` is seconds since the epoch, `duration` seconds; what is secret is only taken out when read."""

    id: str
    at: float
    namespace: str
    request: Request
    operation: str | None
    scenario: str | None
    stub: str | None
    off_contract: str | None
    refused: str | None
    misses: tuple[Miss, ...]
    violations: tuple[Violation, ...]
    outcome: Reply | Fault
    duration: float

    def as_json(self) -> dict[str, Any]:
        """The entry as people and the control API read it, without secrets."""
        reply = self.outcome.reply if isinstance(self.outcome, Fault) else self.outcome
        return {
            "id": self.id,
            "at": self.at,
            "namespace": self.namespace,
            "request": {
                "method": self.request.method,
                "path": redact(self.request.path),
                "query": redact(self.request.query),
                "headers": _headers(self.request.headers.pairs),
                "body": redact(self.request.body.decode("utf-8", "replace")),
            },
            "operation": self.operation,
            "scenario": self.scenario,
            "stub": self.stub,
            "off_contract": self.off_contract,
            "refused": self.refused,
            "misses": [miss.as_json() for miss in self.misses],
            "violations": [violation.as_json() for violation in self.violations],
            "reply": {
                "status": reply.status,
                "headers": _headers(reply.headers),
                "body": redact(reply.body.decode("utf-8", "replace")),
            },
            "fault": self.outcome.kind if isinstance(self.outcome, Fault) else None,
            "duration": self.duration,
        }


class Journal:
    """Entries in the order of the exchanges: at most `cap` of them, and `capacity` bytes of messages in all."""

    def __init__(self, *, cap: int = DEFAULT_CAP, capacity: int = DEFAULT_CAPACITY) -> None:
        self._cap = cap
        self._capacity = capacity
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._size = 0

    def record(self, entry: Entry) -> None:
        """Add an entry; the oldest go when the journal is full, the newest is always there."""
        size = _size(entry)
        self._entries.append(entry)
        self._sizes.append(size)
        self._size += size
        while len(self._entries) > self._cap or (self._size > self._capacity and len(self._entries) > 1):
            self._entries.popleft()
            self._size -= self._sizes.popleft()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def _size(entry: Entry) -> int:
    """About how many bytes an entry holds on to that its client, or a scenario, chose."""
    request, outcome = entry.request, entry.outcome
    reply = outcome.reply if isinstance(outcome, Fault) else outcome
    headers = sum([len(name) + len(value) for name, value in request.headers.pairs])
    return len(request.path) + len(request.query) + headers + len(request.body) + len(reply.body)


def _headers(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name: REDACTED if name.lower() in SECRET_HEADERS else redact(value) for name, value in pairs}
