"""What the journal tells of an exchange, as a test reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from mockserver.errors import Violation
from mockserver.scenarios import Miss

__all__ = ["JournalEntry", "SeenReply", "SeenRequest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """A request as it came, without its secrets. `path` keeps its percent-encoding; `headers` have lower-case names."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReply:
    """What was sent, without its secrets; of a fault, what a well-behaved server would have sent."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One exchange, as spec/admin.yaml describes it.

    `at` is seconds since the epoch; `delay` and `duration` are seconds. `nearest` is the scenario and the stub that would
    have answered, or came nearest, where the mock refused; `misses` are that stub's.
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
    reply: SeenReply
    fault: str | None
    delay: float
    duration: float

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The entry that the control API tells in JSON."""
        nearest = told["nearest"]
        return cls(
            **{
                **told,
                "request": SeenRequest(**told["request"]),
                "reply": SeenReply(**told["reply"]),
                "nearest": (nearest["scenario"], nearest["stub"]) if nearest else None,
                "misses": tuple(Miss(**miss) for miss in told["misses"]),
                "violations": tuple(
                    Violation(
                        place=each["in"], pointer=each["pointer"], message=each["message"], keyword=each["keyword"]
                    )
                    for each in told["violations"]
                ),
            }
        )

    @property
    def is_sound(self) -> bool:
        """Whether the request was neither refused nor in breach of the contract."""
        return self.refused is None and not self.violations

    @property
    def outcome(self) -> str:
        """What the client met: a status, or a fault."""
        return self.fault or str(self.reply.status)

    def __str__(self) -> str:
        by = f"refused: {self.refused}" if self.refused else f"{self.scenario or 'from the schema'}"
        return f"{self.request} -> {self.outcome} ({by}{f', {self.stub}' if self.stub else ''})"
