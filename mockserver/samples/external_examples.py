"""Reads the files that the `externalValue` of examples names. They have to be in the folder of the document."""

from pathlib import Path
from typing import Any, Final

from mockserver.contract.document.spec_folder import SpecFolder
from mockserver.errors import SpecError
from mockserver.parsing.regular_file import read_regular_file

MAX_EXAMPLE_BYTES: Final = 4 * 1024 * 1024
"""The longest file that is sent. Reading more would delay other requests."""


class ExternalExamples:
    """The files in the folder of a document. A file is read when it is sent, so its changes are visible at once."""

    def __init__(self, document: Path) -> None:
        self._document = document

    def read(self, location: Any) -> bytes | None:
        """The content of a file; None if it is outside the folder, cannot be read, or is empty or too long."""
        if not isinstance(location, str):
            return None
        try:
            path = SpecFolder(self._document).target(location, base=self._document, reference="externalValue")
            content = read_regular_file(path, limit=MAX_EXAMPLE_BYTES)
        except (OSError, SpecError):
            return None
        return content if 0 < len(content) <= MAX_EXAMPLE_BYTES else None
