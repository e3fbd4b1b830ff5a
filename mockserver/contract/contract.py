"""The contract: which operation a request calls, and every way in which a request or a reply breaks it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.contract import jsontext
from mockserver.contract.acceptance import Acceptance
from mockserver.contract.credentials import CredentialPlace, credential_places, find_credential
from mockserver.contract.document import Document, load_document
from mockserver.contract.operation import Operation, operations
from mockserver.contract.preferences import parse_preference
from mockserver.contract.routing import Route, Router
from mockserver.errors import Refusal, Violation
from mockserver.exchange import ABSENT, Call, Reply, Request

if TYPE_CHECKING:
    # Imported on first use: openapi-core costs half a second at start, and a valid message may never need it.
    from mockserver.contract.judge import Judge
    from mockserver.contract.replies import SampleReplies

__all__ = ["Contract", "Understood"]

HEAVIEST = 20_000
"""How many compiled schemas are kept, of some 6 KB each."""


class Understood(NamedTuple):
    """A request that can be read: the call it makes, and how it breaks the contract, if it does."""

    call: Call
    violations: tuple[Violation, ...] = ()


class Contract:
    """An OpenAPI document that messages are held against.

    openapi-core is the judge; the compiled accept path may say yes before it is asked, unless `compiled` is false.
    `accepted_keys` are the credentials that are accepted, None for any; `max_body` is told to the client that sent more.
    """

    def __init__(
        self,
        document: Document,
        *,
        accepted_keys: frozenset[str] | None = None,
        max_body: int = 1 << 20,
        compiled: bool = True,
    ) -> None:
        self.document = document
        self.operations: Mapping[str, Operation] = {operation.id: operation for operation in operations(document)}
        self.credential_places: tuple[CredentialPlace, ...] = credential_places(document)
        self._router = Router(self.operations.values())
        self._accepted_keys = accepted_keys
        self._max_body = max_body
        self._compiled = compiled
        self._acceptances: dict[str, Acceptance] = {}

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        overlay: Path | None = None,
        accepted_keys: frozenset[str] | None = None,
        max_body: int = 1 << 20,
        compiled: bool = True,
    ) -> Contract:
        """Read the document at a path, with an overlay laid over it. Raises SpecError."""
        document = load_document(path, overlay=overlay)
        return cls(document, accepted_keys=accepted_keys, max_body=max_body, compiled=compiled)

    @cached_property
    def _judge(self) -> Judge:
        from mockserver.contract.judge import Judge

        return Judge(self.document)

    @cached_property
    def _samples(self) -> SampleReplies:
        from mockserver.contract.replies import SampleReplies

        return SampleReplies(self.document, self._judge)

    def has_path(self, path: str) -> bool:
        """Whether there is an operation of any method on a raw path."""
        return self._router.has(path)

    def route(self, request: Request) -> Route:
        """Which operation a request calls, with which path parameters.

        Raises Refusal: unknown-path, method-not-allowed.
        """
        return self._router.find(request.method, request.path)

    def understand(self, request: Request, route: Route | None = None) -> Understood:
        """Which operation a request calls, with what, and how it breaks the contract; `route` if it is known already.

        Raises Refusal, in this order: unknown-path, method-not-allowed, not-authenticated, too-large,
        unsupported-media-type, malformed-body. Violations of parameters and body are returned, all of them.
        """
        route = route or self.route(request)
        operation = route.operation
        acceptance = self._acceptance(operation)
        self._authenticate(operation, acceptance, request)
        if request.oversized:
            raise Refusal("too-large", f"The body is longer than {self._max_body} bytes (--max-body).")
        body, violations = self._read_body(operation, acceptance, request)
        if not (acceptance and acceptance.parameters(request, route.path)):
            violations = self._judge.parameters(operation, request, route.path) + violations
        return Understood(_call(request, route, body), tuple(violations))

    def body_of(self, request: Request, operation_id: str | None) -> Any:
        """The body of a request as matchers see it: parsed where that is possible, else as text; ABSENT if there is none."""
        if not request.body:
            return ABSENT
        if jsontext.is_json(request.headers.get("content-type", "")):
            try:
                return jsontext.parse(request.body)
            except jsontext.JsonError:
                return request.body.decode("utf-8", "replace")
        operation = self.operations.get(operation_id or "")
        if operation is not None and "requestBody" in operation.spec:
            read = self._judge.read_body(operation, request)
            if read.documented is None and read.malformed is None:
                return read.value
        return request.body.decode("utf-8", "replace")

    def reply_violations(self, operation_id: str, reply: Reply, *, written: Any = ABSENT) -> list[Violation]:
        """Every way in which a reply of an operation breaks the contract.

        `written` is the JSON value of which `jsontext.write_exactly` has made the body, where that is known.
        """
        operation = self.operations[operation_id]
        acceptance = self._acceptance(operation)
        if acceptance and acceptance.reply(reply, written):
            return []
        return self._judge.reply(operation, reply)

    def compile(self, operation_ids: Iterable[str]) -> None:
        """Compile the accept path of these operations now; of others it is compiled on their first use."""
        for operation_id in operation_ids:
            self._acceptance(self.operations[operation_id])

    def uncompiled(self) -> dict[str, list[str]]:
        """The parts of operations that only openapi-core can judge, of those operations that were compiled so far."""
        return {name: acceptance.gaps for name, acceptance in self._acceptances.items() if acceptance.gaps}

    def sample(self, call: Call, rng: random.Random) -> Reply:
        """A reply made from the operation's schema, as Prefer and Accept of the request want it.

        Raises Refusal: unknown-preference, not-acceptable; reply-violates-contract when none can be made.
        """
        headers = call.request.headers
        preference = parse_preference(headers)
        operation = self.operations[call.operation]
        return self._samples.make(operation, rng, preference=preference, accept=headers.get("accept"))

    def _acceptance(self, operation: Operation) -> Acceptance | None:
        """The operation's compiled accept path, compiled on its first use."""
        if not self._compiled:
            return None
        found = self._acceptances.get(operation.id)
        if found is None:
            self._make_room()
            found = self._acceptances[operation.id] = Acceptance(self.document, operation)
        return found

    def _make_room(self) -> None:
        """Forget what was compiled first: where every schema refers to most others, all of it would take gigabytes."""
        weight = sum(acceptance.weight for acceptance in self._acceptances.values())
        while weight > HEAVIEST:
            weight -= self._acceptances.pop(next(iter(self._acceptances))).weight

    def _authenticate(self, operation: Operation, acceptance: Acceptance | None, request: Request) -> None:
        violations: list[Violation] = []
        if not (acceptance and acceptance.security(request)):
            violations = self._judge.security(operation, request)
        if not violations and self._accepted_keys is not None and operation.security:
            found = find_credential(self.credential_places, request)
            if found not in self._accepted_keys:
                message = "the credential is none of those that --api-key names"
                violations = [Violation(place="security", pointer="", message=message, keyword="security")]
        if violations:
            names = {name for requirement in operation.security for name in requirement}
            places = [place for place in self.credential_places if place.scheme in names]
            headers = (("WWW-Authenticate", ", ".join(place.challenge for place in places)),) if places else ()
            detail = violations[0].message
            raise Refusal(
                "not-authenticated",
                f"{detail[0].upper()}{detail[1:]}: send {' or '.join(dict.fromkeys(map(str, places)))}.",
                violations=tuple(violations),
                headers=headers,
            )

    def _read_body(
        self, operation: Operation, acceptance: Acceptance | None, request: Request
    ) -> tuple[object, list[Violation]]:
        if "requestBody" not in operation.spec:
            return ABSENT, []
        if not request.body:
            is_fine = acceptance is not None and acceptance.may_be_empty
            return ABSENT, [] if is_fine else self._judge.body(operation, request)
        essence = jsontext.essence(request.headers.get("content-type", ""))
        if acceptance and acceptance.media_type(essence):
            value = _parse(request.body)
            if acceptance.body(essence, value, len(request.body)):
                return value, []
            return value, self._judge.body(operation, request)
        return self._judged_body(operation, request)

    def _judged_body(self, operation: Operation, request: Request) -> tuple[object, list[Violation]]:
        read = self._judge.read_body(operation, request)
        if read.documented is not None:
            sent = request.headers.get("content-type")
            raise Refusal(
                "unsupported-media-type",
                f"{f'The media type {sent!r} is' if sent else 'A body without Content-Type is'} not documented "
                f"for this operation; send {' or '.join(read.documented) or 'no body'}.",
                headers=(("Accept-Post", ", ".join(read.documented)),) if request.method == "POST" else (),
            )
        if read.malformed is not None:
            raise Refusal("malformed-body", f"The body is malformed: {read.malformed}.")
        return read.value, self._judge.body(operation, request)


def _parse(body: bytes) -> object:
    try:
        return jsontext.parse(body)
    except jsontext.JsonError as error:
        raise Refusal("malformed-body", f"The body is malformed: {error}.") from None


def _call(request: Request, route: Route, body: object) -> Call:
    return Call(request=request, operation=route.operation.id, path=route.path, body=body)
