"""The mock's own headers on replies, and the replies that the mock makes itself: refusals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import quote

from mockserver.engine.journal import Entry
from mockserver.errors import Refusal, Violation
from mockserver.limits.memo import Memo, length_of_fields
from mockserver.messages import Fault, Reply
from mockserver.parsing.json_writer import write_json
from mockserver.redaction.redact import redact_ends
from mockserver.redaction.redactor import ExchangeRedactor

FieldPairs = tuple[tuple[str, str], ...]
Outcome = TypeVar("Outcome", Reply, Fault, Reply | Fault)

MAX_SHOWN = 10
"""How many violations or warnings are listed in a header."""
MAX_LENGTH = 200
"""How long each of them may be."""


def marked(outcome: Outcome, entry: Entry, headers: FieldPairs, *, report: bool) -> Outcome:
    """The outcome with these headers, with the mock's own headers, and with the id of its journal entry.

    The mock's own headers are Mock-Scenario, Mock-Stub and Mock-Warnings if they have a value. With `report`,
    Mock-Violations is one of them if there are any and the request was not refused. The headers of a fault belong to
    the reply that is sent in part.
    """
    if isinstance(outcome, Fault):
        return replace(outcome, reply=marked(outcome.reply, entry, headers, report=report))
    own: FieldPairs = _answered_by(entry.scenario, entry.stub)
    if entry.violations or entry.warnings:
        own += tuple(_findings(entry, report=report))
    return Reply(
        status=outcome.status,
        headers=_joined((outcome.headers, headers, own)),
        body=outcome.body,
        delay=outcome.delay,
        entry=_header_value(entry.id),
    )


# There are as many results as stubs.
@lru_cache(maxsize=1024)
def _answered_by(scenario: str | None, stub: str | None) -> FieldPairs:
    headers = (("mock-scenario", scenario), ("mock-stub", stub and _header_value(stub)))
    return tuple((name, value) for name, value in headers if value is not None)


def _findings(entry: Entry, *, report: bool) -> Iterator[tuple[str, str]]:
    if report and entry.violations and entry.refused is None:
        yield "mock-violations", _listed(map(_header_value, _places(entry.violations)))
    if entry.warnings:
        yield "mock-warnings", _listed(_header_value(str(warning)) for warning in entry.warnings)


def _join(parts: tuple[FieldPairs, ...]) -> FieldPairs:
    return tuple(chain.from_iterable(parts))


# So the entries of the journal share the headers of their replies.
_joined = Memo(_join, entries=256, longest=1000, size=lambda parts: sum(map(length_of_fields, parts))).__getitem__


def refusal_reply(
    refusal: Refusal, *, headers: tuple[tuple[str, str], ...] = (), shown: ExchangeRedactor | None = None
) -> Reply:
    """The reply for a refusal: a problem document and the header Mock-Refused, followed by further headers.

    `shown` hides copies of the credentials of the request.
    """
    # Its frames refer to the request and the connection, and some of them to the refusal.
    refusal.__traceback__ = None
    problem = refusal.as_json()
    if shown is not None:
        own = {name: problem[name] for name in ("type", "title", "status")}
        problem = shown.texts(problem) | own
    return problem_reply(problem, refusal.kind, headers=(*refusal.headers, *headers))


def problem_reply(document: Mapping[str, Any], kind: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The reply for a problem document (RFC 9457) of the mock."""
    own = (("content-type", "application/problem+json"), ("mock-refused", kind))
    return Reply(status=document["status"], headers=(*own, *headers), body=write_json(document))


def summary(violations: Iterable[Violation]) -> str:
    """Where the contract is violated, and by which keyword; the first few."""
    return _listed(_places(violations))


def _places(violations: Iterable[Violation]) -> Iterator[str]:
    return (f"{each.place} {redact_ends(each.pointer) or '/'} ({each.keyword})" for each in violations)


def _listed(texts: Iterable[str]) -> str:
    """The first few of the texts. Of a long text, the middle is left out."""
    distinct = list(dict.fromkeys(texts))
    shown = [_shortened(text) for text in distinct[:MAX_SHOWN]]
    more = f", and {len(distinct) - MAX_SHOWN} more" if len(distinct) > MAX_SHOWN else ""
    return ", ".join(shown) + more


def _shortened(text: str) -> str:
    half = MAX_LENGTH // 2
    return text if len(text) <= MAX_LENGTH else f"{text[:half]}...{text[-half:]}"


def _header_value(text: str) -> str:
    """A text as the value of a header: printable ASCII as it is, everything else percent-encoded."""
    return text if text.isascii() and text.isprintable() else quote(text, safe=" /()#,:;=?")
