"""The metrics in both formats, read by the parsers of prometheus-client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import httpx
import prometheus_client
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as prometheus_families

from mockserver.engine.journal import Entry
from mockserver.engine.metrics import MAX_SERIES
from mockserver.messages import Reply, Request
from mockserver.settings import Settings
from tests.support.mock import CREATE, Mock, mock_of
from tests.support.state import memory_of

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PARSERS: Mapping[str, Callable[[str], Iterable[Metric]]] = {
    PROMETHEUS: prometheus_families,
    OPENMETRICS: openmetrics_families,
}
# What Prometheus 2.53 and 3.5 send.
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)
NO_OPENMETRICS = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"

FORMATS = {
    "no header": (None, PROMETHEUS),
    "anything": ("*/*", PROMETHEUS),
    "a browser": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PROMETHEUS),
    "Prometheus 2": (PROMETHEUS_2, OPENMETRICS),
    "Prometheus 3": (PROMETHEUS_3, OPENMETRICS),
    "Prometheus 3 without OpenMetrics": (NO_OPENMETRICS, PROMETHEUS),
    "OpenMetrics in any version": ("application/openmetrics-text", OPENMETRICS),
    "a range": ("application/*", OPENMETRICS),
    "text is wanted more": ("application/openmetrics-text;q=0.1,text/plain;q=0.9", PROMETHEUS),
    "both are wanted": ("application/openmetrics-text,text/plain", PROMETHEUS),
    "OpenMetrics is excluded": ("application/openmetrics-text;q=0,*/*;q=0.1", PROMETHEUS),
    "none of both": ("application/json", PROMETHEUS),
    "a later version": ("application/openmetrics-text;version=99.0.0", PROMETHEUS),
    "a later version of the text": ("text/plain;version=99.0.0", PROMETHEUS),
    "versions that are no numbers": ("text/plain;version=x,application/openmetrics-text;version=x", PROMETHEUS),
    "no header field": (";;=,q=", PROMETHEUS),
}

# The type and the unit of each family. OpenMetrics has names without `_total` and `_info`.
FAMILIES = {
    "mockserver_build": ("info", ""),
    "mockserver_requests": ("counter", ""),
    "mockserver_violations": ("counter", ""),
    "mockserver_decision_seconds": ("histogram", "seconds"),
    "mockserver_payment_sessions": ("gauge", ""),
    "mockserver_journal_entries": ("gauge", ""),
}
STORE_FAMILIES = {
    "mockserver_store_seconds": ("histogram", "seconds"),
    "mockserver_store_up": ("gauge", ""),
    "mockserver_store_failures": ("counter", ""),
    "mockserver_store_refusals": ("counter", ""),
}

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def mock() -> Iterator[Mock]:
    with mock_of(Settings(seed=1)) as running:
        yield running


def scrape(mock: Mock, accept: str | None) -> httpx.Response:
    # The client would add its default Accept header to a request without one.
    request = httpx.Request("GET", f"{mock.url}/__mock/metrics", headers={} if accept is None else {"Accept": accept})
    return mock.http.send(request)


def families(mock: Mock, kind: str) -> list[Metric]:
    reply = scrape(mock, kind.partition("; charset")[0])
    assert (200, True) == (reply.status_code, reply.headers["content-type"].startswith(kind))
    return list(PARSERS[kind](reply.text))


def samples(mock: Mock, kind: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(mock, kind)
        for sample in family.samples
    }


def requests(mock: Mock, kind: str = PROMETHEUS) -> float:
    """How many requests were answered."""
    return sum(value for (name, _), value in samples(mock, kind).items() if name == "mockserver_requests_total")


def refused(operation: str) -> Entry:
    """An exchange in which an operation refused a request."""
    request = Request(method="GET", path="/")
    return Entry(
        id="1",
        at=0.0,
        owner="",
        namespace="",
        request=request,
        operation=operation,
        outcome=Reply(status=404),
        refused="no-stub",
    )


@pytest.mark.parametrize(("accept", "expected"), FORMATS.values(), ids=FORMATS)
def test_accept_chooses_the_format(mock: Mock, accept: str | None, expected: str) -> None:
    """The reply has the format that its Content-Type says: that parser reads it."""
    mock.create()
    reply = scrape(mock, accept)
    content_type = re.sub("; escaping=underscores$", "", reply.headers["content-type"])
    found = [sample for family in PARSERS[expected](reply.text) for sample in family.samples]

    assert (200, expected) == (reply.status_code, content_type)
    assert [1] == [sample.value for sample in found if sample.name == "mockserver_requests_total"]


def test_both_formats_have_the_same_values(mock: Mock) -> None:
    """Names, labels and values are the same. The store is called between the two, so its values are left out."""
    mock.create()
    mock.create(provider=7, address=None)
    mock.http.get("/nothing")
    found = [
        {key: value for key, value in samples(mock, kind).items() if not key[0].startswith("mockserver_store_")}
        for kind in PARSERS
    ]

    assert found[0] == found[1]
    assert {1, 3} <= set(found[0].values())


def test_types_and_units(mock: Mock) -> None:
    """OpenMetrics says that build_info is an info, and that durations are in seconds."""
    mock.create(provider=7)
    found = {family.name: (family.type, family.unit) for family in families(mock, OPENMETRICS)}

    assert FAMILIES | (STORE_FAMILIES if mock.engine.state.is_shared else {}) == found


@pytest.mark.parametrize("kind", PARSERS)
def test_control_characters_are_visible(kind: str) -> None:
    """Control characters, bidirectional ones and half characters in an operation id are escaped. The text is valid."""
    names = {'a"b\\c\nd\x1b[2J': r'a"b\c\nd\x1b[2J', "x\u202ey": r"x\u202ey", "\ud800": r"\ud800", "é {}": "é {}"}
    with mock_of(Settings(seed=1)) as mock:
        for name in names:
            memory_of(mock.engine).metrics.record(refused(name))
        found = {dict(labels)["operation"] for name, labels in samples(mock, kind) if name.endswith("requests_total")}

    assert set(names.values()) == found


def test_servers_in_one_process_have_their_own_metrics() -> None:
    """Each of two servers shows its own requests, and prometheus-client's global registry shows none."""
    with mock_of(Settings(seed=1)) as one:
        memory_of(one.engine)
        with mock_of(Settings(seed=1)) as other:
            one.create()
            other.create()
            other.create()

            assert [1, 2] == [requests(one), requests(other)]
            assert [1, 2] == [requests(one, OPENMETRICS), requests(other, OPENMETRICS)]
    everywhere = prometheus_client.generate_latest(prometheus_client.REGISTRY).decode()
    assert "python_info" in everywhere
    assert "mockserver_" not in everywhere


