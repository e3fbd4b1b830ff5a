"""The sources of what is served: the files that the settings name, and what they come to now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mockserver.engine.snapshot import Snapshot
from mockserver.errors import SpecError
from mockserver.loading import load_contract, load_snapshot
from mockserver.reloading.file_stamps import FileStamps, Stamp, identities
from mockserver.settings import Settings

__all__ = ["Sources"]

# So long nothing may change before files are read, in seconds: editors write in pieces. More often is not waited.
_QUIET = 0.1
_MOST_WAITS = 4


class Sources:
    """The files of one server; begins with what was read at its start. A contract is read again only when it changed."""

    def __init__(self, settings: Settings, snapshot: Snapshot) -> None:
        # What is activated is taken over from what was served before, be it still there or not.
        self._settings = replace(settings, scenario=None)
        self._contract = snapshot.contract
        self._files = snapshot.contract.document.files
        look = self._look()
        # What was edited while the server started is to be read again.
        is_stale = look.is_newer(snapshot.read_at)
        self._seen: FileStamps | None = None if is_stale else look
        self._stamps: dict[Path, Stamp] | None = None if is_stale else dict(look.spec)

    @property
    def folders(self) -> dict[Path, Stamp]:
        """Where the files lie: the folders that are there, and which they are."""
        scenarios = self._settings.scenarios_folder
        return identities({*(path.parent for path in self._files), *([scenarios] if scenarios else [])})

    def have_changed(self, wait: Callable[[float], object]) -> bool:
        """Whether a file has changed since it was read last; if so, waits until whoever writes is done."""
        look = self._look()
        if look == self._seen:
            return False
        for _ in range(_MOST_WAITS):
            wait(_QUIET)
            before, look = look, self._look()
            if look == before:
                break
        self._seen = look
        return True

    def read(self) -> Snapshot:
        """What is to be served by now. Raises SpecError, ScenarioError."""
        before = self._look()
        try:
            if self._stamps is None or any(before.spec.get(path) != stamp for path, stamp in self._stamps.items()):
                self._read_contract(before)
            return load_snapshot(self._settings, contract=self._contract)
        finally:
            # What changed while it was read is read again.
            after = self._look()
            self._seen = None if after.contradicts(before) else after

    def _read_contract(self, before: FileStamps) -> None:
        try:
            contract = load_contract(self._settings)
        except SpecError as error:
            # A file that is missing may come.
            self._files = tuple({*self._contract.document.files, *error.files})
            raise
        self._contract, self._files = contract, contract.document.files
        after = self._look()
        self._stamps = None if after.contradicts(before) else dict(after.spec)

    def _look(self) -> FileStamps:
        return FileStamps.at({self._settings.spec_file, *self._files}, self._settings.scenarios_folder)
