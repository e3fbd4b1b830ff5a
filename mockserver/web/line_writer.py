"""Writes lines to a stream that may be slow, stuck or closed."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any, TextIO

from mockserver.web.log_outputs import output_of

# Lines wait until there are so many, or for so long (in seconds). Rendering and writing many at once is cheaper.
_BATCH = 64
_COLLECT = 0.02
# How many batches are written before other callbacks of the event loop run.
_MOST_BATCHES = 4


class LineWriter:
    """Writes lines between two requests: a pipe that nobody reads stops the log, never the server.

    `render` turns what is written into a line, when the line is written, and `message` a text of the writer. At most
    `limit` lines wait; further lines are dropped, and their number is logged when the stream accepts lines again.
    Outside an event loop, and after `close`, lines are written immediately. `is_shared` says that other processes write
    to the stream, too.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        render: Callable[[Any], str] = str,
        message: Callable[[str], str] = str,
        limit: int = 10_000,
        is_shared: bool = False,
    ) -> None:
        # The output uses the descriptor of the stream, which is closed with the stream.
        self._stream = stream
        self._output = output_of(stream, is_shared=is_shared)
        self._render = render
        self._message = message
        self._limit = limit
        self._lines: deque[Any] = deque()
        # What was rendered and is not yet written.
        self._rest = memoryview(b"")
        self._dropped = 0
        self._broken = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        # A reload is logged by another thread.
        self._lock = Lock()

    def write(self, line: Any) -> None:
        """Write a line, or what `render` turns into a line. Returns immediately."""
        lines = self._lines
        if self._broken:
            return
        if len(lines) >= self._limit:
            self._dropped += 1
            return
        lines.append(line)
        if self._timer is None:
            self._start_timer()
        elif len(lines) % _BATCH == 0:
            self._write_batches()

    def close(self, seconds: float = 1.0) -> None:
        """Write the waiting lines, but give up after some seconds."""
        self._closed = True
        deadline = time.monotonic() + seconds
        while self._write_batches() and time.monotonic() < deadline:
            self._wait(deadline - time.monotonic())
        self._wait(deadline - time.monotonic())
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_timer(self) -> None:
        try:
            loop = None if self._closed else asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None:
            self._write_batches()
        else:
            self._timer = loop.call_later(_COLLECT, self._run)

    def _run(self) -> None:
        """Write what waits, and come back if something is left."""
        self._timer = None
        if self._write_batches():
            self._start_timer()

    def _write_batches(self) -> bool:
        """Write some batches; returns whether something is left."""
        with self._lock:
            try:
                for _ in range(_MOST_BATCHES):
                    if not self._rest:
                        self._rest = self._rendered()
                    if not self._rest:
                        break
                    self._rest = self._rest[self._output.write(self._rest) :]
                    if self._rest:
                        break
            except (OSError, ValueError):
                # The reader has disconnected, or the stream is closed.
                self._broken = True
            if self._broken:
                self._lines.clear()
                self._rest = memoryview(b"")
            return bool(self._rest or self._lines)

    def _rendered(self) -> memoryview:
        """The next batch, and the number of dropped lines after the last line."""
        lines, render = self._lines, self._render
        texts = [render(lines.popleft()) for _ in range(min(len(lines), _BATCH))]
        if self._dropped and not lines:
            texts.append(self._message(f"{self._dropped} log lines were dropped because nobody read them"))
            self._dropped = 0
        return memoryview("".join([f"{text}\n" for text in texts]).encode())

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and not self._broken:
            self._output.wait(seconds)
