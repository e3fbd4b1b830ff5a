"""New entries of the journal as server-sent events (https://html.spec.whatwg.org, section 9.2)."""

from collections import deque
from collections.abc import Callable
from typing import Final

from mockserver.engine.journal import Entry, Journal
from mockserver.parsing.json_writer import write_json

MAX_WAITING_ENTRIES: Final = 1000
MAX_WAITING_BYTES: Final = 16 * 1024 * 1024
"""The limit for the messages that wait for one listener."""
MAX_DIGITS: Final = 20


class EventStream:
    """The events for one listener. If the listener is too slow, the oldest events are dropped and a gap is reported.

    `owner` is the key of the listener's namespace, None for the whole server. `wanted` chooses among its entries. With
    `last`, the id of an event, the stream begins after that event; if the journal no longer has it, with all entries.
    """

    HEARTBEAT: Final = b": the mock is still there\n\n"
    """A comment, sent after some silence so that proxies do not close the connection."""

    def __init__(
        self, journal: Journal, owner: str | None, wanted: Callable[[Entry], bool], *, last: str | None
    ) -> None:
        self._owner = owner
        self._wanted = wanted
        self._waiting: deque[tuple[str, Entry]] = deque()
        self._dropped = 0
        self._size = 0
        self._wake: Callable[[], object] = bool
        for number, entry in _missed(journal, owner, last) if last is not None else ():
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
            event_id, entry = self._waiting.popleft()
            self._size -= entry.size
            # JSON as the mock writes it has no line breaks.
            parts.append(b"id: %b\ndata: %b\n\n" % (event_id.encode(), write_json(entry.as_json())))
        return b"".join(parts)

    def close(self) -> None:
        """Stop listening to the journal."""
        self._stop_listening()

    def _add(self, number: int, entry: Entry) -> None:
        if self._owner not in (None, entry.owner) or not self._wanted(entry):
            return
        self._waiting.append((str(number) if self._owner is None else _id_in_namespace(entry), entry))
        self._size += entry.size
        while len(self._waiting) > MAX_WAITING_ENTRIES or (self._size > MAX_WAITING_BYTES and len(self._waiting) > 1):
            self._size -= self._waiting.popleft()[1].size
            self._dropped += 1
        self._wake()


def _missed(journal: Journal, owner: str | None, last: str) -> list[tuple[int, Entry]]:
    """The entries after the event with an id, each with its number in the journal."""
    if owner is None:
        return journal.since(int(last) if last.isdecimal() and len(last) < MAX_DIGITS else journal.last)
    entries = journal.of(owner)
    found = (index for index in reversed(range(len(entries))) if _id_in_namespace(entries[index]) == last)
    return [(0, entry) for entry in entries[next(found, -1) + 1 :]]


def _id_in_namespace(entry: Entry) -> str:
    """The id of an event for a listener of one namespace. The number in the journal would count the calls of others."""
    # The count starts again after a reset.
    return f"{entry.id.rpartition('-')[2]}-{round(entry.at * 1e6)}"
