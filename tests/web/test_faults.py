"""Faults, as clients see them."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from mockserver.messages import Fault, Reply
from mockserver.web import create_app
from mockserver.web.fault_injection import malformed
from tests.support.echo_engine import EchoEngine
from tests.support.live import Live

BODY = json.dumps({"token": "PaySess_1", "list": [1, 2, 3]}).encode()
REPLY = Reply(status=200, headers=(("Content-Type", "application/json"),), body=BODY)
GET = b"GET /x HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n"
WIRE_FAULTS = ("connection_reset", "empty_reply", "truncated_body", "hang")


def commit(server: Live, kind: str, *, chunks: int = 1, over: float = 0.0, delay: float = 0.0) -> None:
    fault = Fault(kind=kind, reply=REPLY, chunks=chunks, over=over, delay=delay)
    server.engine.answer = lambda request: fault


def test_connection_reset(server: Live) -> None:
    """The client gets a TCP reset, and no byte."""
    commit(server, "connection_reset")
    with server.connect() as connection:
        connection.send(GET)
        with pytest.raises(ConnectionResetError):
            connection.rest()


def test_empty_reply(server: Live) -> None:
    """The connection is closed without a byte."""
    commit(server, "empty_reply")
    with server.connect() as connection:
        connection.send(GET)

        assert b"" == connection.rest()


def test_truncated_body(server: Live) -> None:
    """The body is shorter than its Content-Length."""
    commit(server, "truncated_body")
    with server.connect() as connection:
        connection.send(GET)
        head, _, body = connection.rest().partition(b"\r\n\r\n")

    assert b"content-length: %d" % len(BODY) in head
    assert b"access-control-allow-origin: http://localhost" in head
    assert BODY[: len(BODY) // 2] == body


def test_malformed_json(server: Live) -> None:
    """The reply is complete, and its body is not JSON."""
    commit(server, "malformed_json")
    reply = server.exchange(GET)

    assert (200, "application/json") == (reply.status, reply.headers["content-type"])
    with pytest.raises(json.JSONDecodeError):
        reply.json()


@pytest.mark.parametrize("body", [b"", b"1", b"{}", b"[1, 2]", b'"a,b"', b"true", b'{"a": "]"}'])
def test_a_damaged_body_is_never_json(body: bytes) -> None:
    """No damaged body is valid JSON, whatever the reply was."""
    with pytest.raises(json.JSONDecodeError):
        json.loads(malformed(Reply(status=200, body=body)).body)


def test_hang(server: Live) -> None:
    """No byte arrives, and other clients get their replies."""
    commit(server, "hang")
    with server.connect(seconds=0.3) as connection:
        connection.send(GET)
        with pytest.raises(TimeoutError):
            connection.rest()
    server.engine.answer = lambda request: REPLY

    assert 200 == server.exchange(GET).status


@pytest.mark.parametrize(("chunks", "over"), [(1, 0.3), (4, 0.3), (1000, 0.05)])
def test_dribble(server: Live, chunks: int, over: float) -> None:
    """The body arrives completely, in chunks over the configured time, and the connection stays open."""
    commit(server, "dribble", chunks=chunks, over=over)
    with server.connect() as connection:
        for _ in range(2):
            connection.send(GET)
            started = time.monotonic()
            reply = connection.receive()

            assert (200, BODY) == (reply.status, reply.body)
            assert chunks == 1 or time.monotonic() - started >= over * 0.9


def test_a_delayed_fault(server: Live) -> None:
    """A delay comes before the fault."""
    commit(server, "empty_reply", delay=0.3)
    with server.connect() as connection:
        started = time.monotonic()
        connection.send(GET)
        connection.rest()

    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("kind", [*WIRE_FAULTS, "malformed_json", "dribble"])
def test_a_fault_behind_a_good_reply(server: Live, kind: str) -> None:
    """With pipelining, the reply to the request before the fault arrives."""
    server.engine.answer = lambda request: (
        Reply(status=200, body=b"good", delay=0.05) if request.path == "/good" else Fault(kind=kind, reply=REPLY)
    )
    with server.connect() as connection:
        connection.send(GET.replace(b"/x", b"/good") + GET)

        assert b"good" == connection.receive().body


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("connection_reset", ConnectionResetError),
        ("empty_reply", ConnectionAbortedError),
        ("truncated_body", ConnectionAbortedError),
        ("hang", TimeoutError),
    ],
)
def test_a_fault_in_process(kind: str, error: type[Exception]) -> None:
    """Without a socket, under httpx.ASGITransport, a fault raises the error that a socket would raise."""
    engine = EchoEngine()
    engine.answer = lambda request: Fault(kind=kind, reply=REPLY)

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(engine=engine))) as client:
            await client.get("http://mock/x")

    with pytest.raises(error, match=f"fault {kind}"):
        asyncio.run(ask())


@pytest.mark.parametrize("kind", ["malformed_json", "dribble"])
def test_a_damaged_reply_in_process(kind: str) -> None:
    """Faults that need no socket work under httpx.ASGITransport too."""
    engine = EchoEngine()
    engine.answer = lambda request: Fault(kind=kind, reply=REPLY, chunks=3)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(engine=engine))) as client:
            return await client.get("http://mock/x")

    response = asyncio.run(ask())

    assert 200 == response.status_code
    assert (kind == "dribble") == (response.content == BODY)
