"""Compares expectations with the journal, in slices: misses are counted for all calls and written for the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from typing import Final

from mockserver.contract import Contract
from mockserver.control.expectations import CallCount, Expectation, calls
from mockserver.engine.journal import Entry
from mockserver.errors import Miss
from mockserver.limits.slices import Pauses, Sliced
from mockserver.limits.step_budget import StepBudget
from mockserver.messages import ABSENT, Call

MAX_NEAREST: Final = 5
"""How many of the calls that do not match are reported."""
MAX_MISSES: Final = 50
"""How many misses of each of them are reported."""
OTHER_OPERATION: Final = 1_000_000
"""The distance of a call of another operation: further away than any number of different members."""
STEPS_IN_A_SLICE: Final = 1_000
BYTES_IN_A_STEP: Final = 100
"""How much of a body is read in about a microsecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCall:
    """A call that does not match, with its first misses and the number of the others."""

    entry: Entry
    misses: Sequence[Miss]
    omitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """Whether an expectation holds: the entries that match, and the nearest others with their misses."""

    holds: bool
    detail: str
    found: Sequence[Entry] = ()
    nearest: Sequence[NearCall] = ()


class Verifier:
    """Compares calls with expectations. Raises StepLimitReached if it takes more steps than the budget has."""

    def __init__(self, contract: Contract, budget: StepBudget) -> None:
        self._contract = contract
        self._budget = budget
        self._pauses = Pauses(steps=STEPS_IN_A_SLICE)

    def verify(self, expectation: Expectation, count: CallCount, entries: Sequence[Entry]) -> Sliced[VerifyResult]:
        """Whether the allowed number of entries match."""
        distances = [0] * len(entries)
        for index, entry in enumerate(entries):
            distances[index] = yield from self._distance(expectation, entry)
        found = [entry for entry, distance in zip(entries, distances, strict=True) if not distance]
        summary = f"{len(found)} of {calls(len(entries))} match" if entries else "there was no call"
        detail = f"Expected {count}; {summary}."
        if count.allows(len(found)):
            return VerifyResult(holds=True, detail=detail, found=found)
        compared = list(zip(distances, entries, strict=True))
        if count.least is not None and len(found) < count.least:
            # Too few calls match, so the others are reported; if there are too many, those that match are reported.
            compared = [(distance, entry) for distance, entry in compared if distance]
        nearest = yield from self._nearest(expectation, compared)
        return VerifyResult(holds=False, detail=detail, found=found, nearest=nearest)

    def verify_order(self, expectations: Sequence[Expectation], entries: Sequence[Entry]) -> Sliced[VerifyResult]:
        """Whether entries match the expectations in this order; other calls may be in between."""
        found: list[Entry] = []
        rest = iter(entries)
        for position, expectation in enumerate(expectations, 1):
            others = []
            for entry in rest:
                distance = yield from self._distance(expectation, entry)
                if not distance:
                    found.append(entry)
                    break
                others.append((distance, entry))
            else:
                after = f" after the call that matches number {position - 1}" if found else ""
                is_early = yield from self._matches_any(expectation, entries)
                hint = "; a call that matches was made earlier" if is_early else ""
                detail = (
                    f"Expected {calls(len(expectations))} in this order; number {position} was not made{after}{hint}."
                )
                nearest = yield from self._nearest(expectation, others)
                return VerifyResult(holds=False, detail=detail, found=found, nearest=nearest)
        return VerifyResult(holds=True, detail=f"{calls(len(found))} were made in this order.", found=found)

    def _matches_any(self, expectation: Expectation, entries: Iterable[Entry]) -> Sliced[bool]:
        for entry in entries:
            if not (yield from self._distance(expectation, entry)):
                return True
        return False

    def _distance(self, expectation: Expectation, entry: Entry) -> Sliced[int]:
        """The number of misses. If the operation is another one, nothing else is compared."""
        if expectation.operation not in (None, entry.operation):
            self._budget.spend()
            yield from self._pauses.after_step()
            return OTHER_OPERATION
        return (yield from self._count(expectation, entry))

    def _count(self, expectation: Expectation, entry: Entry) -> Sliced[int]:
        """The number of misses."""
        self._budget.spend()
        count = len(_misses_of_answer(expectation, entry))
        call = self._call(expectation, entry)
        yield from self._pauses.after_step()
        for differences in expectation.when.differences(call):
            self._budget.spend()
            count += differences
            yield from self._pauses.after_step()
        return count

    def _nearest(self, expectation: Expectation, compared: Iterable[tuple[int, Entry]]) -> Sliced[list[NearCall]]:
        """The calls with the fewest misses; of equal ones the latest."""
        ranked = ((distance, -number, entry) for number, (distance, entry) in enumerate(compared))
        nearest = []
        for distance, _, entry in nsmallest(MAX_NEAREST, ranked):
            misses = list(_misses_of_answer(expectation, entry))
            for miss in islice(
                expectation.when.each_miss(self._call(expectation, entry), entry.redactor.names), MAX_MISSES
            ):
                misses.append(miss)
                yield from self._pauses.after_step()
            count = distance if distance < OTHER_OPERATION else (yield from self._count(expectation, entry))
            shown = misses[:MAX_MISSES]
            nearest.append(NearCall(entry=entry, misses=shown, omitted=count - len(shown)))
        return nearest

    def _call(self, expectation: Expectation, entry: Entry) -> Call:
        """The call of an entry, as matchers see it. The body is only read if it is compared."""
        body = entry.sent
        if body is ABSENT and expectation.when.body is not None:
            self._budget.spend(len(entry.request.body) // BYTES_IN_A_STEP)
            body = self._contract.body_of(entry.request, entry.operation)
        return Call(request=entry.request, operation=entry.operation or "", path=entry.path, body=body)


def _misses_of_answer(expectation: Expectation, entry: Entry) -> list[Miss]:
    """The misses that are not about the request: the operation and the scenario."""
    misses = []
    if expectation.operation not in (None, entry.operation):
        misses.append(Miss("operation", expectation.operation or "", entry.operation or "no operation"))
    if expectation.scenario not in (None, entry.scenario):
        misses.append(Miss("scenario", expectation.scenario or "", entry.scenario or "no scenario"))
    return misses
