"""The mock's own headers, by which a reply says where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

from mockserver.errors import Violation
from mockserver.exchange import Fault, Reply
from mockserver.redaction import redact

__all__ = ["PROBLEM_TYPE", "Outcome", "own_headers", "summary", "with_headers"]

Outcome = TypeVar("Outcome", Reply, Fault, Reply | Fault)

SHOWN_VIOLATIONS = 10

PROBLEM_TYPE = ("content-type", "application/problem+json")
"""The media type of a refusal (RFC 9457)."""


def own_headers(
    *, entry_id: str, scenario: str | None, stub: str | None, reported: tuple[Violation, ...]
) -> list[tuple[str, str]]:
    """Mock-Entry, Mock-Scenario, Mock-Stub and Mock-Violations, as far as there is something to say."""
    headers = [("mock-entry", _text(entry_id))]
    if scenario is not None:
        headers.append(("mock-scenario", scenario))
    if stub is not None:
        headers.append(("mock-stub", _text(stub)))
    if reported:
        headers.append(("mock-violations", _text(summary(reported))))
    return headers


def with_headers(outcome: Outcome, headers: Iterable[tuple[str, str]]) -> Outcome:
    """The outcome with headers more; of a fault, the reply that is sent in part."""
    if isinstance(outcome, Fault):
        return replace(outcome, reply=with_headers(outcome.reply, headers))
    return Reply(status=outcome.status, headers=(*outcome.headers, *headers), body=outcome.body, delay=outcome.delay)


def summary(violations: Iterable[Violation]) -> str:
    """Where the contract is broken, and by which keyword; the first few."""
    places = list(dict.fromkeys(f"{each.place} {redact(each.pointer) or '/'} ({each.keyword})" for each in violations))
    more = f", and {len(places) - SHOWN_VIOLATIONS} more" if len(places) > SHOWN_VIOLATIONS else ""
    return ", ".join(places[:SHOWN_VIOLATIONS]) + more


def _text(text: str) -> str:
    """A text as a header's value: printable ASCII as it stands, the rest percent-encoded."""
    return text if text.isascii() and text.isprintable() else quote(text, safe=" /()#,:;=")
