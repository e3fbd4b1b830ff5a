"""Compares the compiled schemas of an operation with openapi-core."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from mockserver.contract.compiled.compiled_operation import CompiledOperation
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation, operations
from mockserver.contract.validation.validator import Validator
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.json_reader import parse_json
from tests.support.documents import JSON

__all__ = ["BothValidators"]


class BothValidators:
    """Passes each message to the compiled operation and to openapi-core. `counts` counts the results."""

    def __init__(self, document: Document, operation: Operation | None = None) -> None:
        self.operation = operation or next(iter(operations(document)))
        self.compiled = CompiledOperation(document, self.operation)
        self.openapi_core = Validator(document)
        self.counts: Counter[str] = Counter()

    def body(self, value: Any) -> None:
        """Check the JSON body of a request."""
        text = json.dumps(value).encode()
        request = Request(method="POST", path="/x", headers=Headers([JSON]), body=text)
        is_compiled = self.compiled.media_type(JSON[1])
        accepted = is_compiled and self.compiled.body(JSON[1], value, len(text))
        violations = self.openapi_core.body(self.operation, request)
        self.compare(value, accepted=accepted, violations=violations)
        if is_compiled:
            known = self.openapi_core.json_body(self.operation, JSON[1], parse_json(text), text)
            assert violations == known, ("the value that is known has other violations", value)

    def reply(self, value: Any, *, status: int = 200) -> None:
        """Check the JSON body of a reply."""
        reply = Reply(status=status, headers=(JSON,), body=json.dumps(value).encode())
        violations = self.openapi_core.reply(self.operation, reply)
        self.compare(value, accepted=self.compiled.reply(reply), violations=violations)

    def parameters(self, request: Request, path: dict[str, str]) -> None:
        """Check the parameters of a request."""
        violations = self.openapi_core.parameters(self.operation, request, path)
        self.compare((request, path), accepted=self.compiled.parameters(request, path), violations=violations)

    def security(self, request: Request) -> None:
        """Check the credentials of a request."""
        violations = self.openapi_core.security(self.operation, request)
        self.compare(request, accepted=self.compiled.security(request), violations=violations)

    def compare(self, case: Any, *, accepted: bool, violations: list[Any]) -> None:
        """Count the result. The compiled operation must not accept what openapi-core rejects."""
        assert not (accepted and violations), ("the compiled operation accepts it", case, violations)
        self.counts["invalid" if violations else "valid, compiled" if accepted else "valid"] += 1
