"""The metrics in the text format of Prometheus; and the trace ids in journal and log."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import mockserver
from mockserver.engine.journal import Entry
from mockserver.engine.metrics import BOUNDS, MAX_SERIES, OTHER, Metrics
from mockserver.messages import Fault, Reply, Request
from mockserver.settings import Settings
from mockserver.web import AccessLog
from tests.support.live import live
from tests.support.markdown import rows
from tests.support.mock import CREATE, SESSION, Mock, mock_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def mock() -> Iterator[Mock]:
    with mock_of(Settings(seed=1)) as running:
        yield running


def samples(mock: Mock) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every value, by its name and its labels that are not empty."""
    reply = mock.http.get("/__mock/metrics")
    assert (200, "text/plain; version=0.0.4; charset=utf-8") == (reply.status_code, reply.headers["content-type"])
    return {
        (sample.name, frozenset((name, text) for name, text in sample.labels.items() if text)): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def value(mock: Mock, metric: str, **labels: str) -> float | None:
    return samples(mock).get((f"mockserver_{metric}", frozenset(labels.items())))


def test_requests_are_counted(mock: Mock) -> None:
    """By operation, scenario, status, refusal and fault; calls of the control API do not count."""
    mock.create()
    mock.create()
    mock.create(provider=7, address=None)
    mock.http.get("/nothing")
    body = {"operation": "add_method", "address": True}
    mock.http.post(SESSION, json=body, headers={"Mock-Scenario": "server_error"})
    with pytest.raises(httpx.TransportError):
        mock.http.post(SESSION, json=body, headers={"Mock-Scenario": "connection_reset"})

    found = {labels: count for (name, labels), count in samples(mock).items() if name == "mockserver_requests_total"}
    assert {
        frozenset({("operation", CREATE), ("scenario", "happy_path"), ("status", "200")}): 2,
        frozenset({("operation", CREATE), ("status", "400"), ("refused", "contract-violation")}): 1,
        frozenset({("status", "404"), ("refused", "unknown-path")}): 1,
        frozenset({("operation", CREATE), ("scenario", "server_error"), ("status", "500")}): 1,
        frozenset({("operation", CREATE), ("scenario", "connection_reset"), ("fault", "connection_reset")}): 1,
    } == found


def test_violations_are_counted(mock: Mock) -> None:
    """Each of several violations in one request counts."""
    mock.create(provider=7, address="yes")
    (recorded,) = mock.get("journal")["entries"]

    assert 1 < len(recorded["violations"]) == value(mock, "violations_total", operation=CREATE, place="body")


def test_durations_are_a_histogram(mock: Mock) -> None:
    """The buckets are cumulative, the last one has all requests, and the sum is that of the durations."""
    for _ in range(3):
        mock.create()
    found = samples(mock)
    buckets = [
        found["mockserver_decision_seconds_bucket", frozenset({("operation", CREATE), ("le", bound)})]
        for bound in (*map(str, BOUNDS), "+Inf")
    ]
    durations = [entry["duration"] for entry in mock.get("journal")["entries"]]

    assert sorted(buckets) == buckets
    assert 3 == buckets[-1] == value(mock, "decision_seconds_count", operation=CREATE)
    # A store adds up whole nanoseconds.
    assert pytest.approx(sum(durations), abs=3e-9) == value(mock, "decision_seconds_sum", operation=CREATE)
    assert [sum(each <= bound for each in durations) for bound in BOUNDS] == buckets[:-1]


def test_a_reset_leaves_the_counts(mock: Mock) -> None:
    """Counters never fall; what is in memory is counted now."""
    mock.create()
    assert (1, 1) == (value(mock, "payment_sessions"), value(mock, "journal_entries"))
    mock.restore()

    assert (0, 0) == (value(mock, "payment_sessions"), value(mock, "journal_entries"))
    assert 1 == value(mock, "requests_total", operation=CREATE, scenario="happy_path", status="200")


def test_the_build(mock: Mock) -> None:
    """The versions of the mock and of the contract."""
    labels = {"version": mockserver.__version__, "contract": "wingback-api", "contract_version": "0.1.0"}

    assert 1 == value(mock, "build_info", **labels)


def test_the_documented_metrics(mock: Mock) -> None:
    """The table in docs/control-api.md has every metric with its labels."""
    mock.create(provider=7)
    text = mock.http.get("/__mock/metrics").text
    served = {
        family.name + ("_total" if family.type == "counter" else ""): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in text_string_to_metric_families(text)
    }
    documented = {
        cells[0].strip("`"): set(re.findall(r"`(\w+)`", cells[1]))
        for cells in rows("docs/control-api.md", "Metrics")
        if mock.engine.state.is_shared or "_store_" not in cells[0]
    }

    assert served == documented


def entry(operation: str, outcome: Reply | Fault) -> Entry:
    request = Request(method="GET", path="/")
    return Entry(
        id="1", at=0.0, owner="", namespace="", request=request, operation=operation, outcome=outcome, refused="no-stub"
    )


def test_promise_13_the_number_of_series_is_bounded() -> None:
    """Names that come with reloaded files do not fill the memory."""
    metrics = Metrics()
    for number in range(MAX_SERIES + 10):
        metrics.record(entry(f"operation {number}", Reply(status=200)))

    others = [count for labels, count in metrics.refusals.items() if labels.operation == OTHER]

    assert (MAX_SERIES + 1, [10]) == (len(metrics.refusals), others)
    assert (MAX_SERIES + 1, 10) == (len(metrics.durations), sum(metrics.durations[OTHER].buckets))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(PARENT, TRACE, id="valid"),
        pytest.param(f"{PARENT.replace('00-', 'cc-', 1)}-more", TRACE, id="a later version"),
        pytest.param(None, None, id="none"),
        pytest.param(TRACE, None, id="the id alone"),
        pytest.param(f"{PARENT}-more", None, id="more than its version has"),
        pytest.param(f"{PARENT}-", None, id="a separator at the end"),
        pytest.param(f"{PARENT.replace('00-', 'cc-', 1)}more", None, id="a later version with longer flags"),
        pytest.param(PARENT.upper(), None, id="in capitals"),
        pytest.param(PARENT.replace(TRACE, "0" * 32), None, id="zero"),
        pytest.param(PARENT.replace("00-", "ff-", 1), None, id="a version that is forbidden"),
    ],
)
def test_the_trace_is_in_the_journal_and_in_the_log(mock: Mock, header: str | None, expected: str | None) -> None:
    """A valid traceparent is recorded by its trace id."""
    headers = {} if header is None else {"traceparent": header}
    mock.http.post(SESSION, json={"operation": "add_method", "address": True}, headers=headers)
    stream = io.StringIO()
    with live(log=AccessLog("json", stream)) as server:
        field = "" if header is None else f"traceparent: {header}\r\n"
        server.exchange(f"GET /x HTTP/1.1\r\nHost: x\r\n{field}\r\n".encode())

    assert expected == mock.get("journal")["entries"][-1]["trace_id"]
    assert expected == json.loads(stream.getvalue()).get("trace_id")
