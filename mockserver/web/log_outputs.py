"""Where log lines go. Each output takes what it can without making the event loop wait."""

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


def output_of(stream: TextIO) -> Output:
    """The output for a stream. Data goes directly to its file descriptor, if it has one.

    Python aborts at exit if a thread is stuck in the buffer of a stream.
    """
    try:
        descriptor = stream.fileno()
        status = os.fstat(descriptor)
    except (OSError, ValueError):
        return _StreamOutput(stream)
    mode = status.st_mode
    if stat.S_ISREG(mode) or os.path.samestat(status, Path(os.devnull).stat()):
        return _FileOutput(descriptor)
    if stat.S_ISFIFO(mode) and hasattr(select, "poll"):
        return _PipeOutput(descriptor)
    if stat.S_ISSOCK(mode) and hasattr(select, "poll"):
        return _SocketOutput(descriptor)
    return _ThreadOutput(descriptor)


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

    The pipe is not set to non-blocking mode, because other processes may write to it as well.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)

    def write(self, data: memoryview) -> int:
        taken = 0
        while taken < len(data) and self._poll.poll(0):
            taken += os.write(self._descriptor, data[taken : taken + select.PIPE_BUF])
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
        try:
            return borrowed.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        finally:
            # The stream owns the descriptor and closes it.
            borrowed.detach()

    def wait(self, seconds: float) -> None:
        self._poll.poll(seconds * 1000)


class _ThreadOutput:
    """A terminal, or anything else that cannot be asked whether it blocks: a thread of its own writes to it."""

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
            piece = bytes(data[: self._MOST_WAITING])
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
                left = piece
                while left:
                    left = left[os.write(self._descriptor, left) :]
            except OSError as error:
                self._error = error
            with self._changed:
                self._size -= len(piece)
                self._changed.notify_all()
