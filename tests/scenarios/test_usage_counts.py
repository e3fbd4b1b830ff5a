"""Usage counts: how often a stub with `times` answers, per namespace and scenario."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from mockserver.delivery.plans import PlannedFault
from mockserver.scenarios import Stub
from mockserver.scenarios.usage_counts import UsageCounts


def stub(*, times: int | None, name: str = "a") -> Stub:
    return Stub(name=name, operation="op", times=times, fault=PlannedFault(kind="hang"))


def test_times() -> None:
    """A stub with `times` can be claimed that often."""
    counts = UsageCounts()
    assert [True, True, False, False] == [counts.claim("n", "s", stub(times=2)) for _ in range(4)]


def test_without_times() -> None:
    """A stub without `times` can be claimed without limit."""
    counts = UsageCounts()
    assert all(counts.claim("n", "s", stub(times=None)) for _ in range(100))


def test_each_has_its_own_count() -> None:
    """Each namespace, scenario and stub has its own count."""
    counts = UsageCounts()
    claims = [("n", "s", "a"), ("m", "s", "a"), ("n", "t", "a"), ("n", "s", "b"), ("n", "s", "a")]
    assert [True, True, True, True, False] == [
        counts.claim(namespace, scenario, stub(times=1, name=name)) for namespace, scenario, name in claims
    ]


RESETS = {
    "everything": (None, None, [True, True, True]),
    "one namespace": ("n", None, [True, True, False]),
    "one scenario everywhere": (None, "s", [True, False, True]),
    "one scenario of a namespace": ("n", "s", [True, False, False]),
    "an unknown namespace": ("x", None, [False, False, False]),
    "an unknown scenario": ("n", "x", [False, False, False]),
}


@pytest.mark.parametrize(("namespace", "scenario", "expected"), RESETS.values(), ids=RESETS.keys())
def test_reset(namespace: str | None, scenario: str | None, expected: list[bool]) -> None:
    """A reset affects only the namespace and scenario that it names."""
    counts = UsageCounts()
    keys = [("n", "s"), ("n", "t"), ("m", "s")]
    assert all(counts.claim(*key, stub(times=1)) for key in keys)
    counts.reset(namespace, scenario)
    assert expected == [counts.claim(*key, stub(times=1)) for key in keys]


def test_many_at_once() -> None:
    """Concurrent threads together get a stub exactly `times` times."""
    counts = UsageCounts()
    limited = stub(times=500)
    barrier = Barrier(16)

    def claim(_: int) -> int:
        barrier.wait()
        return sum(counts.claim("n", "s", limited) for _ in range(100))

    with ThreadPoolExecutor(16) as pool:
        assert 500 == sum(pool.map(claim, range(16)))


def test_namespaces_are_bounded() -> None:
    """Beyond the limit, the namespace that was unused longest is forgotten."""
    counts = UsageCounts(most=2)
    once = stub(times=1)
    assert [True, True, False, True] == [counts.claim(name, "s", once) for name in ("a", "b", "a", "c")]
    assert [False, True] == [counts.claim(name, "s", once) for name in ("a", "b")]
