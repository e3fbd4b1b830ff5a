"""Counts of exchanges since the start of the server, for monitoring."""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from mockserver.engine.journal import Entry

BOUNDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""The upper limits of the buckets for durations, in seconds. Another bucket counts longer durations."""

MAX_SERIES: Final = 2000
"""How many combinations of labels one metric has. Files that are reloaded can bring new names without end."""

OTHER: Final = "(other)"
"""The operation of all further combinations."""


class RefusalLabels(NamedTuple):
    """What refused requests are counted by. The operation is empty if the request has none."""

    operation: str
    status: str
    refused: str


class ViolationLabels(NamedTuple):
    """What violations are counted by; `place` is where in the message each is."""

    operation: str
    place: str


class Durations:
    """How long the decisions about the requests of one operation took: a count for each bucket, and the sum."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def copy(self) -> Durations:
        """The same counts, which do not change."""
        copied = Durations()
        copied.buckets = self.buckets.copy()
        copied.seconds = self.seconds
        return copied


class StoreCalls:
    """Statistics of one process about its store.

    `durations` says how long its calls took, and `failures` how many failed. `refusals` counts the requests that were
    refused as `store-unavailable`: they are not in the journal, which is in the store.
    """

    __slots__ = ("durations", "failures", "refusals")

    def __init__(self) -> None:
        self.durations = Durations()
        self.failures = 0
        self.refusals = 0

    def record(self, seconds: float, *, failed: bool) -> None:
        """Count a call."""
        self.durations.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.durations.seconds += seconds
        self.failures += failed

    def copy(self) -> StoreCalls:
        """The same counts, which do not change."""
        copied = StoreCalls()
        copied.durations = self.durations.copy()
        copied.failures, copied.refusals = self.failures, self.refusals
        return copied


class Metrics:
    """Counts of one server beside those of the coverage, which has the accepted requests. Thread-safe.

    A reset does not change them.
    """

    def __init__(self) -> None:
        self.refusals: dict[RefusalLabels, int] = {}
        self.violations: dict[ViolationLabels, int] = {}
        self.durations: dict[str | None, Durations] = {}
        self._lock = Lock()

    def record(self, entry: Entry) -> None:
        """Count an exchange. Every request waits for this, so accepted ones take a short way."""
        duration = entry.duration
        with self._lock:
            durations = self.durations.get(entry.operation)
            if durations is None:
                durations = self._new_durations(entry.operation)
            durations.buckets[bisect_left(BOUNDS, duration)] += 1
            durations.seconds += duration
            if entry.refused is not None or entry.violations:
                self._record_unsound(entry)

    def copy(self) -> Metrics:
        """The same counts, which do not change."""
        copied = Metrics()
        with self._lock:
            copied.refusals = self.refusals.copy()
            copied.violations = self.violations.copy()
            copied.durations = {name: durations.copy() for name, durations in self.durations.items()}
        return copied

    def _new_durations(self, operation: str | None) -> Durations:
        name = operation if len(self.durations) < MAX_SERIES else OTHER
        return self.durations.setdefault(name, Durations())

    def _record_unsound(self, entry: Entry) -> None:
        operation = entry.operation or ""
        if entry.refused is not None:
            refusal = RefusalLabels(operation, str(entry.reply.status), entry.refused)
            if refusal not in self.refusals and len(self.refusals) >= MAX_SERIES:
                refusal = refusal._replace(operation=OTHER)
            self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
        for violation in entry.violations:
            found = ViolationLabels(operation, violation.place)
            if found not in self.violations and len(self.violations) >= MAX_SERIES:
                found = found._replace(operation=OTHER)
            self.violations[found] = self.violations.get(found, 0) + 1
