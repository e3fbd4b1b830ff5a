"""Finds what one version of a contract documents about an operation, and another version does not."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mockserver.checks.causes import GONE, Cause, media_type_cause
from mockserver.checks.documented_members import MemberPath, content_of
from mockserver.checks.removed_members import MemberComparison
from mockserver.contract import Contract, Operation
from mockserver.contract.document.operations import documented_parameters, response_key
from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import essence

_MAX_NAMED: Final = 3


class Removed(NamedTuple):
    """Something that is no longer documented. `paths` are the paths of a member in the body of the side's messages."""

    cause: Cause
    side: str
    paths: tuple[MemberPath, ...] = ()


class Removals:
    """Compares what two versions of a contract document."""

    def __init__(self, before: Contract, after: Contract) -> None:
        self._before = before
        self._after = after
        self._members = MemberComparison(before.document, after.document)

    def of_operation(self, before: Operation, after: Operation) -> Iterator[Removed]:
        """Base paths, parameters, media types, members, statuses and headers that are no longer documented."""
        yield from self._base_paths(before)
        yield from self._parameters(before, after)
        old = self._before.document.resolve(before.spec.get("requestBody"))
        new = self._after.document.resolve(after.spec.get("requestBody"))
        if content_of(old) and not content_of(new):
            yield Removed(Cause(("request", "content"), f"request: the body {GONE}"), "request")
        else:
            yield from self._bodies("request", old, new)
        for status, raw in before.spec.get("responses", {}).items():
            side, key = f"reply {status}", counterpart_key(after, status)
            if key is None:
                yield Removed(Cause((side, "status"), f"{side}: this status {GONE}"), side)
                continue
            response = self._before.document.resolve(raw)
            counterpart = self._after.document.resolve(after.spec["responses"][key])
            yield from self._headers(side, response, counterpart)
            yield from self._bodies(side, response, counterpart)

    def _base_paths(self, before: Operation) -> Iterator[Removed]:
        served = [base for base in before.bases if self._after.has_path(base + before.template)]
        # If no base path is served any more, the generated requests find that.
        for base in before.bases if served else ():
            if base not in served:
                message = f"request: the base path {base or '/'} is no longer served"
                yield Removed(Cause(("request", "base path", base), message), "request")

    def _parameters(self, before: Operation, after: Operation) -> Iterator[Removed]:
        present = {(each["in"], each["name"]) for each in documented_parameters(self._after.document, after)}
        for parameter in documented_parameters(self._before.document, before):
            place, name = parameter["in"], parameter["name"]
            # The name of a path parameter is not sent.
            if (place, name) not in present and place != "path":
                message = f"request: {place} /{name}: this parameter {GONE}"
                yield Removed(Cause(("request", place, f"/{name}", "removed"), message), "request")

    def _headers(self, side: str, old: Any, new: Any) -> Iterator[Removed]:
        present = {name.lower() for name in new.get("headers") or {}}
        for name in old.get("headers") or {}:
            if name.lower() not in present:
                cause = Cause((side, "header", f"/{name}", "removed"), f"{side}: header /{name}: this header {GONE}")
                yield Removed(cause, side)

    def _bodies(self, side: str, old: Any, new: Any) -> Iterator[Removed]:
        found: set[tuple[str, ...]] = set()
        for name, raw in content_of(old).items():
            key = media_type_key(new, name)
            if key is None:
                yield Removed(media_type_cause(side, essence(name)), side)
                continue
            old_schema, new_schema = (
                described.get("schema", {}) if isinstance(described, dict) else {}
                for described in (
                    self._before.document.resolve(raw),
                    self._after.document.resolve(content_of(new)[key]),
                )
            )
            for paths in self._members.removed(old_schema, new_schema):
                removal = _member_removal(side, paths)
                if removal.cause.key not in found:
                    found.add(removal.cause.key)
                    yield removal


def counterpart_key(operation: Operation, status: str) -> str | None:
    """The key of the response that an operation documents for a status or a range of statuses; None if there is none.

    A range also counts as documented if a status of it is.
    """
    key = response_key(operation, status)
    if key is None and status[1:].upper() == "XX":
        return next((each for each in operation.spec.get("responses", {}) if each[:1] == status[0]), None)
    return key


def media_type_key(described: Any, name: str) -> str | None:
    """The key of the media type, or of a range that includes it, of a request body or response; None without one."""
    by_essence = {essence(each): each for each in content_of(described)}
    wanted = essence(name)
    ranges = (wanted, f"{wanted.partition('/')[0]}/*", "*/*")
    return next((by_essence[each] for each in ranges if each in by_essence), None)


def _member_removal(side: str, paths: list[MemberPath]) -> Removed:
    first, *others = map(json_pointers.join, paths)
    named = ", ".join(others[:_MAX_NAMED])
    more = f" and {len(others) - _MAX_NAMED} more" if len(others) > _MAX_NAMED else ""
    also = f"; so {'is' if len(others) == 1 else 'are'} {named}{more}" if others else ""
    cause = Cause((side, "body", first, "removed"), f"{side}: body {first}: this member {GONE}{also}")
    return Removed(cause, side, tuple(paths))
