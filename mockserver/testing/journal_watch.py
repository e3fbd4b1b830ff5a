"""Watches: what has come during one test, noted as it comes or read before it is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Protocol

from mockserver.engine.coverage import Cell, cell_of
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.testing.journal_entry import JournalEntry

__all__ = ["LocalWatch", "RemoteWatch", "Watch"]


class Watch(Protocol):
    """What has come: the entries that were refused or broke the contract, and what all of them exercised."""

    unsound: list[JournalEntry]
    cells: set[Cell]

    def look(self) -> None:
        """Note what has come by now. Raises UsageError when a server that runs elsewhere does not tell."""

    def end(self) -> None:
        """Note nothing more."""


class LocalWatch:
    """Of a mock of this process: what comes from anybody but the tests before, by whatever key; a reset hides nothing."""

    def __init__(self, engine: Engine, former: Container[str]) -> None:
        self.unsound: list[JournalEntry] = []
        self.cells: set[Cell] = set()
        # What a thread of an earlier test still sends is not this test's.
        self._former = former
        self.end = engine.journal.listen(self._note)

    def look(self) -> None:
        """Everything is noted already."""

    def _note(self, _: int, entry: Entry) -> None:
        if entry.owner in self._former:
            return
        if not entry.is_sound:
            self.unsound.append(JournalEntry.of(entry.as_json()))
        cell = cell_of(entry)
        if cell is not None:
            self.cells.add(cell)


class RemoteWatch:
    """Of a mock that runs elsewhere: what its journal has of the test's namespace; `read` reads that."""

    def __init__(self, read: Callable[[], list[JournalEntry]]) -> None:
        self.unsound: list[JournalEntry] = []
        self.cells: set[Cell] = set()
        self._read = read
        self._seen: set[tuple[str, float]] = set()

    def look(self) -> None:
        """Read the journal; also done before it is reset."""
        for entry in self._read():
            # Ids begin again after a reset.
            if (entry.id, entry.at) in self._seen:
                continue
            self._seen.add((entry.id, entry.at))
            if not entry.is_sound:
                self.unsound.append(entry)
            if entry.operation is not None and entry.refused is None:
                self.cells.add(Cell(entry.operation, entry.scenario or "", entry.outcome))

    def end(self) -> None:
        """There is nothing to end."""
