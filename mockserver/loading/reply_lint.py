"""Replies as scenario files write them, held against the contract as far as they are the same for every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.engine.namespaces import Namespace
from mockserver.engine.reply_renderer import ReplyRenderer
from mockserver.errors import Violation
from mockserver.loading.documented_replies import documents, reply_schema, unknown_members
from mockserver.loading.typical_calls import typical_call
from mockserver.messages import Reply
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import is_json
from mockserver.payments import PaymentSessions
from mockserver.payments.random_ids import RandomIds
from mockserver.scenarios import LiteralReply, PaymentSessionReply, Stub
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.stub_replies import media_type_of
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["ReplyLint"]

_JSON: Final = "application/json"
_NOBODY: Final = Namespace("", "", "")
_ON_PURPOSE: Final = "(or add off_contract: <reason>)"


class ReplyLint:
    """Says how replies leave a contract; their flaws are seen from the reply."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._answers = ReplyRenderer(PaymentSessions(cap=1))

    def flaws(self, stub: Stub, said: PaymentSessionReply | LiteralReply) -> Iterator[Flaw]:
        """Every way in which a stub's reply leaves the contract, whatever is sent."""
        unknown: set[Path] = set()
        for path, known in self._unknown_members(stub, said):
            unknown.add(path)
            message = f"the contract documents no such member {_ON_PURPOSE}{did_you_mean(str(path[-1]), known)}"
            yield Flaw(path, message, at_key=True)
        for violation in self._violations(stub, said):
            path = _path(violation, said)
            if path not in unknown:
                at_key = violation.keyword == "additionalProperties"
                yield Flaw(path, f"{violation.message} {_ON_PURPOSE}", at_key=at_key)

    def _unknown_members(
        self, stub: Stub, said: PaymentSessionReply | LiteralReply
    ) -> Iterator[tuple[Path, list[str]]]:
        """The overridden members that there are not: a schema may allow them, and they are misspelt all the same."""
        if isinstance(said, PaymentSessionReply):
            media_type = media_type_of(said.headers) or _JSON
            schema = reply_schema(self._contract, stub.operation, said.status, media_type)
            yield from unknown_members(self._contract, schema, said.overrides.root, ("payment_session",))

    def _violations(self, stub: Stub, said: PaymentSessionReply | LiteralReply) -> list[Violation]:
        body = said.overrides if isinstance(said, PaymentSessionReply) else said.body
        if body is not None and not body.static:
            return self._of_the_head(stub, said)
        call = typical_call(self._contract.operations[stub.operation], stub)
        reply, _, of_no_use = self._answers.reply(said, call, ids=RandomIds(0, "", 0), namespace=_NOBODY)
        open_headers = {f"/{name.lower()}" for name, text in said.headers if not text.static}
        return [
            *(
                each
                for each in self._contract.reply_violations(stub.operation, reply)
                if each.place != "header" or each.pointer.lower() not in open_headers
            ),
            *of_no_use,
        ]

    def _of_the_head(self, stub: Stub, said: PaymentSessionReply | LiteralReply) -> list[Violation]:
        """Whether status, media type and headers are documented; the body is seen once its expressions are replaced."""
        media_type = media_type_of(said.headers) or _JSON
        # openapi-core takes half a second to import, and is not asked what the document says by itself.
        if documents(self._contract, stub.operation, said.status, media_type):
            return []
        headers = [(name, text.fixed_text or "x") for name, text in said.headers]
        if media_type_of(said.headers) is None:
            headers.append(("Content-Type", _JSON))
        # Can be read as JSON the one, as whatever else the other.
        body = b"{}" if is_json(media_type) else b"<a/>"
        probe = Reply(status=said.status, headers=tuple(headers), body=body)
        return [each for each in self._contract.reply_violations(stub.operation, probe) if _is_about_the_head(each)]


def _is_about_the_head(violation: Violation) -> bool:
    if violation.place == "header":
        return violation.keyword == "required"
    return violation.place == "status" or violation.keyword == "content"


def _path(violation: Violation, said: PaymentSessionReply | LiteralReply) -> Path:
    """What in the file a violation is about."""
    steps = json_pointers.split(violation.pointer)
    body, root = _body(said)
    match violation.place:
        case "status":
            return ("status",)
        case "header":
            return ("headers", _as_written(said, steps[0])) if steps else ("headers",)
        case _ if violation.keyword == "content" and media_type_of(said.headers) is not None:
            return ("headers", _as_written(said, "content-type"))
    path: Path = (body,)
    for step in steps:
        path = (*path, int(step) if isinstance(root, list) else step)
        root = root[int(step)] if isinstance(root, list) else root.get(step) if isinstance(root, dict) else None
    return path


def _body(said: PaymentSessionReply | LiteralReply) -> tuple[str, Any]:
    """The key under which the body stands, and what stands there."""
    if isinstance(said, PaymentSessionReply):
        return "payment_session", said.overrides.root
    return "body", None if said.body is None else said.body.root


def _as_written(said: PaymentSessionReply | LiteralReply, name: str) -> str:
    """The name of a header as the file has it."""
    return next((written for written, _ in said.headers if written.lower() == name.lower()), name)
