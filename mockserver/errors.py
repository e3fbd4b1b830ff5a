"""Everything that can go wrong, as one tree.

- MockserverError
    - UsageError              the command line, a file or a port is wrong: exit code 2
        - SpecError           the OpenAPI document is missing, unreadable or not usable
        - ScenarioError       a scenario file is missing, unreadable or not usable
    - Refusal                 the mock cannot serve this request: problem+json, never what Wingback would say
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mockserver.redaction import redact

__all__ = [
    "REFUSALS",
    "MockserverError",
    "Refusal",
    "RefusalKind",
    "ScenarioError",
    "SpecError",
    "UsageError",
    "Violation",
]


class MockserverError(Exception):
    """Something the mock server itself has to say; its text is meant for the user."""


class UsageError(MockserverError):
    """Wrong usage: what was given cannot be used, and the text says what to do."""


class SpecError(UsageError):
    """The OpenAPI document cannot be served. `files` are those that were asked for, as far as the reading came."""

    files: tuple[Path, ...] = ()


class ScenarioError(UsageError):
    """A scenario file cannot be served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a message breaks the contract.

    `place` is one of body, path, query, header, cookie, security; with replies also status.
    `pointer` is an RFC 6901 JSON pointer: into the body, or `/<name>` of a parameter.
    `keyword` is the OpenAPI or JSON Schema keyword that says no.
    """

    place: str
    pointer: str
    message: str
    keyword: str

    def as_json(self) -> dict[str, str]:
        """The violation as it stands in a refusal and in the journal, without secrets."""
        pointer, message = redact(self.pointer), redact(self.message)
        return {"in": self.place, "pointer": pointer, "message": message, "keyword": self.keyword}


@dataclass(frozen=True, slots=True)
class RefusalKind:
    """One row of the table of refusals."""

    status: int
    title: str


# In the order in which a request is checked: the first that applies is the answer.
REFUSALS: dict[str, RefusalKind] = {
    # The edge of the server, before anything is looked at.
    "bad-host": RefusalKind(400, "Host not served"),
    "foreign-origin": RefusalKind(403, "Origin not allowed"),
    # The table of the contract.
    "unknown-path": RefusalKind(404, "Unknown path"),
    "method-not-allowed": RefusalKind(405, "Method not allowed"),
    "not-authenticated": RefusalKind(401, "Not authenticated"),
    "too-large": RefusalKind(413, "Body too large"),
    "unsupported-media-type": RefusalKind(415, "Unsupported media type"),
    "malformed-body": RefusalKind(400, "Malformed body"),
    "contract-violation": RefusalKind(400, "Request breaks the contract"),
    "not-acceptable": RefusalKind(406, "Not acceptable"),
    "unknown-scenario": RefusalKind(400, "Unknown scenario"),
    "unknown-preference": RefusalKind(400, "Undocumented preference"),
    "no-stub": RefusalKind(404, "No stub fits"),
    "reply-violates-contract": RefusalKind(500, "Reply breaks the contract"),
    # Stripe's side, as an error object of Stripe's.
    "test-mode-only": RefusalKind(403, "Test mode only"),
    # The control API.
    "unknown-payment-session": RefusalKind(404, "Unknown payment session"),
    "not-verified": RefusalKind(409, "Not what was expected"),
}


class Refusal(MockserverError):  # noqa: N818  # the word of the design; it is an answer, not an error
    """The mock's own "cannot serve", as data; the web face makes problem+json of it.

    `kind` is a key of REFUSALS, `detail` one sentence that says what, where and what to do,
    `headers` what belongs on the reply besides (Allow, WWW-Authenticate), `extra` further members
    of the problem document.
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
        """The HTTP status of this kind of refusal."""
        return REFUSALS[self.kind].status

    def as_json(self) -> dict[str, object]:
        """The problem document of RFC 9457, without secrets."""
        problem: dict[str, object] = {
            "type": f"urn:mockserver:{self.kind}",
            "title": REFUSALS[self.kind].title,
            "status": self.status,
            "detail": redact(self.detail),
        }
        if self.violations:
            problem["violations"] = [violation.as_json() for violation in self.violations]
        return problem | self.extra
