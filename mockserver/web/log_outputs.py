"""Where log lines go. Each output takes what it can without making the event loop wait.

Several processes can write to one output. So that no line is torn, each write has whole lines.
"""

from __future__ import annotations

import os
import select
import socket
import stat
import threading
from collections import deque
from pathlib import Path
from typing import Protocol, TextIO


class Output(Protocol):
    """A destination of bytes. Both methods raise OSError or ValueError if it is closed."""

    def write(self, data: memoryview) -> int:
        """Take the beginning of the data, without waiting. Returns the number of bytes taken, 0 if it is stuck."""

    def wait(self, seconds: float) -> None:
        """Wait until it can take more, or until everything it took is written; at most for so long."""


# POSIX guarantees that a pipe takes so many bytes all at once. Windows has no such limit.
_PIECE = getattr(select, "PIPE_BUF", 4096)


def output_of(stream: TextIO, *, is_shared: bool = False) -> Output:
    """The output for a stream. Data goes directly to its file descriptor, if it has one.

    Python aborts at exit if a thread is stuck in the buffer of a stream. `is_shared` says that other processes write
    to the stream, too: then it can become full between a question and a write.
    """
    try:
        descriptor = stream.fileno()
        status = os.fstat(descriptor)
    except (OSError, ValueError):
        return _StreamOutput(stream)
    mode = status.st_mode
    if stat.S_ISREG(mode) or os.path.samestat(status, Path(os.devnull).stat()):
        return _FileOutput(descriptor)
    if stat.S_ISFIFO(mode) and hasattr(select, "poll") and not is_shared:
        return _PipeOutput(descriptor)
    if stat.S_ISSOCK(mode) and hasattr(select, "poll"):
        return _SocketOutput(descriptor)
    return _ThreadOutput(descriptor)


def _whole_lines(data: memoryview, limit: int) -> memoryview:
    """The lines at the beginning that have at most `limit` bytes together. A longer line is cut."""
    if len(data) <= limit:
        return data
    return data[: bytes(data[:limit]).rfind(b"\n") + 1 or limit]


class _StreamOutput:
    """A stream in memory."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: memoryview) -> int:
        self._stream.write(bytes(data).decode())
        return len(data)

    def wait(self, seconds: float) -> None:
        """Never needed."""


class _FileOutput:
    """A regular file, or the null device. It always takes data."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: memoryview) -> int:
        return os.write(self._descriptor, data)

    def wait(self, seconds: float) -> None:
        """Never needed."""


class _PipeOutput:
    """A pipe. When it is ready, POSIX guarantees that it takes PIPE_BUF bytes without blocking.

    The pipe is not set to non-blocking mode, because its reader or other processes may use the same descriptor.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)

    def write(self, data: memoryview) -> int:
        taken = 0
        while taken < len(data) and self._poll.poll(0):
            taken += os.write(self._descriptor, _whole_lines(data[taken:], _PIECE))
        return taken

    def wait(self, seconds: float) -> None:
        self._poll.poll(seconds * 1000)


class _SocketOutput:
    """A socket, as some supervisors use it for the output of a service."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)

    def write(self, data: memoryview) -> int:
        borrowed = socket.socket(fileno=self._descriptor)
        taken = 0
        try:
            # A Unix socket takes a short piece completely or not at all.
            while taken < len(data):
                taken += borrowed.send(_whole_lines(data[taken:], _PIECE), socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        finally:
            # The stream owns the descriptor and closes it.
            borrowed.detach()
        return taken

    def wait(self, seconds: float) -> None:
        self._poll.poll(seconds * 1000)


class _ThreadOutput:
    """A terminal, or anything else of which nobody knows whether it blocks: a thread of its own writes to it."""

    _MOST_WAITING = 64 * 1024

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._changed = threading.Condition()
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None

    def write(self, data: memoryview) -> int:
        with self._changed:
            if self._error is not None:
                raise self._error
            if self._size:
                return 0
            piece = bytes(_whole_lines(data, self._MOST_WAITING))
            self._waiting.append(piece)
            self._size += len(piece)
            self._changed.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log", daemon=True)
            self._thread.start()
        return len(piece)

    def wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._size == 0 or self._error is not None, seconds)

    def _run(self) -> None:
        while self._error is None:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                piece = self._waiting.popleft()
            try:
                left = memoryview(piece)
                while left:
                    left = left[os.write(self._descriptor, _whole_lines(left, _PIECE)) :]
            except OSError as error:
                self._error = error
            with self._changed:
                self._size -= len(piece)
                self._changed.notify_all()
