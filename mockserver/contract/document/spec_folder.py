"""Reads the files of an OpenAPI document, all of which are in the folder of the document or below."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.errors import SpecError
from mockserver.parsing.positions import TextError
from mockserver.parsing.regular_file import read_regular_file
from mockserver.parsing.text_reader import read_data

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024


class SpecFolder:
    """The folder of a document. `files` are the paths that were read so far."""

    def __init__(self, spec: Path) -> None:
        self.path = spec.parent.resolve()
        self.files: list[Path] = []

    def read(self, path: Path, description: str) -> Any:
        """The data of a file. Raises SpecError, which begins with the `description`."""
        self.files.append(path)
        try:
            text = read_regular_file(path, limit=MAX_DOCUMENT_BYTES)
            if len(text) > MAX_DOCUMENT_BYTES:
                raise SpecError(f"{description} is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB")
            return read_data(text, name=str(path))
        except FileNotFoundError:
            raise SpecError(f"{description} does not exist") from None
        except TextError as error:
            raise SpecError(str(error)) from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise SpecError(f"{description} cannot be read: {reason}") from None

    def target(self, location: str, *, base: Path, reference: str) -> Path:
        """The path of the file that a reference in the file `base` names, without its fragment.

        Raises SpecError, which begins with the `reference`, if it is not a file in the folder.
        """
        try:
            parts = urlsplit(location)
            # Relative to the folder of the link, if the spec is a symbolic link. References must not leave this folder.
            target = (base.parent.resolve() / unquote(parts.path)).resolve()
            leaves = parts.scheme or parts.netloc or not target.is_relative_to(self.path)
            # Reading a named pipe would block.
            unusable = not leaves and target.exists() and not target.is_file()
        except (OSError, RuntimeError, ValueError):
            # The name is too long, has a NUL byte or is a circle of links; or the URL is invalid.
            leaves, unusable = False, True
        if leaves:
            raise SpecError(f"{reference} leaves the folder of the spec, and nothing is fetched; copy the file into it")
        if unusable:
            raise SpecError(f"{reference} does not refer to a file")
        return target
