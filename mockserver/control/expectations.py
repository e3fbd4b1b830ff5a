"""Verification: what was called is held against what should have been, and the nearest calls are shown."""

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

__all__ = ["Bounds", "Expectation", "VerifyResult", "parse_expectation", "verify", "verify_order"]

SHOWN: Final = 5
"""So many calls that missed are shown, the nearest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A call that should have come: to this operation, answered by this scenario, with such a request.

    What is None is not asked about. `said` is the expectation as it was written.
    """

    said: Mapping[str, Any]
    operation: str | None = None
    scenario: str | None = None
    when: Condition = ALWAYS

    def misses(self, entry: Entry, contract: Contract) -> list[Miss]:
        """Every reason why an exchange is not the one that is meant."""
        found = []
        if self.operation is not None and entry.operation != self.operation:
            found.append(Miss("operation", self.operation, entry.operation or "no operation"))
        if self.scenario is not None and entry.scenario != self.scenario:
            found.append(Miss("scenario", self.scenario, entry.scenario or "no scenario"))
        body = entry.sent
        if body is ABSENT and self.when.body is not None:
            body = contract.body_of(entry.request, entry.operation)
        call = Call(request=entry.request, operation=entry.operation or "", path=entry.path, body=body)
        return found + self.when.misses(call)


def parse_expectation(value: Mapping[str, Any]) -> Expectation:
    """The expectation that these members describe. Raises FlawsError."""
    parts = {name: value[name] for name in ("path", "query", "header", "cookie", "body") if name in value}
    return Expectation(
        said=value,
        operation=value.get("operation"),
        scenario=value.get("scenario"),
        when=CONDITION.parse(parts) if parts else ALWAYS,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How often a call should have come. None is no bound."""

    least: int | None = None
    most: int | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Bounds:
        """The bounds of `count`, or of `at_least` and `at_most`; without any of them, at least once."""
        if "count" in value:
            return cls(least=value["count"], most=value["count"])
        if "at_least" not in value and "at_most" not in value:
            return cls(least=1)
        least, most = value.get("at_least"), value.get("at_most")
        if least is not None and most is not None and least > most:
            with below("at_least"):
                raise FlawsError.one(f"no number of calls is at least {least} and at most {most}")
        return cls(least=least, most=most)

    def allow(self, count: int) -> bool:
        """Whether a number of calls is as it should be."""
        return (self.least is None or count >= self.least) and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.least == self.most:
            return "no call" if self.least == 0 else f"exactly {_calls(self.least)}"
        if self.most is None:
            return f"at least {_calls(self.least)}"
        return f"at most {_calls(self.most)}" if not self.least else f"{self.least} to {_calls(self.most)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """Whether what was expected has come.

    `found` are the entries that fit, `nearest` those that came nearest, with their misses.
    """

    holds: bool
    detail: str
    found: Sequence[Entry] = ()
    nearest: Sequence[tuple[Entry, Sequence[Miss]]] = ()


def verify(expectation: Expectation, bounds: Bounds, entries: Sequence[Entry], contract: Contract) -> VerifyResult:
    """Whether as many of the entries as there should be are what is expected."""
    judged = [(entry, expectation.misses(entry, contract)) for entry in entries]
    found = [entry for entry, misses in judged if not misses]
    missed = [(entry, misses) for entry, misses in judged if misses]
    holds = bounds.allow(len(found))
    came = f"{len(found)} of {_calls(len(entries))} fit" if entries else "nothing was called"
    return VerifyResult(
        holds=holds,
        detail=f"Expected {bounds}; {came}.",
        found=found,
        # Where too many have come, it is those that are to be seen.
        nearest=[] if holds else _nearest(judged if bounds.least is None or len(found) > bounds.least else missed),
    )


def verify_order(expectations: Sequence[Expectation], entries: Sequence[Entry], contract: Contract) -> VerifyResult:
    """Whether the entries hold one that fits each expectation, in this order; others may come in between."""
    found: list[Entry] = []
    rest = iter(entries)
    for position, expectation in enumerate(expectations, 1):
        passed = []
        for entry in rest:
            misses = expectation.misses(entry, contract)
            if not misses:
                found.append(entry)
                break
            passed.append((entry, misses))
        else:
            after = f" after the one that fits number {position - 1}" if found else ""
            came = any(not expectation.misses(entry, contract) for entry in entries)
            why = "; one that fits came earlier" if came else ""
            detail = f"Expected {_calls(len(expectations))} in this order; number {position} did not come{after}{why}."
            return VerifyResult(holds=False, detail=detail, found=found, nearest=_nearest(passed))
    return VerifyResult(holds=True, detail=f"{_calls(len(found))} came in this order.", found=found)


def _nearest(judged: Iterable[tuple[Entry, Sequence[Miss]]]) -> list[tuple[Entry, Sequence[Miss]]]:
    """The few with the fewest misses; of those that are equally near, the latest."""
    latest_first = list(judged)[::-1]
    return sorted(latest_first, key=lambda each: _distance(each[1]))[:SHOWN]


def _distance(misses: Sequence[Miss]) -> int:
    # Another operation is further away than any number of members that differ.
    return len(misses) + 1000 * sum(miss.where == "operation" for miss in misses)


def _calls(count: int | None) -> str:
    return f"{count} call{'' if count == 1 else 's'}"
