"""The journal: its entries, filters, limits and event stream."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockserver.control import ControlApi, EventStream, StreamedReply
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.limits.slices import finish
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.settings import Settings
from tests.support.mock import CREATE, SESSION, Mock, mock_of


def test_an_entry_has_the_whole_exchange(mock: Mock) -> None:
    """An entry has request, decision, violations, reply and duration, and the id of the reply's header."""
    reply = mock.create(provider="authorize")
    (entry,) = mock.get("journal")["entries"]

    assert ("POST", SESSION, "") == tuple(entry["request"][name] for name in ("method", "path", "query"))
    assert {"operation": "add_method", "address": True, "provider": "authorize"} == json.loads(entry["request"]["body"])
    assert (reply.headers["mock-entry"], CREATE, "happy_path", reply.headers["mock-stub"]) == tuple(
        entry[name] for name in ("id", "operation", "scenario", "stub")
    )
    assert (None, None, [], [], [], None, 0.0) == tuple(
        entry[name] for name in ("refused", "nearest", "misses", "violations", "warnings", "fault", "delay")
    )
    sent = reply.json()
    sent["token"] = f"PaySess_...{sent['token'][-4:]}"
    assert (200, sent) == (entry["reply"]["status"], json.loads(entry["reply"]["body"]))
    assert 0 < entry["duration"] < 10


def test_a_refused_request_shows_the_nearest_stub(mock: Mock) -> None:
    """A refused request shows the nearest stub and the violations."""
    mock.activate("card_declined")
    mock.create(address="yes")
    (entry,) = mock.get("journal")["entries"]

    assert ("contract-violation", None, None) == tuple(entry[name] for name in ("refused", "scenario", "stub"))
    assert {"scenario": "card_declined", "stub": "payment session created"} == entry["nearest"]
    assert ["/address"] == [each["pointer"] for each in entry["violations"]]


@pytest.mark.parametrize(
    ("headers", "body", "kind"),
    [
        ({}, b"{}", "not-authenticated"),
        ({"content-type": "text/plain"}, b"{}", "unsupported-media-type"),
        ({}, b"{", "malformed-body"),
        ({"mock-scenario": "nobody"}, b'{"operation":"add_method","address":true}', "unknown-scenario"),
    ],
)
def test_a_refusal_has_its_operation(mock: Mock, headers: dict[str, str], body: bytes, kind: str) -> None:
    """A refusal has its operation, if the path has one."""
    caller = mock.caller(None if kind == "not-authenticated" else "api_key_demo")
    caller.http.post(SESSION, content=body, headers={"content-type": "application/json", **headers})
    (entry,) = mock.caller(None).get("journal")["entries"]

    assert (kind, CREATE) == (entry["refused"], entry["operation"])


def test_a_fault_and_a_delay(mock: Mock) -> None:
    """An entry shows the fault and the delay."""
    mock.http.headers["Mock-Scenario"] = "connection_reset"
    with pytest.raises(httpx.TransportError):
        mock.create()
    mock.http.headers["Mock-Scenario"] = "slow"
    with pytest.raises(httpx.ReadTimeout):
        mock.http.post(SESSION, json={"operation": "add_method", "address": True}, timeout=0.1)
    del mock.http.headers["Mock-Scenario"]
    reset, slow = mock.get("journal")["entries"]

    assert ("connection_reset", 0.0) == (reset["fault"], reset["delay"])
    assert (None, 2.0) == (slow["fault"], slow["delay"])


def test_repeated_headers(mock: Mock) -> None:
    """An entry has every value of a repeated header."""
    pairs = [("X-Trace", "a"), ("x-trace", "b"), ("wb-key", "k")]
    httpx.post(mock.url + SESSION, headers=pairs, json={})
    (entry,) = mock.caller(None).get("journal")["entries"]

    assert "a, b" == entry["request"]["headers"]["x-trace"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, [0, 1, 2, 3], id="all"),
        pytest.param({"scenario": "card_declined"}, [1], id="scenario"),
        pytest.param({"operation": CREATE}, [0, 1, 2], id="operation"),
        pytest.param({"operation": "nobody"}, [], id="another operation"),
        pytest.param({"refused": "true"}, [2, 3], id="refused"),
        pytest.param({"refused": "false"}, [0, 1], id="not refused"),
        pytest.param({"refused": "unknown-path"}, [3], id="refused as"),
        pytest.param({"limit": "1"}, [3], id="the newest"),
        pytest.param({"refused": "true", "operation": CREATE, "limit": "9"}, [2], id="all of it"),
        pytest.param({"namespace": "n0"}, [3], id="namespace"),
    ],
)
def test_filters(mock: Mock, query: dict[str, str], expected: list[int]) -> None:
    """Each filter selects entries, in the order of the exchanges."""
    mock.create()
    mock.http.post(
        SESSION, json={"operation": "add_method", "address": True}, headers={"Mock-Scenario": "card_declined"}
    )
    mock.create(address=3)
    mock.http.get("/nowhere", headers={"Mock-Namespace": "n0"})
    whole = mock.caller(None)
    ids = [entry["id"] for entry in whole.get("journal")["entries"]]

    assert [ids[index] for index in expected] == [entry["id"] for entry in whole.get("journal", **query)["entries"]]


