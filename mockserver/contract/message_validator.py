"""Validates messages: compiled schemas accept valid messages, openapi-core decides about all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from mockserver.contract.compiled.compiled_operation import NOT_ACCEPTED, CompiledOperation
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal, Violation
from mockserver.limits.step_budget import StepBudget
from mockserver.messages import ABSENT, Reply, Request
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import essence
from mockserver.storage.made_once import made_once

if TYPE_CHECKING:
    # Imported on first use: openapi-core takes half a second to import, and is not needed while all messages are valid.
    from mockserver.contract.validation.validator import Validator

MAX_COMPILED_SCHEMAS = 20_000
"""How many compiled schemas are kept. Each takes about 6 KB."""


class MessageValidator:
    """Finds every violation in requests and replies.

    Each message goes to the compiled operation first. It can only accept a message; openapi-core checks those that it
    does not accept. With `compiled=False` openapi-core checks every message.
    """

    def __init__(self, document: Document, *, compiled: bool) -> None:
        self._document = document
        self._compiled: dict[str, CompiledOperation] | None = {} if compiled else None
        self._lock = RLock()

    @made_once
    def openapi_core(self) -> Validator:
        """The validator that decides."""
        from mockserver.contract.validation.validator import Validator

        return Validator(self._document)

    def prepare(self) -> None:
        """Import and make the validator that decides, so that no message has to wait for it."""
        _ = self.openapi_core

    def compile(self, operations: Iterable[Operation]) -> None:
        """Compile these operations now, with all their responses. Others are compiled when they are first called."""
        for operation in operations:
            compiled = self._compiled_operation(operation)
            if compiled is not None and not compiled.is_complete:
                with self._lock:
                    compiled.complete()

    @property
    def is_prepared(self) -> bool:
        """Whether the validator that decides is imported and made."""
        return MessageValidator.openapi_core.is_made(self)

    def missing(self, operation: Operation) -> Callable[[], None] | None:
        """The next slow step before an operation can be called; None if nothing is missing. Any thread can run it."""
        if self._compiled is None:
            return None if self.is_prepared else self.prepare
        compiled = self._compiled.get(operation.id)
        if compiled is None or not compiled.is_complete:
            return partial(self.compile, [operation])
        return None if compiled.is_success_compiled or self.is_prepared else self.prepare

    @property
    def gaps(self) -> dict[str, list[str]]:
        """The parts that only openapi-core can check, by operationId, for the operations compiled so far."""
        return {name: compiled.gaps for name, compiled in (self._compiled or {}).items() if compiled.gaps}

    def accepted_body(self, operation: Operation, request: Request, path: Mapping[str, str]) -> Any:
        """The JSON body of a request of which every part is valid, ABSENT if it needs none, else NOT_ACCEPTED.

        Most requests need no other check.
        """
        compiled = self._compiled_operation(operation)
        return NOT_ACCEPTED if compiled is None else compiled.accepted_body(request, path)

    def security(self, operation: Operation, request: Request) -> list[Violation]:
        """The violation for missing credentials, if any."""
        compiled = self._compiled_operation(operation)
        if compiled is not None and compiled.security(request):
            return []
        return self.openapi_core.security(operation, request)

    def parameters(self, operation: Operation, request: Request, path: Mapping[str, str]) -> list[Violation]:
        """The violations of the path, query, header and cookie parameters."""
        compiled = self._compiled_operation(operation)
        if compiled is not None and compiled.parameters(request, path):
            return []
        return self.openapi_core.parameters(operation, request, path)

    def body(self, operation: Operation, request: Request) -> tuple[object, list[Violation]]:
        """The value of the body (ABSENT without one), and its violations.

        Raises Refusal: unsupported-media-type, malformed-body.
        """
        if "requestBody" not in operation.spec:
            return ABSENT, []
        compiled = self._compiled_operation(operation)
        if not request.body:
            is_valid = compiled is not None and compiled.may_be_empty
            return ABSENT, [] if is_valid else self.openapi_core.body(operation, request)
        media_type = essence(request.headers.get("content-type", ""))
        if compiled is None or not compiled.media_type(media_type):
            return self.openapi_core.read_body(operation, request), self.openapi_core.body(operation, request)
        try:
            value = parse_json(request.body)
        except JsonError as error:
            raise Refusal("malformed-body", f"The body is malformed: {error}.") from None
        if compiled.body(media_type, value, len(request.body)):
            return value, []
        return value, self.openapi_core.json_body(operation, media_type, value, request.body)

    def check_media_type(self, operation: Operation, request: Request) -> None:
        """Check the media type of a body that could not be read. Raises Refusal unsupported-media-type."""
        if "requestBody" not in operation.spec:
            return
        try:
            self.openapi_core.read_body(operation, request)
        except Refusal as refusal:
            # The body is empty here, so it may also be malformed.
            if refusal.kind == "unsupported-media-type":
                raise

    def reply(
        self, operation: Operation, reply: Reply, *, written: Any = ABSENT, budget: StepBudget | None = None
    ) -> list[Violation]:
        """The violations of a reply: its status, media type, headers and body.

        `written` is the JSON value that the body was written from, if it is known and reading the body returns it.
        """
        compiled = self._compiled_operation(operation)
        if compiled is not None and compiled.reply(reply, written):
            return []
        return self.openapi_core.reply(operation, reply, budget)

    def _compiled_operation(self, operation: Operation) -> CompiledOperation | None:
        if self._compiled is None:
            return None
        found = self._compiled.get(operation.id)
        return self._compile(operation, self._compiled) if found is None else found

    def _compile(self, operation: Operation, known: dict[str, CompiledOperation]) -> CompiledOperation:
        with self._lock:
            found = known.get(operation.id)
            if found is None:
                # In some documents most schemas refer to each other. Keeping all compiled operations would take
                # gigabytes.
                weight = sum(compiled.weight for compiled in known.values())
                while weight > MAX_COMPILED_SCHEMAS:
                    weight -= known.pop(next(iter(known))).weight
                found = known[operation.id] = CompiledOperation(self._document, operation)
            return found
