"""Writes lines to a stream that may be slow, stuck or closed."""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

# Lines are collected for so long and then written together; in seconds.
_COLLECT = 0.02


class LineWriter:
    """Writes lines in a thread of its own: a pipe that nobody reads stops the log, never the server.

    `render` turns what is written into a line, in that thread. At most `limit` lines wait; further lines are dropped,
    and their number is logged when the stream accepts lines again.
    """

    def __init__(self, stream: TextIO, *, render: Callable[[Any], str] = str, limit: int = 10_000) -> None:
        self._stream = stream
        self._render = render
        self._limit = limit
        self._lines: deque[Any] = deque()
        self._dropped = 0
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._broken = False
        self._thread: threading.Thread | None = None
        try:
            self._descriptor: int | None = stream.fileno()
        except (OSError, ValueError):
            self._descriptor = None

    def write(self, line: Any) -> None:
        """Write a line, or what `render` turns into a line. Returns immediately."""
        if self._broken:
            return
        if len(self._lines) >= self._limit:
            self._dropped += 1
            return
        self._lines.append(line)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log", daemon=True)
            self._thread.start()
        if not self._wake.is_set():
            self._wake.set()

    def close(self, seconds: float = 1.0) -> None:
        """Write the waiting lines, but give up after some seconds."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(seconds)
        self._thread = None
        self._closing.clear()

    def _run(self) -> None:
        while not (self._broken or (self._closing.is_set() and not self._lines)):
            self._wake.wait()
            self._closing.wait(_COLLECT)
            self._wake.clear()
            try:
                self._drain()
            except (OSError, ValueError):
                # The reader has disconnected, or the stream is closed.
                self._broken = True
                self._lines.clear()

    def _drain(self) -> None:
        count = len(self._lines)
        text = "".join(f"{self._render(self._lines.popleft())}\n" for _ in range(count))
        dropped, self._dropped = self._dropped, 0
        if dropped:
            text += f"{dropped} log lines were dropped because nobody read them\n"
        self._put(text)

    def _put(self, text: str) -> None:
        if self._descriptor is None:
            self._stream.write(text)
            return
        # Not through the stream: Python aborts at exit if a thread is stuck in it.
        data = text.encode()
        while data:
            data = data[os.write(self._descriptor, data) :]
