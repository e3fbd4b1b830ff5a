"""A look at the files: what is there, and whether it is what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["FileStamps", "Stamp", "identities"]

Stamp = tuple[int, ...] | None
"""Changes whenever a file is written, replaced or given other rights; None while it is not there."""

# Kernels stamp files by a clock that is a few milliseconds behind.
_SLACK = 10_000_000


@dataclass(frozen=True, slots=True)
class FileStamps:
    """The stamps of the contract's files and of the scenario files, at one moment; links are followed."""

    spec: Mapping[Path, Stamp]
    scenarios: Mapping[Path, Stamp]

    @classmethod
    def at(cls, spec: Iterable[Path], folder: Path | None) -> Self:
        """Look at the contract's files, and at every scenario file in a folder."""
        return cls({path: _stamp(path) for path in spec}, _scenarios(folder) if folder else {})

    def contradicts(self, other: FileStamps) -> bool:
        """Whether a file that both looked at is another one; of the contract's, they may have looked at different ones."""
        common = self.spec.keys() & other.spec.keys()
        return self.scenarios != other.scenarios or any(self.spec[path] != other.spec[path] for path in common)

    def is_newer(self, seconds: float) -> bool:
        """Whether a file has changed after a moment, in seconds since the epoch."""
        stamps = (*self.spec.values(), *self.scenarios.values())
        return any(max(stamp[-2:]) > seconds * 1e9 - _SLACK for stamp in stamps if stamp)


def identities(folders: Iterable[Path]) -> dict[Path, Stamp]:
    """Those of the folders that are there, and which they are: one that was made anew is another."""
    found = {folder: _stamp(folder) for folder in folders}
    return {folder: stamp[:2] for folder, stamp in found.items() if stamp}


def _scenarios(folder: Path) -> dict[Path, Stamp]:
    try:
        paths = list(folder.iterdir())
    except OSError:
        return {folder: None}
    return {path: _stamp(path) for path in paths if path.suffix.lower() in (".yaml", ".yml")}


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
