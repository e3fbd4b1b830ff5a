"""Offers to upgrade, which some clients send with their first request, get a reply over HTTP/1.1."""

from __future__ import annotations

import logging

import pytest

from tests.support.live import Live

BODY = b'{"operation":"add_method"}'
AFTER = b"GET /after HTTP/1.1\r\nHost: localhost\r\n\r\n"

OFFERS = [
    pytest.param(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", id="h2c"),
    pytest.param(b"connection: upgrade\r\nupgrade: H2C\r\n", id="lower case"),
    pytest.param(b"Upgrade: h2c\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n", id="two Connection fields"),
    pytest.param(
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n",
        id="websocket",
    ),
    pytest.param(b"Connection: Upgrade\r\nUpgrade: TLS/1.3, h2c\r\n", id="several"),
]
BODIES = [
    pytest.param((b"Content-Length: %d" % len(BODY), BODY), id="length"),
    pytest.param((b"Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)), id="chunked"),
]


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("framed", BODIES)
@pytest.mark.parametrize("packets", ["one", "head and body", "byte by byte"])
def test_an_offer_is_ignored_and_the_body_is_read(
    one_server: Live, offer: bytes, framed: tuple[bytes, bytes], packets: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The server ignores the offer, reads the body in any packets, keeps the connection open and logs nothing."""
    framing, body = framed
    head = b"POST /v1/things?x=1 HTTP/1.1\r\nHost: localhost\r\n" + offer + b"A: b\r\n" + framing + b"\r\n\r\n"
    with caplog.at_level(logging.DEBUG, logger="uvicorn"), one_server.connect() as connection:
        if packets == "one":
            connection.send(head + body + AFTER)
        elif packets == "head and body":
            connection.send(head)
            connection.send(body)
            connection.send(AFTER)
        else:
            for byte in head + body + AFTER:
                connection.send(bytes([byte]))
        first, second = connection.receive(), connection.receive()

    assert (200, 200) == (first.status, second.status)
    assert (BODY.decode(), "x=1", "/after") == (first.json()["body"], first.json()["query"], second.json()["path"])
    assert ["a", "b"] in first.json()["headers"]
    assert [] == [record for record in caplog.records if record.name.startswith(("uvicorn", "mockserver"))]


def test_many_offers_in_one_packet(one_server: Live) -> None:
    """Pipelined requests with offers are answered in order."""
    offer = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
    one = b"POST /%d HTTP/1.1\r\nHost: localhost\r\n" + offer + b"Content-Length: 2\r\n\r\n{}"
    two = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n" + offer + b"\r\n"
    with one_server.connect() as connection:
        connection.send(b"".join((one, two)[number % 2] % number for number in range(500)))
        paths = [connection.receive().json()["path"] for _ in range(500)]

    assert [f"/{number}" for number in range(500)] == paths


@pytest.mark.parametrize(
    ("extra", "statuses"),
    [
        pytest.param(b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", [100, 200], id="Expect"),
        pytest.param(b"Content-Length: 99999999\r\n\r\n", [413], id="too long"),
        pytest.param(b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", [400], id="malformed"),
        pytest.param(b"Host: evil.example\r\n\r\n", [400], id="two hosts"),
    ],
)
def test_an_offer_changes_no_other_rule(one_server: Live, extra: bytes, statuses: list[int]) -> None:
    """Every other rule applies to a request with an offer."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
    with one_server.connect() as connection:
        connection.send(head + extra + b"{}")
        received = [connection.receive().status for _ in statuses]

    assert statuses == received


@pytest.mark.parametrize(
    ("line", "status"),
    [
        pytest.param(b"GET http://localhost/x HTTP/1.1", 200, id="absolute form"),
        pytest.param(b"GET http://evil.example/x HTTP/1.1", 400, id="absolute form, refused host"),
        pytest.param(b"GET / HTTP/1.0", 200, id="HTTP/1.0"),
        pytest.param(b"GET / HTTP/1.1\r\nConnection: close", 200, id="Connection: close"),
        pytest.param(b"GET / HTTP/2.0", 505, id="HTTP/2.0"),
        pytest.param(b"GET http:///x HTTP/1.1", 400, id="no authority"),
        pytest.param(b"OPTIONS * HTTP/1.1", 400, id="asterisk"),
        pytest.param(b"CONNECT localhost:80 HTTP/1.1", 400, id="CONNECT"),
    ],
)
def test_an_offer_with_other_request_lines(one_server: Live, line: bytes, status: int) -> None:
    """Other request lines get the same status as without the offer."""
    data = line + b"\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    assert status == one_server.exchange(data).status
