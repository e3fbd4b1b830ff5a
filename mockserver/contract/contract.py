"""The contract: finds the operation that a request calls, and every violation in requests and replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from mockserver.contract.compiled.compiled_operation import NOT_ACCEPTED
from mockserver.contract.document.credentials import CredentialPlace, credential_places, find_credential
from mockserver.contract.document.document import Document, load_document
from mockserver.contract.document.operations import Operation, operations
from mockserver.contract.documented_names import DocumentedNames
from mockserver.contract.message_validator import MessageValidator
from mockserver.contract.router import Route, Router
from mockserver.contract.undocumented_names import UndocumentedName
from mockserver.contract.unread_bodies import unread_body_refusal
from mockserver.errors import Refusal, Violation
from mockserver.limits.step_budget import StepBudget
from mockserver.messages import ABSENT, Call, Reply, Request
from mockserver.parsing import json_pointers
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import is_json
from mockserver.redaction.credential_names import CredentialNames
from mockserver.storage.made_once import made_once

_MAX_KNOWN: Final = 256
"""How many requests are remembered."""

_HIDDEN_VALUE: Final = "the value breaks the contract; it is not shown, because it may be a credential"


class Understood(NamedTuple):
    """A request that could be read: the call that it makes, its violations, and the names that are not documented."""

    call: Call
    violations: tuple[Violation, ...] = ()
    undocumented: tuple[UndocumentedName, ...] = ()


class Contract:
    """An OpenAPI document that requests and replies are checked against.

    `accepted_keys` are the accepted credentials; None accepts any. `max_body` is the limit for bodies in bytes, which a
    refusal mentions. With `compiled=False` openapi-core checks every message.
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
        self.credential_names = CredentialNames.of(each.shown_place for each in self.credential_places)
        self._router = Router(self.operations.values())
        self._names = DocumentedNames(document)
        self._validator = MessageValidator(document, compiled=compiled)
        self._accepted_keys = accepted_keys
        self._max_body = max_body
        self._compiled = compiled
        self._read_ahead: tuple[Request, Understood | Refusal] | None = None
        # By the id of the request. As long as the result is here, no other object has this id.
        self._known: dict[int, Understood] = {}
        # The request that `missing` has understood.
        self._accepted: Understood | None = None

    @classmethod
    def load(
        cls, path: Path, *, accepted_keys: frozenset[str] | None = None, max_body: int = 1 << 20, compiled: bool = True
    ) -> Contract:
        """Read the document at a path. Raises SpecError."""
        document = load_document(path)
        return cls(document, accepted_keys=accepted_keys, max_body=max_body, compiled=compiled)

    def has_path(self, path: str) -> bool:
        """Whether the contract has an operation of any method at a raw path."""
        return self._router.has(path)

    def has_paths_below(self, path: str) -> bool:
        """Whether the contract has a path that starts with all segments of a raw path, or is equal to it."""
        return self._router.has_below(path)

    def route(self, request: Request) -> Route:
        """The operation that a request calls, with the path parameters.

        Raises Refusal: unknown-path, method-not-allowed.
        """
        return self._router.find(request.method, request.path)

    def known(self, request: Request) -> Understood | None:
        """The result of `understand` for a recent request without violations, if this is the same object."""
        accepted = self._accepted
        return accepted if accepted is not None and accepted.call.request is request else self._known.get(id(request))

    def understand(self, request: Request, route: Route | None = None) -> Understood:
        """The call that a request makes, and the violations of its parameters and body. Pass `route` if it is known.

        Raises Refusal, in this order: unknown-path, method-not-allowed, not-authenticated, too-large,
        unsupported-media-type, malformed-body.
        """
        if self._read_ahead is not None:
            known, outcome = self._read_ahead
            if known.body is request.body and known.headers is request.headers:
                if isinstance(outcome, Refusal):
                    raise outcome
                return outcome
        understood = self.known(request)
        if understood is not None:
            return understood
        route = route or self.route(request)
        body = NOT_ACCEPTED
        if self._accepted_keys is None:
            body = self._validator.accepted_body(route.operation, request, route.path)
        if body is not NOT_ACCEPTED:
            return self._understood(request, route, body)
        body, violations = self._checked(route.operation, request, route.path)
        return self._understood(request, route, body, tuple(violations))

    def _understood(
        self, request: Request, route: Route, body: Any, violations: tuple[Violation, ...] = ()
    ) -> Understood:
        call = Call(request=request, operation=route.operation.id, path=route.path, body=body)
        understood = Understood(call, violations, self._names.undocumented(route.operation, request, body))
        if request.is_shared and not violations:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[id(request)] = understood
        return understood

    def read_ahead(self, request: Request) -> Understood | Refusal:
        """The result of `understand` for a request, computed ahead. Call this always in the same thread."""
        try:
            return self._twin.understand(request)
        except Refusal as refusal:
            # Its frames refer to the request.
            return refusal.with_traceback(None)

    @contextmanager
    def knowing(self, request: Request, outcome: Understood | Refusal) -> Iterator[None]:
        """A context in which `understand` uses the result of `read_ahead` for this request."""
        self._read_ahead = request, outcome
        try:
            yield
        finally:
            self._read_ahead = None

    @made_once
    def _twin(self) -> Contract:
        """A second instance of this contract for another thread, because validators are not thread-safe."""
        return Contract(
            self.document, accepted_keys=self._accepted_keys, max_body=self._max_body, compiled=self._compiled
        )

    def _checked(self, operation: Operation, request: Request, path: Mapping[str, str]) -> tuple[Any, list[Violation]]:
        """The body and the violations of a request, step by step. Raises Refusal."""
        self._authenticate(operation, request)
        if request.oversized or request.unreadable is not None:
            self._refuse_unread_body(operation, request)
        body, violations = self._validator.body(operation, request)
        violations = self._validator.parameters(operation, request, path) + violations
        return body, self._without_credentials(violations) if violations else violations

    def body_of(self, request: Request, operation_id: str | None) -> Any:
        """The body of a request as matchers see it: the parsed value if possible, else text; ABSENT without a body."""
        if not request.body:
            return ABSENT
        operation = self.operations.get(operation_id or "")
        try:
            if is_json(request.headers.get("content-type", "")):
                return parse_json(request.body)
            if operation is not None and "requestBody" in operation.spec:
                return self._validator.openapi_core.read_body(operation, request)
        except (JsonError, Refusal):
            pass
        return request.body.decode("utf-8", "replace")

    def reply_violations(
        self, operation_id: str, reply: Reply, *, written: Any = ABSENT, budget: StepBudget | None = None
    ) -> list[Violation]:
        """Every violation in a reply of an operation.

        `written` is the JSON value that the body was written from, if it is known and reading the body returns it.
        Without a `budget`, the usual number of steps may be taken.
        """
        found = self._validator.reply(self.operations[operation_id], reply, written=written, budget=budget)
        return self._without_credentials(found) if found else found

    def schema_violations(
        self, schema: Mapping[str, Any], value: Any, budget: StepBudget | None = None
    ) -> list[Violation]:
        """Every violation in a value of a reply under a schema of the document. The check spends from the budget."""
        return self._validator.openapi_core.schema(schema, value, budget)

    def prepare(self) -> None:
        """Import openapi-core now. Otherwise the first message that it has to check waits for it."""
        self._validator.prepare()

    @property
    def is_prepared(self) -> bool:
        """Whether `prepare` was called, or was not needed any more."""
        return self._validator.is_prepared

    def missing(self, request: Request) -> Callable[[], object] | None:
        """The next slow step before a request can be checked; None if nothing is missing. Any thread can run it.

        A request that is checked for this is not checked again: `known` returns the result.
        """
        known = self.known(request)
        if known is not None:
            return self._validator.missing(self.operations[known.call.operation])
        try:
            route = self.route(request)
        except Refusal:
            return None
        missing = self._validator.missing(route.operation)
        if missing is not None or self._validator.is_prepared:
            return missing
        body = self._validator.accepted_body(route.operation, request, route.path)
        if body is NOT_ACCEPTED:
            return self._validator.prepare
        if self._accepted_keys is None:
            self._accepted = self._understood(request, route, body)
        return None

    def compile(self, operation_ids: Iterable[str]) -> None:
        """Compile these operations now, with all their responses. Others are compiled when they are first called."""
        self._validator.compile(self.operations[operation_id] for operation_id in operation_ids)

    def uncompiled(self) -> dict[str, list[str]]:
        """The parts that only openapi-core can check, by operationId, for the operations compiled so far."""
        return self._validator.gaps

    def _refuse_unread_body(self, operation: Operation, request: Request) -> None:
        refusal = unread_body_refusal(request, max_body=self._max_body)
        if refusal is None:
            return
        if refusal.kind == "malformed-body":
            self._validator.check_media_type(operation, request)
        raise refusal

    def _without_credentials(self, violations: list[Violation]) -> list[Violation]:
        """The violations, without the value of a parameter or header that carries a credential."""
        return [
            replace(each, message=_HIDDEN_VALUE)
            if each.place in {"header", "query", "cookie"}
            and each.keyword != "required"
            # A violation of all parameters together has no pointer.
            and each.pointer
            and self.credential_names.hide(each.place, json_pointers.split(each.pointer)[0])
            else each
            for each in violations
        ]

    def _authenticate(self, operation: Operation, request: Request) -> None:
        violations = self._validator.security(operation, request)
        if not violations and self._accepted_keys is not None and operation.security:
            if find_credential(self.credential_places, request) in self._accepted_keys:
                return
            message = "the credential is not one of those that --api-key accepts"
            violations = [Violation(place="security", pointer="", message=message, keyword="security")]
        if violations:
            names = {name for requirement in operation.security for name in requirement}
            places = [place for place in self.credential_places if place.scheme in names]
            headers = (("WWW-Authenticate", ", ".join(place.challenge for place in places)),) if places else ()
            reason = violations[0].message
            raise Refusal(
                "not-authenticated",
                f"{reason[0].upper()}{reason[1:]}: send {' or '.join(dict.fromkeys(map(str, places)))}.",
                violations=tuple(violations),
                headers=headers,
            )
