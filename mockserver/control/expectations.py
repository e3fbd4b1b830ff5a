"""Expectations: which calls should have been made, compared with the journal. The nearest calls are reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.engine.journal import Entry
from mockserver.messages import ABSENT, Call
from mockserver.scenarios import Condition, Miss
from mockserver.scenarios.conditions import ALWAYS
from mockserver.scenarios.format.flaws import FlawsError, below
from mockserver.scenarios.format.scenario_format import CONDITION

MAX_NEAREST: Final = 5
"""How many of the calls that do not match are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A call that should have been made: its operation, the scenario that answered, and its request.

    A member that is None matches every call.
    """

    operation: str | None = None
    scenario: str | None = None
    when: Condition = ALWAYS

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> Expectation:
        """The expectation of a request body. Raises FlawsError."""
        parts = {name: value[name] for name in ("path", "query", "header", "cookie", "body") if name in value}
        when = CONDITION.parse(parts) if parts else ALWAYS
        return cls(operation=value.get("operation"), scenario=value.get("scenario"), when=when)

    def misses(self, entry: Entry, contract: Contract) -> list[Miss]:
        """Every reason why an exchange does not match; empty if it matches. Of a credential, no value is shown."""
        misses = []
        if self.operation is not None and entry.operation != self.operation:
            misses.append(Miss("operation", self.operation, entry.operation or "no operation"))
        if self.scenario is not None and entry.scenario != self.scenario:
            misses.append(Miss("scenario", self.scenario, entry.scenario or "no scenario"))
        body = entry.sent
        if body is ABSENT and self.when.body is not None:
            body = contract.body_of(entry.request, entry.operation)
        call = Call(request=entry.request, operation=entry.operation or "", path=entry.path, body=body)
        return misses + self.when.misses(call, entry.redactor.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How often a call should have been made. None means no limit."""

    least: int | None = None
    most: int | None = None

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> CallCount:
        """The count of a request body: `count`, or `at_least` and `at_most`; without any of them, at least 1."""
        if "count" in value:
            return cls(least=value["count"], most=value["count"])
        if "at_least" not in value and "at_most" not in value:
            return cls(least=1)
        least, most = value.get("at_least"), value.get("at_most")
        if least is not None and most is not None and least > most:
            with below("at_least"):
                raise FlawsError.one(f"no number of calls is at least {least} and at most {most}")
        return cls(least=least, most=most)

    def allows(self, count: int) -> bool:
        """Whether a number of calls is allowed."""
        return (self.least is None or count >= self.least) and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.least == self.most:
            return "no call" if self.least == 0 else f"exactly {_calls(self.least)}"
        if self.most is None:
            return f"at least {_calls(self.least)}"
        return f"at most {_calls(self.most)}" if not self.least else f"{self.least} to {_calls(self.most)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """Whether an expectation holds: the entries that match, and the nearest others with their misses."""

    holds: bool
    detail: str
    found: Sequence[Entry] = ()
    nearest: Sequence[tuple[Entry, Sequence[Miss]]] = ()


def verify(expectation: Expectation, count: CallCount, entries: Sequence[Entry], contract: Contract) -> VerifyResult:
    """Whether the allowed number of entries match."""
    compared = [(entry, expectation.misses(entry, contract)) for entry in entries]
    found = [entry for entry, misses in compared if not misses]
    holds = count.allows(len(found))
    if count.least is not None and len(found) <= count.least:
        # Too few calls match, so the others are reported; if there are too many, those that match are reported.
        compared = [(entry, misses) for entry, misses in compared if misses]
    summary = f"{len(found)} of {_calls(len(entries))} match" if entries else "there was no call"
    return VerifyResult(
        holds=holds, detail=f"Expected {count}; {summary}.", found=found, nearest=[] if holds else _nearest(compared)
    )


def verify_order(expectations: Sequence[Expectation], entries: Sequence[Entry], contract: Contract) -> VerifyResult:
    """Whether entries match the expectations in this order; other calls may be in between."""
    found: list[Entry] = []
    rest = iter(entries)
    for position, expectation in enumerate(expectations, 1):
        others = []
        for entry in rest:
            misses = expectation.misses(entry, contract)
            if not misses:
                found.append(entry)
                break
            others.append((entry, misses))
        else:
            after = f" after the call that matches number {position - 1}" if found else ""
            is_early = any(not expectation.misses(entry, contract) for entry in entries)
            hint = "; a call that matches was made earlier" if is_early else ""
            detail = f"Expected {_calls(len(expectations))} in this order; number {position} was not made{after}{hint}."
            return VerifyResult(holds=False, detail=detail, found=found, nearest=_nearest(others))
    return VerifyResult(holds=True, detail=f"{_calls(len(found))} were made in this order.", found=found)


def _nearest(compared: Iterable[tuple[Entry, Sequence[Miss]]]) -> list[tuple[Entry, Sequence[Miss]]]:
    """The entries with the fewest misses; of equal ones the latest."""
    latest_first = list(compared)[::-1]
    return sorted(latest_first, key=lambda pair: _distance(pair[1]))[:MAX_NEAREST]


def _distance(misses: Sequence[Miss]) -> int:
    # Another operation is further away than any number of different members.
    return len(misses) + 1000 * sum(miss.where == "operation" for miss in misses)


def _calls(count: int | None) -> str:
    return f"{count} call{'' if count == 1 else 's'}"
