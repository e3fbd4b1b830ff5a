"""Promises 13 and 16: clients that do not read a listing or the events cost little, and are disconnected."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockserver.engine.journal import Entry
from mockserver.messages import Headers, Request
from tests.support.mock import Mock, mock_of

SIZE = 100_000


@pytest.fixture
def mock() -> Iterator[Mock]:
    """A mock without the streams of other tests."""
    with mock_of() as mock:
        yield mock


def fill(mock: Mock, number: int) -> None:
    """Add large entries to the journal."""
    for _ in range(number):
        mock.engine.handle(Request(method="GET", path="/nowhere", headers=Headers(), body=b"x" * SIZE))


@contextmanager
def unread(mock: Mock, path: str) -> Iterator[socket.socket]:
    """A request whose reply is not read; the client's buffer is as small as possible."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        client.settimeout(20)
        client.connect(("127.0.0.1", httpx.URL(mock.url).port or 0))
        client.sendall(f"GET /__mock/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert b"HTTP/1.1 200" == client.recv(12)
        yield client


def is_reset(client: socket.socket) -> bool:
    """Whether the server resets the connection."""
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return False


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the entries that were written."""
    found: list[str] = []
    as_json = Entry.as_json

    def noting(entry: Entry, *arguments: Any) -> Any:
        found.append(entry.id)
        return as_json(entry, *arguments)

    monkeypatch.setattr(Entry, "as_json", noting)
    return found


def until_still(writes: list[str]) -> int:
    """How many entries are written until no more are."""
    count = -1
    while count != len(writes):
        count = len(writes)
        time.sleep(0.5)
    return count


def test_promise_13_an_unread_listing_is_not_written(mock: Mock, writes: list[str]) -> None:
    """The server stops writing a listing when the buffers of the connection are full, and continues when it is read."""
    fill(mock, 200)
    with unread(mock, "journal") as client:
        assert until_still(writes) < 100
        received = 0
        while not (part := client.recv(1 << 20)).endswith(b"0\r\n\r\n"):
            received += len(part)

    assert received > 200 * SIZE
    assert 200 == len(writes)


@pytest.mark.parametrize("path", ["journal", "events"])
def test_promise_13_a_client_that_does_not_read_is_disconnected(
    mock: Mock, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After some time without reading, the connection is reset, and the log has the reason."""
    monkeypatch.setattr("mockserver.web.open_streams.MAX_SECONDS", 0.5)
    fill(mock, 100)
    with unread(mock, path) as client:
        fill(mock, 100)
        time.sleep(2)

        assert is_reset(client)
    assert f"The client of GET /__mock/{path} did not read, so it was disconnected" in caplog.text


def test_promise_13_a_reader_is_not_disconnected(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener for whom nothing happens stays connected."""
    monkeypatch.setattr("mockserver.web.open_streams.MAX_SECONDS", 0.2)
    with mock.http.stream("GET", "/__mock/events") as reply:
        time.sleep(1)
        mock.create()

        assert next(reply.iter_lines()).startswith("id: ")


def test_promise_13_the_number_of_streams_is_limited(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another listener is refused, until one of them leaves; short listings are no streams."""
    monkeypatch.setattr("mockserver.web.open_streams.MAX_STREAMS", 2)
    with mock.http.stream("GET", "/__mock/events"):
        with mock.http.stream("GET", "/__mock/events"):
            refused = mock.http.get("/__mock/events")
            mock.get("journal")
        for _ in range(100):
            with mock.http.stream("GET", "/__mock/events") as reply:
                if reply.status_code == 200:
                    break
            time.sleep(0.1)

    assert (503, "too-many-streams", "1") == (
        refused.status_code,
        refused.headers["mock-refused"],
        refused.headers["retry-after"],
    )
    assert 200 == reply.status_code


def test_promise_13_who_does_not_read_gives_way(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If all streams are taken, a client that has not read for a while is disconnected for a new one."""
    monkeypatch.setattr("mockserver.web.open_streams.MAX_STREAMS", 2)
    monkeypatch.setattr("mockserver.web.open_streams.MIN_SECONDS", 0.2)
    fill(mock, 100)
    with unread(mock, "journal") as slow, mock.http.stream("GET", "/__mock/events") as idle:
        time.sleep(1)
        with mock.http.stream("GET", "/__mock/events") as reply:
            assert (200, 200) == (idle.status_code, reply.status_code)
            assert is_reset(slow)
    assert "another client needed one of the 2 streams" in caplog.text


def test_promise_13_waiting_bytes_are_limited(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If too much waits for clients that do not read, the slowest of them is disconnected."""
    monkeypatch.setattr("mockserver.web.open_streams.MAX_WAITING_BYTES", 150_000)
    fill(mock, 100)
    with unread(mock, "journal") as first:
        time.sleep(0.5)
        with unread(mock, "journal"):
            time.sleep(0.5)
            assert is_reset(first)

    assert "too much was waiting" in caplog.text


def test_promise_16_others_are_served_beside_unread_streams(mock: Mock) -> None:
    """Listings and events that nobody reads do not stop other callers."""
    fill(mock, 100)
    stack = [unread(mock, path) for path in ("journal", "events") * 10]
    clients = [each.__enter__() for each in stack]
    statuses: list[int] = []

    def call() -> None:
        statuses.extend(mock.caller("api_key_demo").create().status_code for _ in range(50))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for client in clients:
        client.close()

    assert [200] * 200 == statuses
