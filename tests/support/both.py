"""The compiled accept path and openapi-core, asked the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from mockserver.contract.compiled.compiled_operation import CompiledOperation
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation, operations
from mockserver.contract.validation.validator import Validator
from mockserver.messages import Headers, Reply, Request
from tests.support.documents import JSON

__all__ = ["Both"]


class Both:
    """The compiled path and the judge of one operation, asked the same; `counts` tells how it went."""

    def __init__(self, document: Document, operation: Operation | None = None) -> None:
        self.operation = operation or next(iter(operations(document)))
        self.accepted = CompiledOperation(document, self.operation)
        self.judge = Validator(document)
        self.counts: Counter[str] = Counter()

    def body(self, value: Any) -> None:
        """Ask about a JSON body of a request."""
        text = json.dumps(value).encode()
        request = Request(method="POST", path="/x", headers=Headers([JSON]), body=text)
        yes = self.accepted.media_type(JSON[1]) and self.accepted.body(JSON[1], value, len(text))
        self.compare(value, yes=yes, violations=self.judge.body(self.operation, request))

    def reply(self, value: Any, *, status: int = 200) -> None:
        """Ask about a JSON body of a reply."""
        reply = Reply(status=status, headers=(JSON,), body=json.dumps(value).encode())
        self.compare(value, yes=self.accepted.reply(reply), violations=self.judge.reply(self.operation, reply))

    def parameters(self, request: Request, path: dict[str, str]) -> None:
        """Ask about the parameters of a request."""
        found = self.judge.parameters(self.operation, request, path)
        self.compare((request, path), yes=self.accepted.parameters(request, path), violations=found)

    def security(self, request: Request) -> None:
        """Ask about the credentials of a request."""
        found = self.judge.security(self.operation, request)
        self.compare(request, yes=self.accepted.security(request), violations=found)

    def compare(self, case: Any, *, yes: bool, violations: list[Any]) -> None:
        """The one bug that is possible: the compiled path says yes where openapi-core has something to say."""
        assert not (yes and violations), ("the compiled path said yes", case, violations)
        self.counts[("valid, seen at once" if yes else "valid") if not violations else "invalid"] += 1
