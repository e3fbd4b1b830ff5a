"""New entries of the journal as server-sent events (https://html.spec.whatwg.org, section 9.2)."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.control.event_hub import EventHub
from mockserver.control.listing import PIECE
from mockserver.control.written_items import EntryTexts
from mockserver.engine.journal import Entry, Journal
from mockserver.limits.slices import Pauses, Piece, Sliced, pausing

ENTRIES_IN_A_SLICE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRequest:
    """What a listener asks for.

    `owner` is the key of its namespace, None for the whole server. `wanted` chooses among the entries. `earlier` are
    the numbers of the entries in `journal` to begin with, up to the number `since`; `omitted` says how many more there
    were.
    """

    journal: Journal
    owner: str | None
    wanted: Callable[[Entry], bool]
    earlier: Sequence[int] = ()
    omitted: int = 0
    since: int


class EventStream:
    """The events for one listener. If it is too slow, the oldest events are dropped and a gap is reported.

    All streams share the entries and their texts. A stream only remembers how far its listener has read.
    """

    HEARTBEAT: Final = b": the mock is still there\n\n"
    """A comment, sent after some silence so that proxies do not close the connection."""

    def __init__(self, request: EventRequest, journal: Journal, hub: EventHub, texts: EntryTexts) -> None:
        self._request = request
        self._journal = journal
        self._hub = hub
        self._texts = texts
        self._wake: Callable[[], object] = bool
        self._missed = request.omitted
        self._counted = 0
        self._has_lost_count = False
        # Control calls run in the thread that answers requests, so no entry is lost between these steps.
        hub.join()
        self._read = max(hub.last, request.since)
        self._earlier = deque(request.earlier)
        self._earlier.extend(number for number, entry in journal.since(request.since) if self._wants(entry))
        if request.owner is not None and (own := journal.of(request.owner) or request.journal.of(request.owner)):
            self._count(own[-1])

    def start(self, wake: Callable[[], object]) -> None:
        """Call `wake` when there are events after `pieces` had none; in the thread that answers requests."""
        self._wake = wake

    def close(self) -> None:
        """Stop listening."""
        self._hub.leave(self)

    def pieces(self) -> Iterator[Piece | None]:
        """The events in the format of the stream. None means that none is left."""
        pauses = Pauses(steps=ENTRIES_IN_A_SLICE)
        while True:
            parts, size = [], 0
            while (found := self._next_entry()) is not None:
                number, entry = found
                if entry is not None and self._wants(entry):
                    message = yield from pausing(self._message(number, entry))
                    parts.append(message)
                    size += len(message)
                if size >= PIECE:
                    yield b"".join(parts)
                    parts, size = [], 0
                    pauses.restart()
                elif pauses.are_due():
                    yield b""
                    pauses.restart()
            if parts:
                yield b"".join(parts)
                continue
            # First wait, then look again: every later entry wakes the listener.
            self._hub.wait(self, self._wake)
            if not self._hub.has_after(self._read):
                yield None

    def _message(self, number: int, entry: Entry) -> Sliced[bytes]:
        text = yield from self._texts.of(number, entry)
        # JSON as the mock writes it has no line breaks.
        return b"%bid: %b\ndata: %b\n\n" % (self._gap(), self._id(number, entry), text)

    def _next_entry(self) -> tuple[int, Entry | None] | None:
        """The entry that follows the last one that was looked at; without an entry if a reset has removed it."""
        if self._earlier:
            number = self._earlier.popleft()
            return number, self._journal.get(number) or self._request.journal.get(number)
        dropped, found = self._hub.after(self._read)
        if dropped:
            self._note_dropped(dropped)
        if found is not None:
            self._read = found[0]
        return found

    def _note_dropped(self, dropped: int) -> None:
        if self._request.owner is None:
            self._missed += dropped
        else:
            self._has_lost_count = True

    def _wants(self, entry: Entry) -> bool:
        if self._request.owner is not None:
            if entry.owner != self._request.owner:
                return False
            self._count(entry)
        return self._request.wanted(entry)

    def _count(self, entry: Entry) -> None:
        """Note the number of this exchange in its namespace. A gap must not count the exchanges of other namespaces."""
        count = int(entry.id.rpartition("-")[2])
        if self._has_lost_count:
            # After a reset the count starts again.
            self._missed += count - 1 - (self._counted if self._counted < count else 0)
            self._has_lost_count = False
        self._counted = count

    def _gap(self) -> bytes:
        """The event about dropped entries, if there are any."""
        missed, self._missed = self._missed, 0
        return b'event: gap\ndata: {"missed":%d}\n\n' % missed if missed else b""

    def _id(self, number: int, entry: Entry) -> bytes:
        return b"%d" % number if self._request.owner is None else id_in_namespace(entry).encode()


def id_in_namespace(entry: Entry) -> str:
    """The id of an event for a listener of one namespace. The number in the journal would count the calls of others."""
    # The count starts again after a reset.
    return f"{entry.id.rpartition('-')[2]}-{round(entry.at * 1e6)}"
