"""The limit for bodies, and that a reply reaches a client that is still sending."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from mockserver.settings import Settings
from mockserver.web import request_body
from tests.support.live import Live, live
from tests.support.raw import RawConnection

LIMIT = 1024 * 1024
POST = b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\n"


def chunked(size: int, *, piece: int = 16384) -> bytes:
    whole = b"%x\r\n%b\r\n" % (piece, b"a" * piece) * (size // piece)
    last = size % piece
    return whole + (b"%x\r\n%b\r\n" % (last, b"a" * last) if last else b"") + b"0\r\n\r\n"


@pytest.mark.parametrize("size", [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 65536])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_the_limit(server: Live, size: int, framing: str) -> None:
    """As many bytes as are allowed are read, one more is too many."""
    if framing == "length":
        data = POST + b"Content-Length: %d\r\n\r\n" % size + b"a" * size
    else:
        data = POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(size)
    reply = server.exchange(data)

    assert (200 if size <= LIMIT else 413) == reply.status
    [request] = server.engine.requests
    assert (size > LIMIT, 0 if size > LIMIT else size) == (request.oversized, len(request.body))


def test_another_limit() -> None:
    """--max-body."""
    with live(Settings(max_body=10)) as server:
        statuses = [
            server.exchange(POST + b"Content-Length: %d\r\n\r\n" % size + b"a" * size).status for size in (10, 11)
        ]

    assert [200, 413] == statuses


def test_a_long_body_is_not_asked_for(server: Live) -> None:
    """No 100 Continue for what would not be read, and the connection ends, as nobody knows what comes next on it."""
    with server.connect() as connection:
        connection.send(POST + b"Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n")
        reply = connection.receive()

        assert (413, "close") == (reply.status, reply.headers["connection"])
        assert b"" == connection.rest()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(POST, id="keep-alive"),
        pytest.param(POST + b"Connection: close\r\n", id="close"),
        pytest.param(POST.replace(b"1.1", b"1.0"), id="HTTP/1.0"),
        pytest.param(POST + b"Origin: https://evil.example\r\n", id="refused origin"),
        pytest.param(POST.replace(b"localhost", b"evil.example"), id="refused host"),
        pytest.param(POST.replace(b"/v1/x", b"/__mock/health"), id="control API"),
    ],
)
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_client_that_sends_all_before_it_reads(server: Live, head: bytes, framing: str) -> None:
    """5 MiB are swallowed: the reply is there when the client gets to read it."""
    size = 5 * LIMIT
    with server.connect() as connection:
        if framing == "length":
            connection.send(head + b"Content-Length: %d\r\n\r\n" % size)
            connection.send(b"a" * size)
        else:
            connection.send(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(size))
        reply = connection.receive()

        assert reply.status in {400, 403, 413}
        assert b"" == connection.rest()


def test_a_client_that_keeps_sending_slowly(server: Live) -> None:
    """The reply comes at once, while the rest is still on its way."""
    with server.connect() as connection:
        connection.send(POST + b"Content-Length: 5000000\r\n\r\n")
        started = time.monotonic()
        reply = connection.receive()
        for _ in range(20):
            connection.send(b"a" * 1000)
            time.sleep(0.005)

        assert 413 == reply.status
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("content", ["bytes", "generator"])
def test_httpx_gets_its_reply(server: Live, content: str) -> None:
    """A client that people use, with 5 MiB, and again on the same client."""
    with httpx.Client() as client:
        for _ in range(3):
            data = b"a" * 5 * LIMIT if content == "bytes" else (b"a" * 65536 for _ in range(80))
            assert 413 == client.post(f"{server.url}/v1/x", content=data).status_code
        assert 200 == client.post(f"{server.url}/v1/x", content=b"{}").status_code


@pytest.mark.parametrize("bound", ["_DISCARD_BYTES", "_DISCARD_SECONDS"])
def test_swallowing_has_bounds(server: Live, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """A client that never ends is cut off, by size or by time."""
    monkeypatch.setattr(request_body, bound, LIMIT if bound == "_DISCARD_BYTES" else 0.2)
    with server.connect() as connection:
        connection.send(POST + b"Content-Length: 50000000000\r\n\r\n")
        assert 413 == connection.receive().status
        with pytest.raises(ConnectionError):
            send_for(8, connection)


def send_for(seconds: float, connection: RawConnection) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.send(b"a" * 100_000)


def test_many_long_bodies_at_once(server: Live) -> None:
    """Nobody waits for the one who sends too much."""
    with server.connect() as slow:
        slow.send(POST + b"Content-Length: 5000000\r\n\r\n" + b"a" * 1000)
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.append(httpx.post(f"{server.url}/x", content=b"{}").status_code))
            for _ in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [200] * 5 == statuses
