"""The record of a running server: a file by which `mockserver health` finds it, whatever its flags are.

The server holds a lock on the file while it runs, so a file that was left behind is recognised.
"""

import contextlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

SUFFIX: Final = ".json"
VARIABLES: Final = ("MOCKSERVER_HOST", "MOCKSERVER_PORT", "MOCKSERVER_UDS")
"""A health check belongs to a server that was started with the same values of these variables."""


class ServerRecord:
    """The record of the server in this process. `environment` has its variables."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._file: int | None = None
        self._path: Path | None = None

    def write(self, *, url: str, uds: Path | None) -> None:
        """Write the record, in the first folder where this is possible; without such a folder there is none."""
        content = {
            "url": url,
            "uds": uds and str(uds),
            "started": time.time(),
            "variables": _variables(self._environment),
        }
        for folder in _folders(self._environment):
            try:
                folder.mkdir(mode=0o700, exist_ok=True)
                if _is_private(folder):
                    _remove_old(folder)
                    self._write(folder, json.dumps(content).encode())
                    return
            except OSError:
                continue

    def remove(self) -> None:
        """Remove the record."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            self._path = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, folder: Path, content: bytes) -> None:
        name = f"{os.getpid()}-{time.monotonic_ns()}"
        unfinished = folder / name
        self._file = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _lock(self._file)
            os.write(self._file, content)
            self._path = unfinished.rename(folder / f"{name}{SUFFIX}")
        except OSError:
            unfinished.unlink(missing_ok=True)
            self.remove()
            raise


class RecordedServer(NamedTuple):
    """The URL of a server, and its Unix socket if it has one."""

    url: str
    uds: str | None


def recorded_server(environment: Mapping[str, str]) -> RecordedServer | None:
    """The server that this user started last with the same variables; None if no such server runs."""
    # A server without XDG_RUNTIME_DIR, or one that cannot write into it, has its record in a later folder.
    for folder in filter(_is_private, _folders(environment)):
        same = [record for record in _records(folder) if record["variables"] == _variables(environment)]
        if same:
            latest = max(same, key=lambda record: float(record["started"]))
            return RecordedServer(latest["url"], latest["uds"])
    return None


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment.get(name, "") for name in VARIABLES}


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """The folders for records, best first. A container with a read-only file system still has /dev/shm."""
    if sys.platform == "win32":
        return
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "mockserver"
    for parent in ("/dev/shm", environment.get("TMPDIR") or "/tmp"):  # noqa: S108 - the function _is_private checks the folder
        yield Path(parent) / f"mockserver-{os.getuid()}"


def _is_private(folder: Path) -> bool:
    """Whether the folder exists and is this user's alone: others may write to its parent."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of the servers that run."""
    for path in _paths(folder):
        try:
            with path.open("rb") as file:
                if _is_locked(file.fileno()):
                    yield json.loads(file.read())
        except (OSError, ValueError):
            continue


def _remove_old(folder: Path) -> None:
    """Remove the records of servers that were killed."""
    for path in _paths(folder):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if not _is_locked(file.fileno()):
                path.unlink()


def _paths(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}"))
    except OSError:
        return []


def _lock(file: int) -> None:
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX)


def _is_locked(file: int) -> bool:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
