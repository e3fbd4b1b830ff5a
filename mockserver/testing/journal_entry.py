"""An exchange as a test reads it from the journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from mockserver.contract.undocumented_names import UndocumentedName
from mockserver.errors import Miss, Violation
from mockserver.redaction.terminal import printable
from mockserver.testing.reply_value import ReplyValue


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

    @classmethod
    def read(cls, request: ReplyValue) -> Self:
        """The request of an entry. Raises ReplyShapeError."""
        return cls(
            method=request.member("method").text(),
            path=request.member("path").text(),
            query=request.member("query").text(),
            headers=request.member("headers").texts(),
            body=request.member("body").text(),
        )

    def __str__(self) -> str:
        return printable(f"{self.method} {self.path}{'?' if self.query else ''}{self.query}")


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
    def read(cls, entry: ReplyValue) -> Self:
        """An entry of the control API's journal. Raises ReplyShapeError."""
        nearest, reply = entry.member("nearest"), entry.member("reply")
        return cls(
            id=entry.member("id").text(),
            at=entry.member("at").number(),
            namespace=entry.member("namespace").text(),
            request=SeenRequest.read(entry.member("request")),
            operation=entry.member("operation").optional_text(),
            scenario=entry.member("scenario").optional_text(),
            stub=entry.member("stub").optional_text(),
            off_contract=entry.member("off_contract").optional_text(),
            refused=entry.member("refused").optional_text(),
            nearest=None if nearest.is_null else (nearest.member("scenario").text(), nearest.member("stub").text()),
            misses=tuple(map(read_miss, entry.member("misses").items())),
            violations=tuple(map(_violation, entry.member("violations").items())),
            warnings=tuple(map(_warning, entry.member("warnings").items())),
            reply=SeenReply(
                status=reply.member("status").whole_number(),
                headers=reply.member("headers").texts(),
                body=reply.member("body").text(),
            ),
            fault=entry.member("fault").optional_text(),
            delay=entry.member("delay").number(),
            duration=entry.member("duration").number(),
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
        return printable(f"{self.request} -> {self.outcome} ({source}{f', {self.stub}' if self.stub else ''})")


def read_miss(miss: ReplyValue) -> Miss:
    """A difference between a request and an expectation. Raises ReplyShapeError."""
    return Miss(miss.member("where").text(), miss.member("expected").text(), miss.member("actual").text())


def _violation(violation: ReplyValue) -> Violation:
    return Violation(
        place=violation.member("in").text(),
        pointer=violation.member("pointer").pointer(),
        message=violation.member("message").text(),
        keyword=violation.member("keyword").text(),
    )


def _warning(warning: ReplyValue) -> UndocumentedName:
    return UndocumentedName(
        place=warning.member("in").text(),
        pointer=warning.member("pointer").pointer() or "/",
        suggestion=warning.member("suggestion").optional_text(),
    )
