"""The metrics in the text format of Prometheus, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats describes it. The format is these few lines; a library would
be one more package in every installation that is monitored.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain
from typing import Final, Literal

from mockserver.engine.coverage import Cell
from mockserver.engine.engine import Engine
from mockserver.engine.metrics import BOUNDS, Durations, Metrics, StoreCalls
from mockserver.engine.state import Sizes
from mockserver.redaction.terminal import printable
from mockserver.version import __version__

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[str, Mapping[str, str], float]
"""The end of a name, the labels and the value."""


def metrics_text(engine: Engine, metrics: Metrics, coverage: Mapping[Cell, int], sizes: Sizes) -> str:
    """All metrics of a server."""
    document = engine.contract.document
    build = {"version": __version__, "contract": document.title, "contract_version": document.version}
    parts = (
        _metric("build_info", "gauge", "The version of the mock, and what it serves.", [("", build, 1)]),
        _metric(
            "requests_total",
            "counter",
            "Requests that were answered, without those of the control API and of pages.",
            chain(_accepted(coverage), _refused(metrics)),
        ),
        _metric(
            "violations_total",
            "counter",
            "Violations of the contract in these requests.",
            (("", labels._asdict(), count) for labels, count in metrics.violations.copy().items()),
        ),
        _metric(
            "decision_seconds",
            "histogram",
            "Time to the decision about a request, without planned delays and the network.",
            _durations(metrics),
        ),
        _metric("payment_sessions", "gauge", "Stored payment sessions.", [("", {}, sizes.payment_sessions)]),
        _metric("journal_entries", "gauge", "Exchanges in the journal.", [("", {}, sizes.journal_entries)]),
    )
    store = () if engine.state.store_calls is None else _store(engine.state.store_calls)
    return "".join(line for part in (*parts, *store) for line in part)


def _store(calls: StoreCalls) -> Iterator[Iterator[str]]:
    """The metrics of the store, as this process sees it."""
    yield _metric("store_seconds", "histogram", "Time of calls of the store.", _histogram({}, calls.durations))
    yield _metric("store_failures_total", "counter", "Calls of the store that failed.", [("", {}, calls.failures)])


def _accepted(coverage: Mapping[Cell, int]) -> Iterator[Sample]:
    """The requests that were not refused, from the coverage."""
    for cell, count in coverage.items():
        status, fault = (cell.outcome, "") if cell.outcome.isdigit() else ("", cell.outcome)
        labels = {"operation": cell.operation, "scenario": cell.scenario, "status": status}
        yield "", {**labels, "refused": "", "fault": fault}, count


def _refused(metrics: Metrics) -> Iterator[Sample]:
    for labels, count in metrics.refusals.copy().items():
        shown = {"operation": labels.operation, "scenario": "", "status": labels.status}
        yield "", {**shown, "refused": labels.refused, "fault": ""}, count


def _durations(metrics: Metrics) -> Iterator[Sample]:
    for operation, durations in metrics.durations.copy().items():
        yield from _histogram({"operation": operation or ""}, durations)


def _histogram(labels: Mapping[str, str], durations: Durations) -> Iterator[Sample]:
    counts = list(accumulate(durations.buckets))
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
        yield "_bucket", {**labels, "le": bound}, count
    yield "_sum", labels, durations.seconds
    yield "_count", labels, counts[-1]


def _metric(
    name: str, kind: Literal["counter", "gauge", "histogram"], about: str, samples: Iterable[Sample]
) -> Iterator[str]:
    yield f"# HELP mockserver_{name} {about}\n# TYPE mockserver_{name} {kind}\n"
    for suffix, labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"mockserver_{name}{suffix}{f'{{{shown}}}' if shown else ''} {value}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", r"\\").replace('"', r"\"")
