"""The errors of this project, as one tree.

- MockserverError
    - UsageError              the command line, a file or a port cannot be used: exit code 2
        - SpecError           the OpenAPI document is missing, cannot be read, or cannot be served
        - ScenarioError       a scenario file is missing, cannot be read, or cannot be served
    - StoreUnavailableError   the store that servers share does not answer
    - WorkerError             the worker processes of a server fail to start: exit code 1
    - Refusal                 the mock cannot serve this request: a problem document, which Wingback never sends

Errors that one package raises and handles itself are defined there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from mockserver.redaction.redact import redact_ends
from mockserver.redaction.terminal import printable_lines


class MockserverError(Exception):
    """An error whose text is written for the user. Control characters in it are escaped, except line breaks."""

    def __str__(self) -> str:
        return printable_lines(super().__str__())


class UsageError(MockserverError):
    """An option, a file or an argument cannot be used; the text says what to do."""

    exit_code: ClassVar = 2


class StoreUnavailableError(MockserverError):
    """The store does not answer, or refuses to. The text says why."""

    @property
    def refusal(self) -> "Refusal":
        """The refusal of a request whose effects could not be stored."""
        return Refusal("store-unavailable", f"The store of --store cannot be used: {self}. Send the request again.")


class SpecError(UsageError):
    """The OpenAPI document cannot be served. `files` are the files that were read until the error."""

    files: tuple[Path, ...] = ()


class ScenarioError(UsageError):
    """A scenario file cannot be served."""


class WorkerError(MockserverError):
    """The worker processes of a server fail to start."""

    exit_code: ClassVar = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a message violates the contract.

    `place` is body, path, query, header, cookie or security; for a reply also status.
    `pointer` is a JSON pointer (RFC 6901) into the body, or `/<name>` of a parameter.
    `keyword` is the violated keyword of OpenAPI or JSON Schema.
    """

    place: str
    pointer: str
    message: str
    keyword: str

    def as_json(self) -> dict[str, str]:
        """Return the violation for a refusal and for the journal: no secrets, and only the ends of long texts."""
        pointer, message = redact_ends(self.pointer), redact_ends(self.message)
        return {"in": self.place, "pointer": pointer, "message": message, "keyword": self.keyword}


@dataclass(frozen=True, slots=True)
class Miss:
    """One difference between a request and a stub or an expectation.

    `where` is a place such as `body /provider`; `expected` and `actual` are what was expected there and what was found.
    """

    where: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {self.actual}"

    def as_json(self) -> dict[str, str]:
        """The miss for a refusal and for the journal."""
        return {"where": self.where, "expected": self.expected, "actual": self.actual}


class RefusalKind(NamedTuple):
    """The status and the title that all refusals of one kind have."""

    status: int
    title: str


# In the order of the checks: a request gets the first refusal that applies.
REFUSALS: Final[dict[str, RefusalKind]] = {
    # Before any API: whether the state is there, and who may call the server.
    "store-unavailable": RefusalKind(503, "Store unavailable"),
    "bad-host": RefusalKind(400, "Host not served"),
    "foreign-origin": RefusalKind(403, "Origin not allowed"),
    # The contract: the head of the request, then its body.
    "unknown-path": RefusalKind(404, "Unknown path"),
    "method-not-allowed": RefusalKind(405, "Method not allowed"),
    "not-authenticated": RefusalKind(401, "Not authenticated"),
    "too-large": RefusalKind(413, "Body too large"),
    "unsupported-media-type": RefusalKind(415, "Unsupported media type"),
    "malformed-body": RefusalKind(400, "Malformed body"),
    "contract-violation": RefusalKind(400, "Request breaks the contract"),
    # The answer: a scenario, or a reply made from the schema.
    "not-acceptable": RefusalKind(406, "Not acceptable"),
    "unknown-scenario": RefusalKind(400, "Unknown scenario"),
    "unknown-preference": RefusalKind(400, "Undocumented preference"),
    "no-stub": RefusalKind(404, "No stub fits"),
    "reply-violates-contract": RefusalKind(500, "Reply breaks the contract"),
    # Stripe's API, where a refusal has the form of Stripe's error objects.
    "test-mode-only": RefusalKind(403, "Test mode only"),
    "unknown-outcome": RefusalKind(400, "Unknown outcome"),
    # The control API.
    "ambiguous-namespace": RefusalKind(400, "Ambiguous namespace"),
    "unknown-payment-session": RefusalKind(404, "Unknown payment session"),
    "too-much-to-compare": RefusalKind(422, "Too much to compare"),
    "not-verified": RefusalKind(409, "Expectation not met"),
    "too-many-streams": RefusalKind(503, "Too many streams"),
}


class Refusal(MockserverError):  # noqa: N818  # it is a reply, not a failure of the server
    """The mock cannot serve a request; the reply is a problem document (RFC 9457).

    `kind` is a key of REFUSALS. `detail` is one sentence: what is wrong, where, and what to do.
    `headers` are additional headers of the reply, such as Allow; `extra` are additional members of the document.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        violations: tuple[Violation, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.violations = violations
        self.headers = headers
        self.extra = extra or {}

    @property
    def status(self) -> int:
        """The HTTP status of the reply."""
        return REFUSALS[self.kind].status

    def as_json(self) -> dict[str, object]:
        """Return the problem document, without secrets."""
        problem: dict[str, object] = {
            "type": f"urn:mockserver:{self.kind}",
            "title": REFUSALS[self.kind].title,
            "status": self.status,
            "detail": redact_ends(self.detail),
        }
        if self.violations:
            problem["violations"] = [violation.as_json() for violation in self.violations]
        return problem | self.extra
