"""A file that belongs to a running server, such as its socket."""

import contextlib
from pathlib import Path


class OwnFile:
    """A file that this process has just made.

    Another server may replace the file by its own one while this server still answers its last requests.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError: there is no such file."""
        self._path = path
        self._identity = _identity(path)

    def remove(self) -> None:
        """Remove the file if it is still the same. A file that cannot be removed stays."""
        with contextlib.suppress(OSError):
            if _identity(self._path) == self._identity:
                self._path.unlink()


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.lstat()
    # A new file can get the number of one that was removed.
    return status.st_dev, status.st_ino, status.st_mtime_ns
