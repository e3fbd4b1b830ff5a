"""Scenarios as the engine uses them: stubs that answer, and examples that show how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.delivery.plans import NO_DELAY, Delay, PlannedFault
from mockserver.errors import Miss
from mockserver.messages import ABSENT, AbsentType, Call, Headers
from mockserver.redaction.credential_names import NO_CONTRACT, CredentialNames
from mockserver.scenarios.conditions import ALWAYS, Condition
from mockserver.scenarios.matchers import Equal, Matcher
from mockserver.scenarios.stub_replies import StubReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """Matchers with either a reply or a fault.

    `times` is how often the stub answers before the next one takes over; None is without limit.
    """

    name: str
    operation: str
    when: Condition = ALWAYS
    times: int | None = None
    delay: Delay = NO_DELAY
    reply: StubReply | None = None
    fault: PlannedFault | None = None

    @property
    def ending(self) -> str:
        """How the exchange ends: the status of the reply as text, or the kind of the fault."""
        if self.fault is not None:
            return self.fault.kind
        return str(self.reply.status) if self.reply is not None else ""

    def fits(self, call: Call) -> bool:
        """Whether there is no miss. Stops at the first miss."""
        return call.operation == self.operation and (self.when is ALWAYS or self.when.fits(call))

    def misses(self, call: Call, credentials: CredentialNames = NO_CONTRACT) -> list[Miss]:
        """Every reason why this stub does not answer this call. Of a credential, no value is shown."""
        other = [] if call.operation == self.operation else [Miss("operation", self.operation, call.operation)]
        return other + self.when.misses(call, credentials)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRequest:
    """What a client sends. `path` is the request target with its query; `body` is JSON or ABSENT."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any | AbsentType = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleReply:
    """What the client receives: a status, and matchers for headers and body."""

    status: int
    headers: Mapping[str, Matcher] = field(default_factory=dict)
    body: Matcher | None = None

    def misses(self, status: int, headers: Headers, body: Any | AbsentType) -> list[Miss]:
        """Every way in which a reply differs from the example."""
        found = list(Equal(self.status).misses("status", status))
        for name, matcher in self.headers.items():
            found += matcher.misses(f"header {name}", headers.get(name, ABSENT))
        if self.body is not None:
            found += self.body.misses("body", body)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One exchange from the client's side: a request, and the reply or the kind of fault that follows."""

    request: ExampleRequest
    reply: ExampleReply | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario file. Equal scenarios behave the same; `digest` identifies the text of the file."""

    name: str
    about: str
    when: Condition | None = None
    stubs: tuple[Stub, ...] = ()
    example: tuple[Example, ...] = ()
    digest: bytes = field(default=b"", compare=False)
