"""Checks the replies of scenario files against the contract, as far as they are the same for every call."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.contract import Contract, Operation
from mockserver.contract.router import PARAMETER
from mockserver.engine.namespaces import Namespace
from mockserver.engine.reply_renderer import ReplyRenderer
from mockserver.errors import Violation
from mockserver.loading.documented_replies import is_documented, reply_schema, unknown_members
from mockserver.messages import ABSENT, Call, Reply, Request
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import is_json
from mockserver.payments import PaymentSessions
from mockserver.payments.random_ids import RandomIds
from mockserver.scenarios import PaymentSessionReply, Stub, StubReply
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.matchers import Equal, Matcher, OneOf, Subset
from mockserver.scenarios.stub_replies import media_type_of
from mockserver.scenarios.suggestions import did_you_mean
from mockserver.scenarios.templates import Template

_JSON: Final = "application/json"
_NO_NAMESPACE: Final = Namespace("", "", "")
_HINT: Final = "(or add off_contract: <reason>)"
# The contract's own example of a customer id.
_ID: Final = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
_BODY: Final[dict[str, Any]] = {"operation": "add_method", "address": True}


class ReplyLint:
    """Finds the ways in which replies break the contract. The paths of the flaws start at the reply."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._renderer = ReplyRenderer(PaymentSessions(cap=1))

    def flaws(self, stub: Stub, reply: StubReply) -> Iterator[Flaw]:
        """Every way in which a stub's reply breaks the contract, whatever the call."""
        unknown: set[Path] = set()
        for path, names in self._unknown_members(stub, reply):
            unknown.add(path)
            hint = did_you_mean(str(path[-1]), names)
            yield Flaw(path, f"the contract documents no such member {_HINT}{hint}", at_key=True)
        for violation in self._violations(stub, reply):
            path = _path(violation, reply)
            if path not in unknown:
                at_key = violation.keyword == "additionalProperties"
                yield Flaw(path, f"{violation.message} {_HINT}", at_key=at_key)

    def _unknown_members(self, stub: Stub, reply: StubReply) -> Iterator[tuple[Path, list[str]]]:
        """The overridden members that the schema does not name. It may allow them, but they are misspelled."""
        if isinstance(reply, PaymentSessionReply):
            schema = reply_schema(self._contract, stub.operation, reply.status, media_type_of(reply.headers) or _JSON)
            yield from unknown_members(self._contract, schema, reply.overrides.root, ("payment_session",))

    def _violations(self, stub: Stub, reply: StubReply) -> list[Violation]:
        _, body = _body(reply)
        if body is not None and not body.static:
            return self._head_violations(stub, reply)
        call = _typical_call(self._contract.operations[stub.operation], stub)
        rendered = self._renderer.reply(reply, call, ids=RandomIds(0, "", 0), namespace=_NO_NAMESPACE)
        dynamic_headers = {f"/{name.lower()}" for name, text in reply.headers if not text.static}
        return [
            *(
                each
                for each in self._contract.reply_violations(stub.operation, rendered.reply)
                if each.place != "header" or each.pointer.lower() not in dynamic_headers
            ),
            *rendered.unusable_keys,
        ]

    def _head_violations(self, stub: Stub, reply: StubReply) -> list[Violation]:
        """The violations of status, media type and headers. The engine checks the body of every reply it makes."""
        media_type = media_type_of(reply.headers)
        # Spares the import of openapi-core, which takes 0.5 s.
        if is_documented(self._contract, stub.operation, reply.status, media_type or _JSON):
            return []
        headers = [(name, text.fixed_text or "x") for name, text in reply.headers]
        if media_type is None:
            headers.append(("Content-Type", _JSON))
        body = b"{}" if is_json(media_type or _JSON) else b"<a/>"
        probe = Reply(status=reply.status, headers=tuple(headers), body=body)
        return [each for each in self._contract.reply_violations(stub.operation, probe) if _is_about_the_head(each)]


def _is_about_the_head(violation: Violation) -> bool:
    if violation.place == "header":
        return violation.keyword == "required"
    return violation.place == "status" or violation.keyword == "content"


def _path(violation: Violation, reply: StubReply) -> Path:
    """The path in the file that a violation is about."""
    steps = json_pointers.split(violation.pointer)
    key, body = _body(reply)
    match violation.place:
        case "status":
            return ("status",)
        case "header":
            return ("headers", _name_in_file(reply, steps[0])) if steps else ("headers",)
        case _ if violation.keyword == "content" and media_type_of(reply.headers) is not None:
            return ("headers", _name_in_file(reply, "content-type"))
    path: Path = (key,)
    root = None if body is None else body.root
    for step in steps:
        path = (*path, int(step) if isinstance(root, list) else step)
        root = root[int(step)] if isinstance(root, list) else root.get(step) if isinstance(root, dict) else None
    return path


def _body(reply: StubReply) -> tuple[str, Template | None]:
    """The key of the body in the file, and the template there."""
    if isinstance(reply, PaymentSessionReply):
        return "payment_session", reply.overrides
    return "body", reply.body


def _name_in_file(reply: StubReply, name: str) -> str:
    return next((written for written, _ in reply.headers if written.lower() == name.lower()), name)


def _typical_call(operation: Operation, stub: Stub) -> Call:
    """A valid call that the stub answers. What the stub's `when` does not define has a usual value."""
    body = ABSENT if stub.when.body is None else _value(stub.when.body)
    return Call(
        request=Request(method=operation.method, path=operation.template),
        operation=operation.id,
        path=dict.fromkeys(PARAMETER.findall(operation.template), _ID) | _values(stub.when.path),
        body=_BODY | body if isinstance(body, dict) else _BODY,
    )


def _values(matchers: Mapping[str, Matcher]) -> dict[str, Any]:
    values = {name: _value(matcher) for name, matcher in matchers.items()}
    return {name: value for name, value in values.items() if value is not ABSENT}


def _value(matcher: Matcher) -> Any:
    """A value that a matcher accepts; ABSENT if the matcher does not define one."""
    match matcher:
        case Equal(value):
            return value
        case OneOf(values):
            return values[0]
        case Subset(members):
            return _values(members)
    return ABSENT
