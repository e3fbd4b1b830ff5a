"""New entries of the journal as server-sent events (https://html.spec.whatwg.org, section 9.2)."""

from collections import deque
from collections.abc import Callable
from typing import Final

from mockserver.engine.journal import Entry, Journal
from mockserver.parsing.json_writer import write_json

MAX_WAITING_ENTRIES: Final = 1000
MAX_WAITING_BYTES: Final = 16 * 1024 * 1024
"""The limit for the messages that wait for one listener."""


class EventStream:
    """The events for one listener. If the listener is too slow, the oldest events are dropped and a gap is reported.

    `wanted` chooses the entries. With `last` the stream begins after the entry of that number.
    """

    HEARTBEAT: Final = b": the mock is still there\n\n"
    """A comment, sent after some silence so that proxies do not close the connection."""

    def __init__(self, journal: Journal, wanted: Callable[[Entry], bool], *, last: int | None) -> None:
        self._wanted = wanted
        self._waiting: deque[tuple[int, Entry]] = deque()
        self._dropped = 0
        self._size = 0
        self._wake: Callable[[], object] = bool
        if last is not None:
            for number, entry in journal.since(last):
                self._add(number, entry)
        # Control calls run in the thread that answers requests, so no entry is lost between the two steps.
        self._stop_listening = journal.listen(self._add)

    def start(self, wake: Callable[[], object]) -> None:
        """Call `wake` whenever there is something to take. It is called in the thread that answers requests."""
        self._wake = wake

    def take(self) -> bytes:
        """The events since the last call, in the format of the stream; empty without any."""
        parts = []
        if self._dropped:
            parts.append(b'event: gap\ndata: {"missed":%d}\n\n' % self._dropped)
            self._dropped = 0
        while self._waiting:
            number, entry = self._waiting.popleft()
            self._size -= entry.size
            # JSON as the mock writes it has no line breaks.
            parts.append(b"id: %d\ndata: %b\n\n" % (number, write_json(entry.as_json())))
        return b"".join(parts)

    def close(self) -> None:
        """Stop listening to the journal."""
        self._stop_listening()

    def _add(self, number: int, entry: Entry) -> None:
        if not self._wanted(entry):
            return
        self._waiting.append((number, entry))
        self._size += entry.size
        while len(self._waiting) > MAX_WAITING_ENTRIES or (self._size > MAX_WAITING_BYTES and len(self._waiting) > 1):
            self._size -= self._waiting.popleft()[1].size
            self._dropped += 1
        self._wake()
