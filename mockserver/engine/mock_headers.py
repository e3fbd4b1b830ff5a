"""The mock's own headers on replies, and the replies that the mock makes itself: refusals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from mockserver.engine.journal import Entry
from mockserver.errors import Refusal, Violation
from mockserver.messages import Fault, Reply
from mockserver.parsing.json_writer import write_json
from mockserver.redaction.redact import redact

Outcome = TypeVar("Outcome", Reply, Fault, Reply | Fault)

MAX_SHOWN = 10
"""How many violations or warnings are listed in a header."""
MAX_LENGTH = 200
"""How long each of them may be."""


def mock_headers(entry: Entry, *, report: bool) -> list[tuple[str, str]]:
    """Mock-Entry; Mock-Scenario, Mock-Stub and Mock-Warnings if they have a value.

    With `report`, Mock-Violations if there are any and the request was not refused.
    """
    headers = [("mock-entry", _header_value(entry.id))]
    if entry.scenario is not None:
        headers.append(("mock-scenario", entry.scenario))
    if entry.stub is not None:
        headers.append(("mock-stub", _header_value(entry.stub)))
    if report and entry.violations and entry.refused is None:
        headers.append(("mock-violations", _listed(map(_header_value, _places(entry.violations)))))
    if entry.warnings:
        headers.append(("mock-warnings", _listed(_header_value(str(warning)) for warning in entry.warnings)))
    return headers


def with_headers(outcome: Outcome, headers: Iterable[tuple[str, str]]) -> Outcome:
    """The outcome with additional headers; the headers of a fault belong to the reply that is sent in part."""
    if isinstance(outcome, Fault):
        return replace(outcome, reply=with_headers(outcome.reply, headers))
    return Reply(status=outcome.status, headers=(*outcome.headers, *headers), body=outcome.body, delay=outcome.delay)


def refusal_reply(refusal: Refusal, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The reply for a refusal: a problem document and the header Mock-Refused, followed by further headers."""
    # Its frames refer to the request and the connection, and some of them to the refusal.
    refusal.__traceback__ = None
    return problem_reply(refusal.as_json(), refusal.kind, headers=(*refusal.headers, *headers))


def problem_reply(document: Mapping[str, Any], kind: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The reply for a problem document (RFC 9457) of the mock."""
    own = (("content-type", "application/problem+json"), ("mock-refused", kind))
    return Reply(status=document["status"], headers=(*own, *headers), body=write_json(document))


def summary(violations: Iterable[Violation]) -> str:
    """Where the contract is violated, and by which keyword; the first few."""
    return _listed(_places(violations))


def _places(violations: Iterable[Violation]) -> Iterator[str]:
    return (f"{each.place} {redact(each.pointer) or '/'} ({each.keyword})" for each in violations)


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