@pytest.mark.parametrize("kind", PARSERS)
def test_metrics_of_the_application_are_not_shown(mock: Mock, kind: str) -> None:
    """What the application under test registers in the same process is not the mock's."""
    counter = prometheus_client.Counter("application_calls", "Calls of the application.")
    try:
        names = {family.name for family in families(mock, kind)}
    finally:
        prometheus_client.REGISTRY.unregister(counter)

    assert "mockserver_payment_sessions" in names
    assert [] == [name for name in names if not name.startswith("mockserver_")]


def test_a_copy_of_the_metrics_does_not_change() -> None:
    """Requests that are answered while a text is written are not in it: it is written from a copy."""
    with mock_of(Settings(seed=1)) as mock:
        metrics = memory_of(mock.engine).metrics
        mock.create(provider=7)
        before = metrics.copy()
        mock.create(provider=7)

    assert [(1, 2)] == [(before.refusals[labels], count) for labels, count in metrics.refusals.items()]
    assert [2] == [count // before.violations[labels] for labels, count in metrics.violations.items()]
    assert (1, 2) == (sum(before.durations[CREATE].buckets), sum(metrics.durations[CREATE].buckets))
    assert before.durations[CREATE].seconds < metrics.durations[CREATE].seconds


def test_promise_13_a_text_with_every_series_is_valid() -> None:
    """A contract with thousands of operations: the parsers read all series, and the reply follows spec/admin.yaml."""
    with mock_of(Settings(seed=1)) as mock:
        metrics = memory_of(mock.engine).metrics
        for number in range(MAX_SERIES + 100):
            metrics.record(refused(f"operation_{number}"))
        found = [requests(mock, kind) for kind in PARSERS]

    assert [MAX_SERIES + 100] * 2 == found
