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

from mockserver.control.metric_values import MetricValues
from mockserver.engine.metrics import BOUNDS, Durations, StoreCalls
from mockserver.redaction.terminal import printable

BUCKETS = (*map(str, BOUNDS), "+Inf")


class MetricFamilies(Collector):
    """Collects the families of one server. Control characters in labels are escaped, as `printable` does it."""

    def __init__(self, values: MetricValues) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield self._build()
        yield self._requests()
        yield self._violations()
        yield self._decisions()
        sizes = self._values.sizes
        yield GaugeMetricFamily("mockserver_payment_sessions", "Stored payment sessions.", sizes.payment_sessions)
        yield GaugeMetricFamily("mockserver_journal_entries", "Exchanges in the journal.", sizes.journal_entries)
        if self._values.store_calls is not None:
            yield from _store(self._values.store_calls)

    def _build(self) -> Metric:
        labels = {name: printable(text) for name, text in self._values.build.items()}
        return InfoMetricFamily("mockserver_build", "The version of the mock, and what it serves.", labels)

    def _requests(self) -> Metric:
        family = CounterMetricFamily(
            "mockserver_requests",
            "Requests that were answered, without those of the control API and of pages.",
            labels=("operation", "scenario", "status", "refused", "fault"),
        )
        for cell, count in self._values.coverage.items():
            status, fault = (cell.outcome, "") if cell.outcome.isdigit() else ("", cell.outcome)
            family.add_metric(_printable(cell.operation, cell.scenario, status, "", fault), count)
        for refusal, count in self._values.metrics.refusals.items():
            family.add_metric(_printable(refusal.operation, "", refusal.status, refusal.refused, ""), count)
        return family

    def _violations(self) -> Metric:
        family = CounterMetricFamily(
            "mockserver_violations",
            "Violations of the contract in these requests.",
            labels=("operation", "place"),
        )
        for violation, count in self._values.metrics.violations.items():
            family.add_metric(_printable(*violation), count)
        return family

    def _decisions(self) -> Metric:
        family = HistogramMetricFamily(
            "mockserver_decision_seconds",
            "Time to the decision about a request, without planned delays and the network.",
            labels=("operation",),
            unit="seconds",
        )
        for operation, durations in self._values.metrics.durations.items():
            family.add_metric(_printable(operation or ""), _buckets(durations), durations.seconds)
        return family


def _store(calls: StoreCalls) -> Iterator[Metric]:
    """The metrics of the store, as this process sees it."""
    yield HistogramMetricFamily(
        "mockserver_store_seconds",
        "Time of calls of the store.",
        buckets=_buckets(calls.durations),
        sum_value=calls.durations.seconds,
        unit="seconds",
    )
    yield CounterMetricFamily("mockserver_store_failures", "Calls of the store that failed.", calls.failures)


def _printable(*labels: str) -> Sequence[str]:
    return [printable(label) for label in labels]


def _buckets(durations: Durations) -> Sequence[tuple[str, float]]:
    """The cumulative counts, each with its upper limit."""
    return list(zip(BUCKETS, accumulate(durations.buckets), strict=True))
