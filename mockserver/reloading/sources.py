"""The files of a server: whether they have changed, and the snapshot that they give now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from mockserver.engine.snapshot import Snapshot
from mockserver.errors import SpecError
from mockserver.loading import load_contract, load_snapshot
from mockserver.settings import Settings

Stamp = tuple[int, ...] | None
"""Differs after a file was written, replaced or got other permissions. `None`: the file does not exist."""

# The clock that file systems read can be a few milliseconds slow.
_SLACK = 10_000_000

# Editors write a file in pieces. Files are read after 0.1 seconds without a change, at the latest after four waits.
_QUIET = 0.1
_MAX_WAITS = 4


@dataclass(frozen=True, slots=True)
class FileStamps:
    """The stamps of the contract's files and of the scenario files at one moment. Links are followed."""

    spec: Mapping[Path, Stamp]
    scenarios: Mapping[Path, Stamp]

    @classmethod
    def read(cls, spec: Iterable[Path], folder: Path | None) -> Self:
        """The stamps of the contract's files, and of every scenario file in a folder."""
        return cls({path: _stamp(path) for path in spec}, _scenarios(folder) if folder else {})

    def contradicts(self, other: FileStamps) -> bool:
        """Whether a file has different stamps. A file of the contract counts only if both have it."""
        common = self.spec.keys() & other.spec.keys()
        return self.scenarios != other.scenarios or any(self.spec[path] != other.spec[path] for path in common)

    def changed_after(self, seconds: float) -> bool:
        """Whether a file has changed after a time, in seconds since the epoch."""
        stamps = (*self.spec.values(), *self.scenarios.values())
        return any(max(stamp[-2:]) > seconds * 1e9 - _SLACK for stamp in stamps if stamp)


class Sources:
    """The files of one server, beginning with those read at its start.

    The contract is read again only when one of its own files has changed.
    """

    def __init__(self, settings: Settings, snapshot: Snapshot) -> None:
        # The activated scenario is taken over from the former snapshot, even if it no longer exists.
        self._settings = replace(settings, scenario=None)
        self._contract = snapshot.contract
        self._files = snapshot.contract.document.files
        stamps = self._read_stamps()
        # A file that was edited while the server started must be read again: None means that nothing is up to date.
        is_stale = stamps.changed_after(snapshot.read_at)
        self._last: FileStamps | None = None if is_stale else stamps
        self._last_spec: dict[Path, Stamp] | None = None if is_stale else dict(stamps.spec)

    @property
    def folders(self) -> dict[Path, Stamp]:
        """The folders to watch, with their ids."""
        scenarios = self._settings.scenarios_folder
        return _folder_ids({*(path.parent for path in self._files), *([scenarios] if scenarios else [])})

    def have_changed(self, wait: Callable[[float], object]) -> bool:
        """Whether a file has changed since the last call. If so, wait until nobody writes any more."""
        stamps = self._read_stamps()
        if stamps == self._last:
            return False
        for _ in range(_MAX_WAITS):
            wait(_QUIET)
            before, stamps = stamps, self._read_stamps()
            if stamps == before:
                break
        self._last = stamps
        return True

    def read(self) -> Snapshot:
        """Load the snapshot. Raises SpecError, ScenarioError."""
        before = self._read_stamps()
        try:
            if self._last_spec is None or not self._last_spec.items() <= before.spec.items():
                self._read_contract(before)
            return load_snapshot(self._settings, contract=self._contract)
        finally:
            # A file that changed while it was read must be read again.
            after = self._read_stamps()
            self._last = None if after.contradicts(before) else after

    def _read_contract(self, before: FileStamps) -> None:
        try:
            contract = load_contract(self._settings)
        except SpecError as error:
            # A missing file may be created later, so watch for it.
            self._files = tuple({*self._contract.document.files, *error.files})
            raise
        self._contract, self._files = contract, contract.document.files
        after = self._read_stamps()
        self._last_spec = None if after.contradicts(before) else dict(after.spec)

    def _read_stamps(self) -> FileStamps:
        return FileStamps.read({self._settings.spec_file, *self._files}, self._settings.scenarios_folder)


def _folder_ids(folders: Iterable[Path]) -> dict[Path, Stamp]:
    """The folders that exist, with device and inode. A folder that was deleted and created again has another id."""
    stamps = {folder: _stamp(folder) for folder in folders}
    return {folder: stamp[:2] for folder, stamp in stamps.items() if stamp}


def _scenarios(folder: Path) -> dict[Path, Stamp]:
    try:
        paths = list(folder.iterdir())
    except OSError:
        return {folder: None}
    return {path: _stamp(path) for path in paths if path.suffix.lower() in (".yaml", ".yml")}


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
