"""Watches: collect the exchanges of one test before a reset or the limit of the journal removes them."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING

from mockserver.engine.coverage import Cell
from mockserver.testing.journal_entry import JournalEntry
from mockserver.testing.reply_value import ReplyValue

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine
    from mockserver.engine.journal import Entry


class JournalWatch:
    """The exchanges of one test.

    `unsound` has the entries of requests that were refused or broke the contract, `cells` the outcomes of all entries,
    `warnings` the warnings about requests, each with the name of the operation. `end` stops watching.
    """

    def __init__(self) -> None:
        self.unsound: list[JournalEntry] = []
        self.cells: set[Cell] = set()
        self.warnings: dict[tuple[str, str], None] = {}
        self.end: Callable[[], None] = lambda: None

    def update(self) -> None:
        """Collect new entries. Raises UsageError when a running server does not answer."""

    def _add(self, entry: Entry | JournalEntry) -> None:
        if not entry.is_sound:
            self.unsound.append(
                entry if isinstance(entry, JournalEntry) else JournalEntry.read(ReplyValue(entry.as_json()))
            )
        if entry.operation is not None:
            self.warnings |= dict.fromkeys((entry.operation, str(warning)) for warning in entry.warnings)
        if entry.operation is not None and entry.refused is None:
            self.cells.add(Cell(entry.operation, entry.scenario or "", entry.fault or str(entry.reply.status)))


class LocalWatch(JournalWatch):
    """Collects each entry of an engine at once, except those of earlier tests, whose threads may still send requests.

    `earlier_owners` has the keys of their namespaces. All others count, because only the current test uses the mock.
    """

    def __init__(self, engine: Engine, earlier_owners: Container[str]) -> None:
        super().__init__()
        self._earlier_owners = earlier_owners
        self.end = engine.state.journal.listen(self._listen)

    def _listen(self, _: int, entry: Entry) -> None:
        if entry.owner not in self._earlier_owners:
            self._add(entry)


class RemoteWatch(JournalWatch):
    """Reads the journal of the test's namespace on a running server, which others can use at the same time."""

    def __init__(self, read_journal: Callable[[], list[JournalEntry]]) -> None:
        super().__init__()
        self._read_journal = read_journal
        self._seen: set[tuple[str, float]] = set()

    def update(self) -> None:
        """Collect new entries. Raises UsageError when the server does not answer."""
        for entry in self._read_journal():
            # After a reset the ids start again.
            if (entry.id, entry.at) not in self._seen:
                self._seen.add((entry.id, entry.at))
                self._add(entry)
