"""Finds what two versions of a contract disagree about, for single messages and for whole operations."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from mockserver.checks.causes import Cause, media_type_cause, violation_cause
from mockserver.checks.documented_members import ANY, MemberPath, content_of
from mockserver.checks.generated_replies import ReplyGenerator
from mockserver.checks.generated_requests import RequestGenerator, with_credentials
from mockserver.checks.removals import Removals, Removed, counterpart_key, media_type_key
from mockserver.contract import Contract, Operation
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import essence

_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_STATUSES: Final = (*range(500, 600), *range(400, 500), *range(200, 400))


class OperationDrift(NamedTuple):
    """The causes that were found for one operation, and the number of generated messages.

    `missing` are the kinds of messages that could not be generated.
    """

    causes: tuple[Cause, ...]
    requests: int
    replies: int
    missing: tuple[str, ...]

    def reply_cause(self, status: str, pointer: str | None) -> Cause | None:
        """The cause that breaks a reply at a member of its body, or its status if `pointer` is None."""
        for cause in self.causes:
            match cause.key:
                case (side, "status") if pointer is None and side == f"reply {status}":
                    return cause
                case (side, "body", where, _) if pointer is not None and side == f"reply {status}":
                    if where == pointer or pointer.startswith(f"{where}/"):
                        return cause
        return None


class Drift:
    """Compares a contract with another version of it.

    Requests that are valid before have to be valid after. Replies that are valid after have to be valid before, because
    clients were written for them. What is documented has to stay documented.
    """

    def __init__(self, before: Contract, after: Contract) -> None:
        self._before = before
        self.after = after
        self._requests = RequestGenerator(before)
        self._replies = ReplyGenerator(after)
        self._removals = Removals(before, after)

    def counterpart(self, name: str) -> Operation | None:
        """The operation after the change: with the same name, or else with the same method and path."""
        before = self._before.operations[name]
        same = (each for each in self.after.operations.values() if _route(each) == _route(before))
        return self.after.operations.get(name) or next(same, None)

    def of_operation(self, before: Operation, after: Operation) -> OperationDrift:
        """The drift of an operation that both versions have."""
        requests, missing = self._requests.requests(before)
        removals = list(self._removals.of_operation(before, after))
        causes = [
            *self._security(before, requests),
            *(removal.cause for removal in removals),
            *(
                cause
                for request in requests
                for cause in self._causes(self.after, with_credentials(request, self.after, after))
            ),
        ]
        replies = 0
        for status, media_type, made in self._generated_replies(before, after):
            replies += len(made)
            causes += [cause for reply in made for cause in self._reply_causes(before, status, reply)]
            if not made:
                missing = (*missing, f"reply {status} as {media_type}")
        distinct = {cause.key: cause for cause in reversed(causes) if not _is_explained(cause, removals)}
        found = dict.fromkeys(distinct[cause.key] for cause in causes if cause.key in distinct)
        return OperationDrift(tuple(found), len(requests), replies, missing)

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
            match refusal.kind:
                case "not-authenticated":
                    return [self._credentials_cause(request)]
                case "unsupported-media-type":
                    return [media_type_cause("request", essence(request.headers.get("content-type", "")))]
            return [Cause(("request", refusal.kind), f"request: {refusal.kind}: {refusal.detail}")]
        return [violation_cause("request", violation) for violation in violations]

    def _security(self, before: Operation, requests: list[Request]) -> Iterator[Cause]:
        """A cause for each security requirement that the new version no longer accepts."""
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

    def _generated_replies(self, before: Operation, after: Operation) -> Iterator[tuple[str, str, list[Reply]]]:
        """Replies after the change, by the status and media type that both versions document."""
        for status, raw in before.spec.get("responses", {}).items():
            key, number = counterpart_key(after, status), _number(status, (before, after))
            if key is None or number is None:
                continue
            response = self.after.document.resolve(after.spec["responses"][key])
            for name in content_of(self._before.document.resolve(raw)):
                new_name = media_type_key(response, name)
                if new_name is not None:
                    described = self.after.document.resolve(content_of(response)[new_name])
                    sent = name if "*" in new_name else new_name
                    yield status, name, self._replies.replies(after, response, number, sent, described)

    def _reply_causes(self, before: Operation, status: str, reply: Reply) -> Iterator[Cause]:
        for violation in self._before.reply_violations(before.id, reply):
            # Clients have to expect new values.
            if violation.keyword not in {"enum", "const"}:
                yield violation_cause(f"reply {status}", violation)


def _route(operation: Operation) -> tuple[str, str]:
    return operation.method, _PARAMETER.sub("{}", operation.template)


def _number(status: str, operations: Iterable[Operation]) -> int | None:
    """A status that the operations document under this key: the key itself, or an unlisted status of its range."""
    if status.isdigit():
        return int(status)
    listed = {key for operation in operations for key in operation.spec.get("responses", {})}
    in_range = [each for each in _STATUSES if status == "default" or str(each)[0] == status[0]]
    taken = listed - {status}
    return next((each for each in in_range if not {str(each), f"{each // 100}XX"} & taken), None)


def _is_explained(cause: Cause, removals: Iterable[Removed]) -> bool:
    """Whether a violation is about a member that is no longer documented, which is a cause of its own."""
    match cause.key:
        case (side, "body", pointer, keyword) if keyword not in ("removed", "undocumented"):
            steps = json_pointers.split(pointer)
            return any(
                side == removal.side and _leads_into(steps, path) for removal in removals for path in removal.paths
            )
    return False


def _leads_into(steps: list[str], path: MemberPath) -> bool:
    """Whether the steps lead to the member at a path, or into it."""
    return len(steps) >= len(path) and all(ours in (step, ANY) for ours, step in zip(path, steps, strict=False))
