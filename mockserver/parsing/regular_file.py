"""Reads regular files up to a limit. It never waits for a named pipe or a device."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

PIECE: Final = 1 << 16
_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_regular_file(path: Path, *, limit: int) -> bytes:
    """The content of a file, up to one byte more than the limit. Raises OSError, also if it is not a regular file.

    The size of a file is not enough to know how much there is to read: files in /proc have the size 0.
    """
    # Checked before the file is opened, because some devices start to work when they are opened.
    _require_regular(path.stat().st_mode)
    # A file can be replaced after the check. Opening a named pipe would block without O_NONBLOCK.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
        _require_regular(os.fstat(descriptor).st_mode)
        return b"".join(_pieces(file, limit + 1))


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The content up to a size. A single read would allocate the whole size, even for a short file."""
    # None means that there is nothing to read yet, as in /proc/kmsg. It is the same as nothing to read.
    while size > 0 and (piece := file.read(min(size, PIECE))):
        yield piece
        size -= len(piece)


def _require_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(0, "Is a directory")
    if not stat.S_ISREG(mode):
        raise OSError(0, f"it is {_KINDS.get(stat.S_IFMT(mode), 'something else')}, not a regular file")
