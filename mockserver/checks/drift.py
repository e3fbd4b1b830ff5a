"""Finds what two versions of a contract disagree about, for single messages and for whole operations."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.checks.body_variants import UNDOCUMENTED
from mockserver.checks.documented_members import ITEM, MemberPath, documented_members, removed_members
from mockserver.checks.generated_messages import MessageGenerator, json_media_type, with_credentials
from mockserver.contract import Contract, Operation
from mockserver.errors import Refusal, Violation
from mockserver.messages import Request
from mockserver.parsing import json_pointers


class Cause(NamedTuple):
    """Why a message breaks. Causes with the same `key` are the same, although their texts quote other values."""

    key: tuple[str, ...]
    message: str


class OperationDrift(NamedTuple):
    """The causes that were found for one operation, and the number of generated messages."""

    causes: tuple[Cause, ...]
    requests: int
    replies: int


class Drift:
    """Compares a contract with another version of it.

    Requests that are valid before have to be valid after. Replies that are valid after have to be valid before, because
    clients were written for them. What is documented has to stay documented.
    """

    def __init__(self, before: Contract, after: Contract) -> None:
        self._before = before
        self.after = after
        self._generated_before = MessageGenerator(before)
        self._generated_after = MessageGenerator(after)

    def of_operation(self, name: str) -> OperationDrift:
        """The drift of an operation that both versions have."""
        before, after = self._before.operations[name], self.after.operations[name]
        requests = self._generated_before.requests(before)
        replies = {
            status: self._generated_after.replies(after, status)
            for status in after.spec.get("responses", {})
            if status in before.spec.get("responses", {})
        }
        removed = list(self._removed(before, after))
        causes = [
            *self._security(before, requests),
            *(cause for _, _, cause in removed),
            *(
                cause
                for request in requests
                for cause in self._causes(self.after, with_credentials(request, self.after, after))
            ),
            *(
                _violation_cause(f"reply {status}", violation)
                for status, made in replies.items()
                for reply in made
                for violation in self._before.reply_violations(name, reply)
            ),
        ]
        paths = [(side, path) for side, path, _ in removed]
        distinct = {cause.key: cause for cause in reversed(causes) if not _is_explained(cause, paths)}
        return OperationDrift(
            tuple(dict.fromkeys(distinct[cause.key] for cause in causes if cause.key in distinct)),
            len(requests),
            sum(map(len, replies.values())),
        )

    def of_example(self, request: Request) -> tuple[str, list[Cause]]:
        """The operation that a request called before, and why the request is not valid after, but was before."""
        try:
            operation = self._before.route(request).operation.id
        except Refusal:
            return "", []
        known = {cause.key for cause in self._causes(self._before, request)}
        return operation, [cause for cause in self._causes(self.after, request) if cause.key not in known]

    def _causes(self, contract: Contract, request: Request) -> list[Cause]:
        """Why a request is not valid under a version; empty if it is valid."""
        try:
            violations = contract.understand(request).violations
        except Refusal as refusal:
            if refusal.kind == "not-authenticated":
                return [self._credentials_cause(request)]
            return [Cause(("request", refusal.kind), f"request: {refusal.kind}: {refusal.detail}")]
        return [_violation_cause("request", violation) for violation in violations]

    def _security(self, before: Operation, requests: list[Request]) -> Iterator[Cause]:
        """A cause for each security requirement that is no longer enough."""
        for request in requests[:1]:
            for requirement in before.security or [{}]:
                sent = with_credentials(request, self._before, before, requirement)
                yield from (cause for cause in self._causes(self.after, sent) if cause.key[1] == "security")

    def _credentials_cause(self, request: Request) -> Cause:
        used = [place.scheme for place in self._before.credential_places if place.is_used(request)]
        if not used:
            return Cause(("request", "security"), "request: a request without credentials is no longer accepted")
        names = " and ".join(used)
        message = f"request: credentials for {names} alone are no longer accepted"
        return Cause(("request", "security", names), message)

    def _removed(self, before: Operation, after: Operation) -> Iterator[tuple[str, MemberPath, Cause]]:
        """What is documented before and not after: parameters, and members of bodies."""
        present = _parameters(self.after, after)
        for place, name in _parameters(self._before, before):
            if (place, name) not in present and place != "path":
                message = f"request: {place} /{name}: this parameter is no longer documented"
                yield "request", (name,), Cause(("request", place, f"/{name}", "removed"), message)
        bodies = {"request": (before.spec.get("requestBody"), after.spec.get("requestBody"))}
        responses = after.spec.get("responses", {})
        for status, response in before.spec.get("responses", {}).items():
            if status in responses:
                bodies[f"reply {status}"] = (response, responses[status])
        for side, (old, new) in bodies.items():
            for path in self._removed_members(old, new):
                pointer = json_pointers.join(path)
                message = f"{side}: body {pointer}: this member is no longer documented"
                yield side, path, Cause((side, "body", pointer, "removed"), message)

    def _removed_members(self, old: Any, new: Any) -> list[MemberPath]:
        was = json_media_type(self._before, self._before.document.resolve(old))
        now = json_media_type(self.after, self.after.document.resolve(new))
        if was is None or now is None:
            return []
        members = documented_members(self._before.document, was[1])
        return removed_members(members, documented_members(self.after.document, now[1]))


def _violation_cause(side: str, violation: Violation) -> Cause:
    place, pointer, keyword = violation.place, violation.pointer, violation.keyword
    steps = json_pointers.split(pointer)
    if place == "body" and steps[-1:] == [UNDOCUMENTED]:
        pointer = json_pointers.join(steps[:-1])
        where = f"{side}: body {pointer}".rstrip()
        message = f"{where}: members that the contract does not document are no longer accepted"
        return Cause((side, place, pointer, "undocumented"), message)
    where = f"{side}: {place} {pointer}".rstrip()
    return Cause((side, place, pointer, keyword), f"{where}: {violation.message}")


def _is_explained(cause: Cause, removed: list[tuple[str, MemberPath]]) -> bool:
    """Whether a violation is about a member that is no longer documented, which is a cause of its own."""
    match cause.key:
        case (side, "body", pointer, keyword) if keyword not in ("removed", "undocumented"):
            steps = tuple(ITEM if step.isdigit() else step for step in json_pointers.split(pointer))
            return any(side == other and steps[: len(path)] == path for other, path in removed)
    return False


def _parameters(contract: Contract, operation: Operation) -> Mapping[tuple[str, str], Any]:
    described = [*operation.path_item.get("parameters", ()), *operation.spec.get("parameters", ())]
    return {(each["in"], each["name"]): each for each in map(contract.document.resolve, described)}
