"""Metrics as counters of a store, so that every server shows what all of them have counted."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mockserver.engine.journal import Entry
from mockserver.engine.metrics import Durations, Metrics, RefusalLabels, ViolationLabels

_NANOSECONDS: Final = 1e9
# The first part of the name of a counter. Its other parts are labels.
_BUCKET, _TIME, _REFUSAL, _VIOLATION = "bucket", "time", "refusal", "violation"


# Contracts and scenarios limit how many different names there are.
@lru_cache(maxsize=4096)
def counter_name(*labels: str | int | None) -> str:
    """The name of a counter with these labels."""
    return json.dumps(labels)


def counters_of(entries: Iterable[Entry]) -> dict[str, int]:
    """What exchanges add to the counters. Times are in nanoseconds."""
    metrics = Metrics()
    for entry in entries:
        metrics.record(entry)
    counters: dict[str, int] = {}
    for operation, durations in metrics.durations.items():
        counters[counter_name(_TIME, operation)] = round(durations.seconds * _NANOSECONDS)
        for index, count in enumerate(durations.buckets):
            if count:
                counters[counter_name(_BUCKET, operation, index)] = count
    counters |= {counter_name(_REFUSAL, *labels): count for labels, count in metrics.refusals.items()}
    return counters | {counter_name(_VIOLATION, *labels): count for labels, count in metrics.violations.items()}


def metrics_of(counters: Iterable[tuple[str, str]]) -> Metrics:
    """The metrics that these counters, by name, stand for."""
    metrics = Metrics()
    for name, text in counters:
        kind, *labels = json.loads(name)
        count = int(text)
        match kind:
            case "time":
                metrics.durations.setdefault(labels[0], Durations()).seconds = count / _NANOSECONDS
            case "bucket":
                metrics.durations.setdefault(labels[0], Durations()).buckets[labels[1]] = count
            case "refusal":
                metrics.refusals[RefusalLabels(*labels)] = count
            case "violation":
                metrics.violations[ViolationLabels(*labels)] = count
    return metrics
