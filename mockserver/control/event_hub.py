"""The newest journal entries, which all event streams share."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from operator import itemgetter
from typing import Final

from mockserver.engine.journal import Entry, Journal

MAX_ENTRIES: Final = 1000
MAX_BYTES: Final = 16 * 1024 * 1024
"""How far a listener may fall behind. What it has not read then is dropped for it."""


class EventHub:
    """Keeps the newest entries while there are listeners, even if a reset removes them from the journal.

    A new entry costs the same for any number of listeners that are busy or do not read: it is kept once. Only
    listeners that wait are woken, and only by the first entry after they began to wait.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._recent: deque[tuple[int, Entry, int]] = deque()
        self._size = 0
        self._listeners = 0
        self._waiting: dict[object, Callable[[], object]] = {}
        self._stop_listening: Callable[[], None] = lambda: None

    @property
    def last(self) -> int:
        """The number of the newest entry."""
        return self._journal.last

    def join(self) -> None:
        """Count one more listener. Its first entry is the next one."""
        if not self._listeners:
            self._stop_listening = self._journal.listen(self._add)
        self._listeners += 1

    def leave(self, listener: object) -> None:
        """Forget a listener that has joined."""
        self._waiting.pop(listener, None)
        self._listeners -= 1
        if not self._listeners:
            self._stop_listening()
            self._recent.clear()
            self._size = 0

    def wait(self, listener: object, wake: Callable[[], object]) -> None:
        """Call `wake` once, at the next entry. It is called in the thread that answers requests."""
        self._waiting[listener] = wake

    def after(self, number: int) -> tuple[int, tuple[int, Entry] | None]:
        """The number of dropped entries after a number, and the first entry after them with its own number."""
        if not self.has_after(number):
            return 0, None
        index = number + 1 - self._recent[0][0]
        if index >= len(self._recent) or (index >= 0 and self._recent[index][0] != number + 1):
            # With a shared store, numbers can be missing: another server removed entries before this one read them, or
            # the store was emptied.
            index = bisect_right(self._recent, number, key=itemgetter(0))
        found, entry, _ = self._recent[max(0, index)]
        return max(0, -index), (found, entry)

    def has_after(self, number: int) -> bool:
        """Whether there are entries after a number."""
        return bool(self._recent) and self._recent[-1][0] > number

    def _add(self, number: int, entry: Entry) -> None:
        size = entry.size
        self._recent.append((number, entry, size))
        self._size += size
        while len(self._recent) > MAX_ENTRIES or (self._size > MAX_BYTES and len(self._recent) > 1):
            self._size -= self._recent.popleft()[2]
        if self._waiting:
            waiting, self._waiting = self._waiting, {}
            for wake in waiting.values():
                wake()
