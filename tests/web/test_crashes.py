"""Bugs in the mock: the client sees an internal error, the log shows the traceback without secrets."""

from __future__ import annotations

import json
import logging

import pytest

from mockserver.messages import Reply, Request
from tests.support.live import Live

SECRETS = ["api_key_hidden", "a-session", "seti_abc_secret_hidden", "4242424242424242", "plain-key"]
POST = (
    b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nwb-key: api_key_hidden\r\nAuthorization: Bearer plain-key\r\n"
    b"Cookie: app-session=a-session\r\nContent-Length: 2\r\n\r\n{}"
)


def crash(request: Request) -> Reply:
    raise RuntimeError(f"unexpected {request.headers.pairs} {SECRETS}")


def test_a_crash_is_an_internal_error(one_server: Live, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a problem document, the log a traceback, and the connection stays open."""
    one_server.engine.answer = crash
    with caplog.at_level(logging.WARNING), one_server.connect() as connection:
        connection.send(POST)
        first = connection.receive()
        connection.send(POST)
        second = connection.receive()

    assert [500, 500] == [first.status, second.status]
    assert ("application/problem+json", "internal-error") == (first.headers["content-type"], first.kind)
    assert {"type", "title", "status", "detail"} == set(json.loads(first.body))
    assert "POST /v1/x met a bug" in caplog.text
    assert "RuntimeError: unexpected" in caplog.text
    assert [] == [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize("status", [0, 100, 199, 600, 1000])
def test_an_invalid_status(one_server: Live, status: int) -> None:
    """A reply with an invalid status is an internal error, and nothing of it is sent."""
    one_server.engine.answer = lambda request: Reply(status=status)

    assert 500 == one_server.exchange(POST).status


OF_THE_SERVER = {"date", "content-length", "content-security-policy", "x-content-type-options"}


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        pytest.param(("X-A", "b"), {"x-a": "b"}, id="plain"),
        pytest.param(("X-A", "b\r\nX-B: c"), {"x-a": "b  X-B: c"}, id="line break"),
        pytest.param(("X-A", "b\x00\x7f"), {"x-a": "b"}, id="control characters"),
        pytest.param(("X-A", "é"), {"x-a": "Ã©"}, id="UTF-8"),
        pytest.param(("X-A", "\ud800"), {"x-a": "?"}, id="lone surrogate"),
        pytest.param(("X A", "b"), {}, id="no name"),
        pytest.param(("", "b"), {}, id="empty name"),
        pytest.param(("Content-Length", "99"), {}, id="another length"),
        pytest.param(("Transfer-Encoding", "chunked"), {}, id="another framing"),
        pytest.param(("Connection", "close"), {"connection": "close"}, id="Connection"),
    ],
)
def test_invalid_headers(one_server: Live, pair: tuple[str, str], expected: dict[str, str]) -> None:
    """A header of a reply can neither break the message nor add another header."""
    one_server.engine.answer = lambda request: Reply(status=200, headers=(pair,), body=b"{}")
    reply = one_server.exchange(POST)

    assert (200, b"{}") == (reply.status, reply.body)
    assert expected == {name: value for name, value in reply.headers.items() if name not in OF_THE_SERVER}


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(one_server: Live, status: int) -> None:
    """A body that HTTP does not allow is not sent, and the next request is answered."""
    one_server.engine.answer = lambda request: Reply(status=status, body=b"unwanted")
    with one_server.connect() as connection:
        connection.send(POST + POST)
        statuses = [connection.receive().status for _ in range(2)]

    assert [status, status] == statuses


def test_a_reply_decides_its_own_cors(one_server: Live) -> None:
    """The CORS headers of a scenario replace those of the server."""
    one_server.engine.answer = lambda request: Reply(
        status=200, headers=(("Access-Control-Allow-Origin", "x"), ("Vary", "A"))
    )
    reply = one_server.exchange(POST.replace(b"wb-key:", b"Origin: http://localhost\r\nwb-key:"))

    assert ("x", "A, Origin") == (reply.headers["access-control-allow-origin"], reply.headers["vary"])
