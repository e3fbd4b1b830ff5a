"""The socket of `--uds`."""

import contextlib
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mockserver.errors import UsageError

_BACKLOG: Final = 2048


@contextlib.contextmanager
def unix_socket(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket, whose file is removed at the end. Raises UsageError: the path cannot be used."""
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("--uds needs a system with Unix sockets")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_unused(path)
        sock.bind(str(path))
        sock.listen(_BACKLOG)
        sock.setblocking(False)  # noqa: FBT003 - the name of the method says what it is
    except OSError as error:
        sock.close()
        raise UsageError(f"cannot listen at --uds {path}: {error.strerror or error}") from None
    try:
        yield sock
    finally:
        sock.close()
        path.unlink(missing_ok=True)


def _remove_unused(path: Path) -> None:
    """Remove the file of a server that was killed. Raises UsageError if a server still listens there."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise UsageError(f"the socket {path} is already in use: stop the other server or choose another path with --uds")
