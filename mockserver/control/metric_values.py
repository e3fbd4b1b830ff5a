"""The values of all metrics at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.engine.coverage import Cell
from mockserver.engine.metrics import Metrics, StoreCalls
from mockserver.engine.state import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the state has counted.

    `coverage` counts the requests that were not refused, and `metrics` counts everything else.
    """

    metrics: Metrics
    coverage: Mapping[Cell, int]
    sizes: Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUse:
    """How one process uses its store. `process` identifies the process. `is_up` says whether the store can be used."""

    process: str
    calls: StoreCalls
    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValues:
    """What the metrics of a server are written from. Requests do not change it, so any thread may read it.

    `build` has the labels of `build_info`. `counted` is None if the store does not answer. `store` is None if state is
    in memory.
    """

    build: Mapping[str, str]
    counted: Counted | None
    store: StoreUse | None
