"""Reads the files that the `externalValue` of examples names. They have to be in the folder of the document."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from mockserver.parsing.regular_file import read_regular_file

MAX_EXAMPLE_BYTES: Final = 4 * 1024 * 1024
"""The longest file that is sent. Reading more would delay other requests."""


class ExternalExamples:
    """The files in the folder of a document. A file is read when it is sent, so its changes are visible at once."""

    def __init__(self, document: Path) -> None:
        self._folder = document.parent

    def read(self, location: Any) -> bytes | None:
        """The content of a file; None if it is outside the folder, cannot be read, or is empty or too long."""
        if not isinstance(location, str):
            return None
        try:
            parts = urlsplit(location)
            folder = self._folder.resolve()
            path = (folder / unquote(parts.path)).resolve()
            if parts.scheme or parts.netloc or not path.is_relative_to(folder):
                return None
            content = read_regular_file(path, limit=MAX_EXAMPLE_BYTES)
        except (OSError, RuntimeError, ValueError):
            # There is no such file, or the location is no path.
            return None
        return content if 0 < len(content) <= MAX_EXAMPLE_BYTES else None
