"""Coverage: which parts of the contract, and which scenarios, the callers of this server have exercised."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Final, NamedTuple

from mockserver.contract import Contract
from mockserver.engine.journal import Entry
from mockserver.scenarios import Scenario

__all__ = ["Cell", "Coverage", "as_report", "cell_of", "expected_cells"]

MOST_NAMESPACES: Final = 10_000


class Cell(NamedTuple):
    """One thing that a consumer can meet: an operation that ends in one way, as one scenario has it.

    `outcome` is a status as text, or the kind of a fault; `scenario` is empty where a reply is made from the schema.
    """

    operation: str
    scenario: str
    outcome: str

    def as_json(self) -> dict[str, str | None]:
        """The cell as the control API tells it."""
        return {"operation": self.operation, "scenario": self.scenario or None, "outcome": self.outcome}


def cell_of(entry: Entry) -> Cell | None:
    """What an exchange has exercised; a refused request is the caller's mistake and exercises nothing."""
    if entry.operation is None or entry.refused is not None:
        return None
    return Cell(entry.operation, entry.scenario or "", entry.fault or str(entry.reply.status))


def expected_cells(contract: Contract, scenarios: Iterable[Scenario]) -> list[Cell]:
    """All that there is to exercise.

    Each way in which each scenario ends, and each documented status of the operations that no scenario names.
    """
    cells: dict[Cell, None] = {}
    for scenario in scenarios:
        for stub in scenario.stubs:
            cells[Cell(stub.operation, scenario.name, stub.ending)] = None
    named = {cell.operation for cell in cells}
    for operation in contract.operations.values():
        if operation.id not in named:
            # A range or the default says how some status would look, not that there is one.
            documented = [str(key) for key in operation.spec.get("responses", {}) if str(key).isdigit()]
            cells.update(dict.fromkeys(Cell(operation.id, "", status) for status in documented))
    return sorted(cells)


class Coverage:
    """Counts what was exercised, in all and in each namespace; not forgotten by a reset. Safe to use from many threads.

    Of namespaces the one that has been quiet longest is forgotten beyond `most`, its counts stay in those of all.
    """

    def __init__(self, *, most: int = MOST_NAMESPACES) -> None:
        self._most = most
        self._forgotten: Counter[Cell] = Counter()
        self._by_owner: OrderedDict[str, dict[Cell, int]] = OrderedDict()
        self._lock = Lock()

    def record(self, entry: Entry) -> None:
        """Count what an exchange has exercised."""
        cell = cell_of(entry)
        if cell is None:
            return
        with self._lock:
            counts = self._by_owner.get(entry.owner)
            if counts is None:
                counts = self._by_owner[entry.owner] = {}
                if len(self._by_owner) > self._most:
                    self._forgotten.update(self._by_owner.popitem(last=False)[1])
            else:
                self._by_owner.move_to_end(entry.owner)
            counts[cell] = counts.get(cell, 0) + 1

    def of(self, owner: str | None) -> dict[Cell, int]:
        """How often each cell was exercised in one namespace, or in all (None)."""
        with self._lock:
            if owner is not None:
                return dict(self._by_owner.get(owner, {}))
            total = self._forgotten.copy()
            for counts in self._by_owner.values():
                total.update(counts)
            return dict(total)


def as_report(expected: Iterable[Cell], counts: Mapping[Cell, int]) -> dict[str, Any]:
    """The report that the control API and the pytest plugin give.

    `percent` is the share of the expected cells that were exercised; what was exercised besides (a status that a
    client asked for by Prefer, a scenario that is gone) is listed and does not count.
    """
    wanted = set(expected)
    met = wanted & counts.keys()
    exercised = {cell.scenario for cell in counts}
    return {
        "percent": _percent(len(met), len(wanted)),
        "exercised": len(met),
        "expected": len(wanted),
        "cells": [
            {**cell.as_json(), "count": counts.get(cell, 0), "expected": cell in wanted}
            for cell in sorted({*wanted, *counts})
        ],
        "scenarios_never": sorted({cell.scenario for cell in wanted if cell.scenario} - exercised),
    }


def _percent(part: int, whole: int) -> float:
    """To one decimal, rounded down: what is not whole is never shown as 100."""
    return 1000 * part // whole / 10 if whole else 100.0
