"""File stamps: which files exist, and whether one of them has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["FileStamps", "Stamp", "folder_ids"]

Stamp = tuple[int, ...] | None
"""Differs after a file was written, replaced or got other permissions. `None`: the file does not exist."""

# The clock that file systems read can be a few milliseconds slow.
_SLACK = 10_000_000


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
        """Whether a file has changed between the two. The contract may consist of other files: only common ones count."""
        common = self.spec.keys() & other.spec.keys()
        return self.scenarios != other.scenarios or any(self.spec[path] != other.spec[path] for path in common)

    def changed_after(self, seconds: float) -> bool:
        """Whether a file has changed after a time, in seconds since the epoch."""
        stamps = (*self.spec.values(), *self.scenarios.values())
        return any(max(stamp[-2:]) > seconds * 1e9 - _SLACK for stamp in stamps if stamp)


def folder_ids(folders: Iterable[Path]) -> dict[Path, Stamp]:
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
