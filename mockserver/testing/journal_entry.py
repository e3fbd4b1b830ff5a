"""An exchange as a test reads it from the journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from mockserver.contract.undocumented_names import UndocumentedName
from mockserver.errors import Violation
from mockserver.scenarios import Miss


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMessage:
    """A request or a reply, without secrets. The names in `headers` are in lower case."""

    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """The body as JSON. Raises ValueError if it is not JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest(SeenMessage):
    """A request as the mock received it, without secrets. `path` is still percent-encoded."""

    method: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReply(SeenMessage):
    """The reply, without secrets. For a fault: the reply that would have been sent without it."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One exchange, as spec/admin.yaml describes it.

    `at` is in seconds since the epoch, `delay` and `duration` are in seconds. For a refused request, `nearest` is the
    scenario and the stub that would have answered or came nearest, and `misses` says why that stub did not match.
    `warnings` are names in the request that are not documented but similar to documented ones.
    """

    id: str
    at: float
    namespace: str
    request: SeenRequest
    operation: str | None
    scenario: str | None
    stub: str | None
    off_contract: str | None
    refused: str | None
    nearest: tuple[str, str] | None
    misses: tuple[Miss, ...]
    violations: tuple[Violation, ...]
    warnings: tuple[UndocumentedName, ...]
    reply: SeenReply
    fault: str | None
    delay: float
    duration: float

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        """An entry of the control API's journal."""
        nearest = entry["nearest"]
        violations = [{"place" if name == "in" else name: each[name] for name in each} for each in entry["violations"]]
        return cls(
            **{
                **entry,
                "request": SeenRequest(**entry["request"]),
                "reply": SeenReply(**entry["reply"]),
                "nearest": (nearest["scenario"], nearest["stub"]) if nearest else None,
                "misses": tuple(Miss(**miss) for miss in entry["misses"]),
                "violations": tuple(Violation(**violation) for violation in violations),
                "warnings": tuple(map(UndocumentedName.from_json, entry["warnings"])),
            }
        )

    @property
    def is_sound(self) -> bool:
        """Whether the request was neither refused nor broke the contract."""
        return self.refused is None and not self.violations

    @property
    def outcome(self) -> str:
        """The kind of the fault, or the status as text."""
        return self.fault or str(self.reply.status)

    def __str__(self) -> str:
        source = f"refused: {self.refused}" if self.refused else f"{self.scenario or 'from the schema'}"
        return f"{self.request} -> {self.outcome} ({source}{f', {self.stub}' if self.stub else ''})"
