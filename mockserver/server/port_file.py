"""The file of `--port-file`, from which a script learns the port."""

import contextlib
import os
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mockserver.errors import UsageError
from mockserver.server.own_file import OwnFile

_CONTENT: Final = re.compile(rb"[0-9]{1,5}\n?")
_PATIENCE: Final = 0.5
"""How long to wait for the server whose port is in an old file, in seconds."""


@contextlib.contextmanager
def port_file(path: Path | None, port: int) -> Iterator[None]:
    """Write a port and a line break into a file, all at once, and remove the file at the end.

    Raises UsageError: the file cannot be written, or something else is at its path.
    """
    if path is None:
        yield
        return
    own = _written(path, port)
    try:
        yield
    finally:
        own.remove()


def remove_old_port_file(path: Path | None) -> None:
    """Remove the file of a server that was killed, so that nobody reads its port while this server starts.

    Raises UsageError: something else is at the path.
    """
    found = None if path is None else _port_in(path)
    if path is None or found is None:
        return
    try:
        with socket.create_connection(("127.0.0.1", found), timeout=_PATIENCE):
            return
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()


def _written(path: Path, port: int) -> OwnFile:
    _port_in(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()
        with unfinished.open("x", encoding="ascii") as file:
            file.write(f"{port}\n")
        unfinished.replace(path)
        return OwnFile(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise _unusable(path, error) from None


def _port_in(path: Path) -> int | None:
    """The port in the file; None if there is no file, or an empty one. Raises UsageError: it is something else."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UsageError(f"--port-file {path} is not a regular file: choose another path")
        with path.open("rb") as file:
            content = file.read(7)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from None
    if content and not _CONTENT.fullmatch(content):
        raise UsageError(f"--port-file {path} has another content than a port: remove it or choose another path")
    return int(content) if content else None


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"--port-file {path} cannot be written: {error.strerror or error}")
