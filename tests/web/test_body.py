"""The size limit for bodies; a refused client gets its reply while it is still sending."""

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
    """A body of exactly the limit is accepted, and one byte more is refused."""
    if framing == "length":
        data = POST + b"Content-Length: %d\r\n\r\n" % size + b"a" * size
    else:
        data = POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(size)
    reply = server.exchange(data)

    assert (200 if size <= LIMIT else 413) == reply.status
    [request] = server.engine.requests
    assert (size > LIMIT, 0 if size > LIMIT else size) == (request.oversized, len(request.body))


def test_another_limit() -> None:
    """The flag --max-body changes the limit."""
    with live(Settings(max_body=10)) as server:
        statuses = [
            server.exchange(POST + b"Content-Length: %d\r\n\r\n" % size + b"a" * size).status for size in (10, 11)
        ]

    assert [200, 413] == statuses


def test_no_100_continue_for_a_long_body(server: Live) -> None:
    """A body over the limit gets no 100 Continue, and the connection is closed."""
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
        pytest.param(POST.replace(b"/v1/x", b"/__mock/verify"), id="control API"),
    ],
)
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_client_that_sends_all_before_it_reads(server: Live, head: bytes, framing: str) -> None:
    """The server discards 5 MiB, so that the client can read the reply after sending."""
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
    """The reply arrives while the client is still sending."""
    with server.connect() as connection:
        connection.send(POST + b"Content-Length: 5000000\r\n\r\n")
        reply = connection.receive()
        for _ in range(20):
            connection.send(b"a" * 1000)
            time.sleep(0.005)

        assert 413 == reply.status


@pytest.mark.parametrize("content", ["bytes", "generator"])
def test_httpx_gets_its_reply(server: Live, content: str) -> None:
    """An httpx client gets the reply for 5 MiB, and can send another request."""
    with httpx.Client() as client:
        for _ in range(3):
            data = b"a" * 5 * LIMIT if content == "bytes" else (b"a" * 65536 for _ in range(80))
            assert 413 == client.post(f"{server.url}/v1/x", content=data).status_code
        assert 200 == client.post(f"{server.url}/v1/x", content=b"{}").status_code


@pytest.mark.parametrize("bound", ["_DISCARD_BYTES", "_DISCARD_SECONDS"])
def test_discarding_is_limited(server: Live, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """The server closes the connection after too many discarded bytes, or after too long a time."""
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


def test_a_long_body_delays_no_other_client(server: Live) -> None:
    """A client that sends too much does not delay other clients."""
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
