"""The values of all metrics at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.engine.coverage import Cell
from mockserver.engine.metrics import Metrics, StoreCalls
from mockserver.engine.state import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValues:
    """What the metrics of a server are written from. Requests do not change it, so any thread may read it.

    `build` has the labels of `build_info`. `coverage` counts the requests that were not refused, and `metrics` counts
    everything else. `store_calls` is None if state is in memory.
    """

    build: Mapping[str, str]
    metrics: Metrics
    coverage: Mapping[Cell, int]
    sizes: Sizes
    store_calls: StoreCalls | None
