"""Coverage: which outcomes of operations and scenarios the callers of this server have exercised."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.messages import Reply

if TYPE_CHECKING:
    from mockserver.contract import Contract
    from mockserver.engine.journal import Entry
    from mockserver.scenarios import Scenario

MAX_NAMESPACES: Final = 10_000


class Cell(NamedTuple):
    """One outcome that a client can meet: an operation, a scenario, and how the exchange ends.

    `outcome` is a status as text, or the kind of a fault. `scenario` is empty if the reply is made from the schema.
    """

    operation: str
    scenario: str
    outcome: str

    def as_json(self) -> dict[str, str | None]:
        """The cell as a JSON object."""
        return {"operation": self.operation, "scenario": self.scenario or None, "outcome": self.outcome}


def cell_of(entry: Entry) -> Cell | None:
    """The cell that an exchange has exercised. A refused request is a mistake of its client and exercises none."""
    if entry.operation is None or entry.refused is not None:
        return None
    outcome = entry.outcome
    ending = str(outcome.status) if isinstance(outcome, Reply) else outcome.kind
    return Cell(entry.operation, entry.scenario or "", ending)


def expected_cells(contract: Contract, scenarios: Iterable[Scenario]) -> list[Cell]:
    """All cells: each outcome of each scenario, and each documented status of operations that no scenario names."""
    cells = {
        Cell(stub.operation, scenario.name, stub.ending): None for scenario in scenarios for stub in scenario.stubs
    }
    named = {cell.operation for cell in cells}
    for operation in contract.operations.values():
        if operation.id not in named:
            # A range such as 2XX, or `default`, describes a status but does not promise one.
            documented = [str(key) for key in operation.spec.get("responses", {}) if str(key).isdigit()]
            cells.update(dict.fromkeys(Cell(operation.id, "", status) for status in documented))
    return sorted(cells)


class Coverage:
    """Counts exercised cells, in each namespace and in total. A reset does not clear it. Thread-safe.

    Beyond `max_namespaces`, the namespace that was not used for longest is dropped; its counts stay in the total.
    """

    def __init__(self, *, max_namespaces: int = MAX_NAMESPACES) -> None:
        self._max_namespaces = max_namespaces
        self._dropped: Counter[Cell] = Counter()
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
                if len(self._by_owner) > self._max_namespaces:
                    self._dropped.update(self._by_owner.popitem(last=False)[1])
            else:
                self._by_owner.move_to_end(entry.owner)
            counts[cell] = counts.get(cell, 0) + 1

    def of(self, owner: str | None) -> dict[Cell, int]:
        """How often each cell was exercised, in one namespace or in total (None)."""
        with self._lock:
            if owner is not None:
                return dict(self._by_owner.get(owner, {}))
            total = self._dropped.copy()
            for counts in self._by_owner.values():
                total.update(counts)
            return dict(total)


def as_report(expected: Iterable[Cell], counts: Mapping[Cell, int]) -> dict[str, Any]:
    """The report of the control API and of the pytest plugin.

    `percent` is the share of the expected cells that were exercised. Other exercised cells (a status that a client
    requested with Prefer, a scenario that was removed) are listed and do not count.
    """
    wanted = set(expected)
    exercised = wanted & counts.keys()
    seen = {cell.scenario for cell in counts}
    return {
        # Rounded down to one decimal, so that 100 means all.
        "percent": 1000 * len(exercised) // len(wanted) / 10 if wanted else 100.0,
        "exercised": len(exercised),
        "expected": len(wanted),
        "cells": [
            {**cell.as_json(), "count": counts.get(cell, 0), "expected": cell in wanted}
            for cell in sorted({*wanted, *counts})
        ],
        "scenarios_never": sorted({cell.scenario for cell in wanted if cell.scenario} - seen),
    }
