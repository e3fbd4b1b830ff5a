"""Metrics as counters of a store, so that every server shows what all of them have counted."""

import json
from collections.abc import Iterable
from typing import Final

from mockserver.engine.journal import Entry
from mockserver.engine.metrics import Durations, Metrics, RefusalLabels, ViolationLabels

_NANOSECONDS: Final = 1e9
# The first part of the name of a counter. Its other parts are labels.
_BUCKET, _TIME, _REFUSAL, _VIOLATION = "bucket", "time", "refusal", "violation"


def counters_of(entries: Iterable[Entry]) -> dict[str, int]:
    """What exchanges add to the counters. Times are in nanoseconds."""
    metrics = Metrics()
    for entry in entries:
        metrics.record(entry)
    counters: dict[str, int] = {}
    for operation, durations in metrics.durations.items():
        counters[json.dumps([_TIME, operation])] = round(durations.seconds * _NANOSECONDS)
        for index, count in enumerate(durations.buckets):
            if count:
                counters[json.dumps([_BUCKET, operation, index])] = count
    counters |= {json.dumps([_REFUSAL, *labels]): count for labels, count in metrics.refusals.items()}
    return counters | {json.dumps([_VIOLATION, *labels]): count for labels, count in metrics.violations.items()}


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
