"""The socket of `--uds`."""

import contextlib
import errno
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mockserver.errors import UsageError
from mockserver.server.own_file import OwnFile

_BACKLOG: Final = 2048
_PATIENCE: Final = 1.0
"""How long another server may take to accept a connection, in seconds. A busy one takes longer, but it listens."""
_LONGEST: Final = 107 if sys.platform == "linux" else 103
"""The maximum length of the path of a socket, in bytes."""


@contextlib.contextmanager
def unix_socket(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket, whose file is removed at the end. Raises UsageError: the path cannot be used."""
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("--uds needs a system with Unix sockets")
    if len(os.fsencode(path)) > _LONGEST:
        raise UsageError(f"--uds {path} is too long: the path of a socket has at most {_LONGEST} bytes here")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_unused(path)
        sock.bind(str(path))
        own = OwnFile(path)
        sock.listen(_BACKLOG)
        sock.setblocking(False)  # noqa: FBT003 - the name of the method says what it is
    except OSError as error:
        sock.close()
        raise _explained(error, path) from None
    try:
        yield sock
    finally:
        sock.close()
        own.remove()


def _remove_unused(path: Path) -> None:
    """Remove the socket of a server that was killed. Raises UsageError if a server still listens there."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except TimeoutError:
            # So many connections are waiting that one more has to wait, too.
            pass
        except OSError as error:
            if error.errno == errno.EPROTOTYPE:
                raise UsageError(f"--uds {path} is a socket of another kind: choose another path") from None
            raise
    raise UsageError(f"the socket {path} is already in use: stop the other server or choose another path with --uds")


def _explained(error: OSError, path: Path) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"--uds {path} exists and is not a socket: remove it or choose another path")
    return UsageError(f"cannot listen at --uds {path}: {error.strerror or error}")