@contextmanager
def listening(mock: Mock, query: str = "", **headers: str) -> Iterator[Iterator[tuple[str, Any]]]:
    """The events of a stream, each with its fields and its data."""
    with mock.http.stream("GET", f"/__mock/events{query}", headers=headers) as reply:
        assert "text/event-stream" == reply.headers["content-type"]
        yield _events(reply.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields.get("id", fields.get("event", "")), json.loads(fields["data"])
            fields = {}


def test_events_are_sent_at_once(mock: Mock) -> None:
    """A new entry of the caller's namespace is sent at once, in the format of the journal."""
    with listening(mock) as events:
        mock.caller("api_key_other").create()
        reply = mock.create()
        _, entry = next(events)

    assert reply.headers["mock-entry"] == entry["id"]
    assert mock.get("journal")["entries"] == [entry]


def test_events_of_the_whole_server_with_filters(mock: Mock) -> None:
    """Without a namespace, the stream has the entries of all namespaces that pass the filters."""
    with listening(mock.caller(None), "?refused=true") as events:
        mock.create()
        mock.caller("api_key_other").create(address="no")
        _, entry = next(events)

    assert "contract-violation" == entry["refused"]


def test_events_continue_after_a_reconnect(mock: Mock) -> None:
    """A client that reconnects with Last-Event-ID gets the entries in between."""
    with listening(mock) as events:
        mock.create()
        last, _ = next(events)
    ids = [mock.create().headers["mock-entry"] for _ in range(3)]
    with listening(mock, **{"Last-Event-ID": last}) as events:
        received = [next(events)[1]["id"] for _ in range(3)]

    assert ids == received


def test_events_end_with_the_server() -> None:
    """A stopping server closes the streams."""
    ended = threading.Event()

    def listen(mock: Mock, begun: threading.Event) -> None:
        with listening(mock) as events:
            begun.set()
            assert [] == list(events)
        ended.set()

    with mock_of() as mock:
        begun = threading.Event()
        thread = threading.Thread(target=listen, args=[mock, begun])
        thread.start()
        assert begun.wait(10)
        # The fixture would close the client first, so the test stops the server itself.
        stopping = threading.Thread(target=mock.stop)
        stopping.start()
        thread.join(10)
        stopping.join(10)

    assert ended.is_set()


def control_of(engine: Engine) -> ControlApi:
    return ControlApi(engine, Settings())


def events_of(control: ControlApi, headers: dict[str, str] | None = None, query: str = "") -> EventStream:
    """The events that the control API returns to a listener."""
    request = Request(method="GET", path="/__mock/events", query=query, headers=Headers((headers or {}).items()))
    answer = finish(control.handle(request))
    assert isinstance(answer, StreamedReply)
    assert isinstance(answer.body, EventStream)
    return answer.body


def taken(events: EventStream) -> list[tuple[str, Any]]:
    """What has arrived since the last time."""
    text = b""
    for piece in events.pieces():
        if piece is None:
            break
        if isinstance(piece, bytes):
            text += piece
    return list(_events(iter(text.decode().splitlines())))


def call(engine: Engine, namespace: str = "n", *, number: int = 1, body: bytes = b"") -> None:
    for _ in range(number):
        engine.handle(
            Request(method="GET", path="/nowhere", headers=Headers([("mock-namespace", namespace)]), body=body)
        )


def test_promise_13_a_slow_client_gets_a_gap_event() -> None:
    """Unread events are dropped, the oldest first, and a `gap` event has their number."""
    engine = load_engine(Settings(seed=1))
    events = events_of(control_of(engine))
    call(engine, number=1003)
    received = taken(events)
    events.close()
    call(engine)

    assert ("gap", {"missed": 3}) == received[0]
    assert [f"n-{number}" for number in range(4, 1004)] == [entry["id"] for _, entry in received[1:]]
    assert [] == taken(events)


def test_promise_13_a_gap_does_not_count_the_calls_of_others() -> None:
    """The gap of a namespace has the number of its own exchanges, whatever others do and after a reset."""
    engine = load_engine(Settings(seed=1))
    call(engine, "n", number=2)
    events = events_of(control_of(engine), {"mock-namespace": "n"})
    call(engine, "n", number=5)
    call(engine, "other", number=999)
    call(engine, "n")
    first = taken(events)
    engine.reset(None)
    call(engine, "n", number=4)
    call(engine, "other", number=998)
    call(engine, "n", number=2)

    assert [("gap", {"missed": 5}), "n-8"] == [first[0], *(entry["id"] for _, entry in first[1:])]
    assert [("gap", {"missed": 4}), "n-5", "n-6"] == [
        each if each[0] == "gap" else each[1]["id"] for each in taken(events)
    ]


def test_promise_13_unread_events_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The total size of unread events is limited; the newest event is always kept."""
    monkeypatch.setattr("mockserver.control.event_hub.MAX_BYTES", 25_000)
    engine = load_engine(Settings(seed=1))
    events = events_of(control_of(engine))
    call(engine, number=5, body=b"x" * 10_000)
    received = taken(events)

    assert [("gap", {"missed": 3}), "n-4", "n-5"] == [received[0], *(entry["id"] for _, entry in received[1:])]


def test_earlier_events_are_limited() -> None:
    """With `limit`, only the newest matching entries are sent; a `gap` event has the number of the others."""
    engine = load_engine(Settings(seed=1))
    call(engine, "a", number=30)
    call(engine, "b", number=5)
    control = control_of(engine)
    of_a = taken(events_of(control, {"last-event-id": "0"}, "limit=3&namespace=a"))
    after = taken(events_of(control, {"last-event-id": "33"}, "limit=9"))

    assert [("gap", {"missed": 27}), "a-28", "a-29", "a-30"] == [of_a[0], *(entry["id"] for _, entry in of_a[1:])]
    assert ["b-4", "b-5"] == [entry["id"] for _, entry in after]


def test_events_of_entries_that_a_reset_removes() -> None:
    """Entries that a reset has removed are still sent to those who listened before."""
    engine = load_engine(Settings(seed=1))
    events = events_of(control_of(engine))
    call(engine, number=2)
    engine.reset(None)

    assert ["n-1", "n-2"] == [entry["id"] for _, entry in taken(events)]


def test_promise_16_an_entry_is_written_once_for_all_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """All listeners and listings share the text of an entry; nothing is written for those who do not read."""
    written: list[str] = []
    as_json = Entry.as_json

    def noting(entry: Entry) -> Any:
        written.append(entry.id)
        return as_json(entry)

    monkeypatch.setattr(Entry, "as_json", noting)
    engine = load_engine(Settings(seed=1))
    control = control_of(engine)
    queries = ["", "refused=true", "namespace=n", "refused=unknown-path", "refused=no-stub"] * 20
    streams = [events_of(control, query=query) for query in queries]
    call(engine, number=10)
    unread = len(written)
    received = [len(taken(events)) for events in streams]
    finish(control.handle(Request(method="GET", path="/__mock/journal")))

    assert (0, [10, 10, 10, 10, 0] * 20) == (unread, received)
    assert [f"n-{number}" for number in range(1, 11)] == written


def test_events_that_come_while_others_are_sent() -> None:
    """A listener is woken for an entry that is added after any piece of its events."""
    engine = load_engine(Settings(seed=1))
    events = events_of(control_of(engine))
    woken: list[int] = []
    events.start(lambda: woken.append(len(woken)))
    pieces = events.pieces()
    waits = 0
    for index in range(40):
        if next(pieces) is None:
            waits += 1
            call(engine)
        elif index % 3 == 0:
            call(engine)

    assert waits == len(woken) >= 5


def test_promise_16_listeners_are_woken_once_until_they_read() -> None:
    """A busy listener is not woken for each entry; all listeners together are one listener of the journal."""
    woken: list[int] = []
    engine = load_engine(Settings(seed=1))
    control = control_of(engine)
    streams = [events_of(control) for _ in range(50)]
    for number, events in enumerate(streams):
        events.start(lambda number=number: woken.append(number))  # type: ignore[misc]  # the default binds the number
        taken(events)
    call(engine, number=100)
    once = len(woken)
    taken(streams[0])
    call(engine, number=100)
    for events in streams:
        events.close()
    call(engine)

    assert (50, 51) == (once, len(woken))


def test_the_contract_as_served(mock: Mock) -> None:
    """The served contract has the corrections of the mock, such as null beside allOf, and not the mock's own APIs."""
    document = mock.get("openapi.json")

    assert "wingback-api" == document["info"]["title"]
    assert [SESSION.replace("Cust_1", "{customer_id}")] == list(document["paths"])
