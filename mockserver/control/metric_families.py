"""The metrics as the metric families of prometheus-client.

Only `metrics_text` imports this module, in a thread: the import of prometheus-client takes up to 0.1 s.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from mockserver.control.metric_values import Counted, MetricValues, StoreUse
from mockserver.engine.metrics import BOUNDS, Durations, Metrics
from mockserver.redaction.terminal import printable

PROCESS = ("process",)
BUCKETS = (*map(str, BOUNDS), "+Inf")


class MetricFamilies(Collector):
    """Collects the families of one server. Control characters in labels are escaped, as `printable` does it."""

    def __init__(self, values: MetricValues) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield self._build()
        if self._values.counted is not None:
            yield from _counted(self._values.counted)
        if self._values.store is not None:
            yield from _store(self._values.store)

    def _build(self) -> Metric:
        labels = {name: printable(text) for name, text in self._values.build.items()}
        return InfoMetricFamily("mockserver_build", "The version of the mock, and what it serves.", labels)


def _counted(counted: Counted) -> Iterator[Metric]:
    """What the state has counted."""
    yield _requests(counted)
    yield _violations(counted.metrics)
    yield _decisions(counted.metrics)
    sizes = counted.sizes
    yield GaugeMetricFamily("mockserver_payment_sessions", "Stored payment sessions.", sizes.payment_sessions)
    yield GaugeMetricFamily("mockserver_journal_entries", "Exchanges in the journal.", sizes.journal_entries)


def _requests(counted: Counted) -> Metric:
    family = CounterMetricFamily(
        "mockserver_requests",
        "Requests that were answered, without those of the control API and of pages, preflights and malformed HTTP.",
        labels=("operation", "scenario", "status", "refused", "fault"),
    )
    for cell, count in counted.coverage.items():
        status, fault = (cell.outcome, "") if cell.outcome.isdigit() else ("", cell.outcome)
        family.add_metric(_printable(cell.operation, cell.scenario, status, "", fault), count)
    for refusal, count in counted.metrics.refusals.items():
        family.add_metric(_printable(refusal.operation, "", refusal.status, refusal.refused, ""), count)
    return family


def _violations(metrics: Metrics) -> Metric:
    family = CounterMetricFamily(
        "mockserver_violations", "Violations of the contract in these requests.", labels=("operation", "place")
    )
    for violation, count in metrics.violations.items():
        family.add_metric(_printable(*violation), count)
    return family


def _decisions(metrics: Metrics) -> Metric:
    family = HistogramMetricFamily(
        "mockserver_decision_seconds",
        "Time to the decision about a request, without planned delays and the network.",
        labels=("operation",),
        unit="seconds",
    )
    for operation, durations in metrics.durations.items():
        family.add_metric(_printable(operation or ""), _buckets(durations), durations.seconds)
    return family


def _store(store: StoreUse) -> Iterator[Metric]:
    """The metrics of the store. The label says which process has seen them: other processes have other values."""
    process, calls = _printable(store.process), store.calls
    up = GaugeMetricFamily("mockserver_store_up", "Whether the store can be read and written.", labels=PROCESS)
    up.add_metric(process, store.is_up)
    yield up
    seconds = HistogramMetricFamily(
        "mockserver_store_seconds", "Time of calls of the store.", unit="seconds", labels=PROCESS
    )
    seconds.add_metric(process, _buckets(calls.durations), calls.durations.seconds)
    yield seconds
    failures = CounterMetricFamily("mockserver_store_failures", "Calls of the store that failed.", labels=PROCESS)
    failures.add_metric(process, calls.failures)
    yield failures
    refusals = CounterMetricFamily(
        "mockserver_store_refusals", "Requests that were refused as store-unavailable.", labels=PROCESS
    )
    refusals.add_metric(process, calls.refusals)
    yield refusals


def _printable(*labels: str) -> Sequence[str]:
    return [printable(label) for label in labels]


def _buckets(durations: Durations) -> Sequence[tuple[str, float]]:
    """The cumulative counts, each with its upper limit."""
    return list(zip(BUCKETS, accumulate(durations.buckets), strict=True))
