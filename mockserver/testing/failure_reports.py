"""The errors that fail a test. Their text shows what was expected and what the mock received."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mockserver.redaction.terminal import printable
from mockserver.testing.journal_entry import JournalEntry, SeenRequest, read_miss
from mockserver.testing.reply_value import ReplyValue

MAX_BODY: Final = 300


class VerificationError(AssertionError):
    """The expected calls were not made. `problem` is the reply of the control API.

    Raises ReplyShapeError if it is not such a reply.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__("\n".join(map(printable, _problem_lines(ReplyValue(problem)))))


class ContractBrokenError(AssertionError):
    """Requests were refused or broke the contract. `entries` has their journal entries."""

    def __init__(self, entries: Sequence[JournalEntry], *, in_force: str) -> None:
        self.entries = tuple(entries)
        first = entries[0]
        reason = f"was refused: {first.refused}" if first.refused else "broke the contract"
        more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
        lines = [f"{first.request} {reason}{more}", *entry_lines(entries), f"  scenario in force: {in_force}"]
        super().__init__("\n".join(map(printable, lines)))


def entry_lines(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """The lines that describe requests which were refused or broke the contract."""
    for entry in entries:
        yield f"  {entry.request}  (entry {entry.id}, namespace {entry.namespace})"
        if entry.refused:
            yield f"    refused as {entry.refused}: {_detail(entry)}"
        for each in entry.violations:
            yield f"    {each.place} {each.pointer or '/'} ({each.keyword}): {each.message}"
        yield from (f"    warning: {each.place} {each.pointer}: {each.message}" for each in entry.warnings)
        if entry.request.body:
            yield f"    sent: {_shortened(entry.request.body)}"
        if entry.nearest:
            scenario, stub = entry.nearest
            yield f"    nearest stub: {stub!r} of scenario {scenario}"
        for miss in entry.misses:
            yield f"      {miss}"


def _problem_lines(problem: ReplyValue) -> Iterator[str]:
    yield problem.member("detail").text()
    yield f"  expected: {problem.member('expected').json()}"
    for number, call in enumerate(problem.member("nearest").items(), 1):
        request = SeenRequest.read(call.member("request"))
        refused = call.member("refused").optional_text()
        source = f"refused as {refused}" if refused else f"scenario {call.member('scenario').optional_text()}"
        yield f"  {number}. {request}  (entry {call.member('entry').text()}, {source})"
        misses = list(map(read_miss, call.member("misses").items()))
        yield from (f"       {miss}" for miss in misses)
        omitted = call.optional_member("misses_omitted")
        if not omitted.is_null and omitted.whole_number():
            yield f"       and {omitted.whole_number()} more differences"
        if not misses:
            yield "       matches"
        if request.body:
            yield f"       sent: {_shortened(request.body)}"


def _detail(entry: JournalEntry) -> str:
    try:
        return str(entry.reply.json()["detail"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _shortened(entry.reply.body)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_BODY else f"{text[:MAX_BODY]}…"
