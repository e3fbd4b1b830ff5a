"""Answers the operation of spec/saved_methods.yaml with the payment methods that setup intents have saved."""

import re
from collections.abc import Callable
from typing import Final

from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import summary
from mockserver.engine.namespaces import namespace_of
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.parsing.json_writer import write_json
from mockserver.settings import Settings, own_file
from mockserver.storage.made_once import made_once

OPERATIONS: Final = ("mock_list_payment_methods",)
"""The operationIds of spec/saved_methods.yaml."""

PATH: Final = re.compile(r"/v1/c/customer/[^/]*/payment/method")
"""Matches the path of the operation in a request."""

_JSON: Final = (("content-type", "application/json"),)


class SavedMethodsApi:
    """The list of a customer's saved payment methods. Its exchanges are recorded like those of the engine."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    @made_once
    def contract(self) -> Contract:
        """spec/saved_methods.yaml, which is read at the first request."""
        return Contract.load(
            own_file("saved_methods.yaml"),
            accepted_keys=frozenset(self._settings.api_keys) or None,
            max_body=self._settings.max_body,
        )

    @property
    def is_prepared(self) -> bool:
        """Whether the contract is read, and everything imported that a request can need."""
        return SavedMethodsApi.contract.is_made(self) and self.contract.is_prepared

    def missing(self, request: Request) -> Callable[[], object] | None:
        """The next slow step before a request can be answered; None if nothing is missing. Any thread can run it."""
        return self.contract.missing(request) if SavedMethodsApi.contract.is_made(self) else lambda: self.contract

    def handle(self, request: Request) -> Reply:
        """Answer a request with the list or a refusal."""
        namespace = namespace_of(request, self.contract.credential_places)
        recording = self._engine.recorder.begin(request, namespace)
        try:
            call = recording.understand(self.contract, strict=self._engine.strictness.of(namespace.key))
            if recording.entry.violations and not self._engine.report_violations:
                raise recording.refuse_violations()
            saved = self._engine.ledger.saved.of(namespace.key, call.path["customer_id"])
            reply = Reply(status=200, headers=_JSON, body=write_json([method.as_body() for method in saved]))
            if violations := self.contract.reply_violations(call.operation, reply):
                raise RuntimeError(f"a reply of {call.operation} violates its contract at: {summary(violations)}")
        except Refusal as refusal:
            reply = recording.refuse(refusal)
        return self._engine.recorder.finish(recording, reply, report=True)
