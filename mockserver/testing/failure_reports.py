"""What a test is told when something does not hold: errors whose text says what was expected and what came instead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mockserver.testing.journal_entry import JournalEntry, SeenRequest

__all__ = ["ContractBrokenError", "VerificationError", "entry_lines"]

LONGEST: Final = 300


class VerificationError(AssertionError):
    """What was to be verified does not hold. `problem` is the answer of the control API."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__("\n".join(_verification(problem)))


class ContractBrokenError(AssertionError):
    """Requests were refused, or broke the contract; `entries` are theirs."""

    def __init__(self, entries: Sequence[JournalEntry], *, in_force: str) -> None:
        self.entries = tuple(entries)
        first = entries[0]
        what = f"refused: {first.refused}" if first.refused else "in breach of the contract"
        more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
        lines = [f"{first.request} was {what}{more}", *entry_lines(entries), f"  scenario in force: {in_force}"]
        super().__init__("\n".join(lines))


def entry_lines(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """The lines about requests that were refused or broke the contract."""
    for entry in entries:
        yield f"  {entry.request}  (entry {entry.id}, namespace {entry.namespace})"
        if entry.refused:
            yield f"    refused as {entry.refused}: {_detail(entry)}"
        for each in entry.violations:
            yield f"    {each.place} {each.pointer or '/'} ({each.keyword}): {each.message}"
        if entry.request.body:
            yield f"    sent: {_short(entry.request.body)}"
        if entry.nearest:
            scenario, stub = entry.nearest
            yield f"    nearest stub: {stub!r} of scenario {scenario}"
        for miss in entry.misses:
            yield f"      {miss}"


def _verification(problem: Mapping[str, Any]) -> Iterator[str]:
    yield str(problem["detail"])
    yield f"  expected: {json.dumps(problem['expected'], ensure_ascii=False)}"
    for number, near in enumerate(problem["nearest"], 1):
        request = SeenRequest(**near["request"])
        by = f"refused as {near['refused']}" if near["refused"] else f"scenario {near['scenario']}"
        yield f"  {number}. {request}  (entry {near['entry']}, {by})"
        for miss in near["misses"]:
            yield f"       {miss['where']}: expected {miss['expected']}, found {miss['actual']}"
        if not near["misses"]:
            yield "       fits"
        if request.body:
            yield f"       sent: {_short(request.body)}"


def _detail(entry: JournalEntry) -> str:
    try:
        return str(entry.reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return _short(entry.reply.body)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
