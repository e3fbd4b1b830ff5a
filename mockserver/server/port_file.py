"""The file of `--port-file`, from which a script learns the port."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from mockserver.errors import UsageError


class PortFile:
    """The file, or none (None). It exists only while the server listens."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Remove an old file before the server listens, and the file at the end. Raises UsageError."""
        try:
            if self._path is not None:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            yield
        finally:
            if self._path is not None:
                self._path.unlink(missing_ok=True)

    def write(self, port: int) -> None:
        """Write the port and a line break, all at once. Raises UsageError."""
        if self._path is None:
            return
        unfinished = self._path.with_name(f"{self._path.name}.new")
        try:
            unfinished.write_text(f"{port}\n", "ascii")
            unfinished.replace(self._path)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> UsageError:
        return UsageError(f"--port-file {self._path} cannot be written: {error.strerror or error}")
