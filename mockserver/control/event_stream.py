"""Events: new entries of the journal as server-sent events (https://html.spec.whatwg.org, section 9.2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from mockserver.engine.journal import Entry, Journal
from mockserver.engine.reply_renderer import as_json

__all__ = ["EventStream"]

MOST_WAITING: Final = 1000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of messages that wait for one listener, in all."""


class EventStream:
    """One listener's view of the journal; what it is too slow to take is dropped, oldest first, and told as a gap."""

    beat: Final = b": the mock is still there\n\n"
    """Sent now and then, so that whoever is in between does not take the silence for the end."""

    def __init__(self, journal: Journal, wanted: Callable[[Entry], bool], *, last: int | None) -> None:
        self._wanted = wanted
        self._waiting: deque[tuple[int, Entry]] = deque()
        self._missed = 0
        self._size = 0
        self._wake: Callable[[], object] = bool
        if last is not None:
            for number, entry in journal.since(last):
                self._note(number, entry)
        # Calls are answered in the thread that answers requests: nothing has come in between.
        self._end = journal.listen(self._note)

    def start(self, wake: Callable[[], object]) -> None:
        """Have `wake` called, from the thread that answers requests, when there is something to take."""
        self._wake = wake

    def take(self) -> bytes:
        """What has come since it was asked last, as the stream has it; nothing if nothing has."""
        parts = []
        missed, self._missed = self._missed, 0
        if missed:
            parts.append(b'event: gap\ndata: {"missed":%d}\n\n' % missed)
        while self._waiting:
            number, entry = self._waiting.popleft()
            self._size -= entry.size
            # JSON of ours has no line breaks.
            parts.append(b"id: %d\ndata: %b\n\n" % (number, as_json(entry.as_json())))
        return b"".join(parts)

    def close(self) -> None:
        """Listen no longer."""
        self._end()

    def _note(self, number: int, entry: Entry) -> None:
        if not self._wanted(entry):
            return
        self._waiting.append((number, entry))
        self._size += entry.size
        while len(self._waiting) > MOST_WAITING or (self._size > MOST_BYTES and len(self._waiting) > 1):
            self._size -= self._waiting.popleft()[1].size
            self._missed += 1
        self._wake()
