"""HTTP/1.1 on a socket: which requests are served, in which order, and which are rejected."""

from __future__ import annotations

import socket
import time
from select import select

import pytest

from mockserver.messages import Reply
from mockserver.server.sockets import listen
from tests.support.live import Live

GET = b"GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /v1/things HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(POST + b"Content-Length: 5\r\n\r\n", b"hello", id="length"),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n", b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", id="chunked"
        ),
        pytest.param(b"POST /v1/things HTTP/1.0\r\nContent-Length: 5\r\n\r\n", b"hello", id="HTTP/1.0"),
        pytest.param(
            POST.replace(b"/v1", b"HTTP://localhost/v1") + b"Content-Length: 5\r\n\r\n", b"hello", id="absolute"
        ),
    ],
)
@pytest.mark.parametrize("packets", ["one", "byte by byte"])
def test_a_body_arrives(server: Live, head: bytes, body: bytes, packets: str) -> None:
    """A request is read completely, in one packet or byte by byte."""
    with server.connect() as connection:
        if packets == "byte by byte":
            for byte in head + body:
                connection.send(bytes([byte]))
        else:
            connection.send(head + body)
        reply = connection.receive()

    assert (200, "/v1/things", "hello") == (reply.status, reply.json()["path"], reply.json()["body"])


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        pytest.param(b"/a%2Fb/c", "/a%2Fb/c", "", id="encoded slash"),
        pytest.param(b"/a//b/", "/a//b/", "", id="empty segments"),
        pytest.param(b"//evil/b", "//evil/b", "", id="two slashes first"),
        pytest.param(b"/a/../b/./c", "/a/../b/./c", "", id="dots"),
        pytest.param(b"/a?x=%20&y=?z", "/a", "x=%20&y=?z", id="query"),
        pytest.param(b"/%00%ff%zz", "/%00%ff%zz", "", id="invalid escapes"),
        pytest.param(b"http://localhost:1", "/", "", id="absolute without a path"),
        pytest.param(b"http://localhost?x", "/", "x", id="absolute with a query only"),
        pytest.param(b"/a#b", "/a", "", id="fragment"),
    ],
)
def test_the_target_arrives_as_it_was_sent(server: Live, target: bytes, path: str, query: str) -> None:
    """The path keeps its percent-encoding; nothing is normalised."""
    reply = server.exchange(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert (200, path, query) == (reply.status, reply.json()["path"], reply.json()["query"])


@pytest.mark.parametrize("packets", ["one", "again", "byte by byte"])
def test_whitespace_around_a_value(server: Live, packets: str) -> None:
    """It is no part of the value (RFC 9110, section 5.5). Whitespace within the value is."""
    request = b"GET /x HTTP/1.1\r\nHost: localhost \t\r\nX-A:\t a \t b\t \r\nX-B:  \r\n\r\n"
    with server.connect() as connection:
        if packets == "byte by byte":
            for byte in request:
                connection.send(bytes([byte]))
        else:
            connection.send(request)
        if packets == "again":
            connection.receive()
            connection.send(request)
        reply = connection.receive()
    headers = dict(reply.json()["headers"])

    assert (200, "localhost", "a \t b", "") == (reply.status, headers["host"], headers["x-a"], headers["x-b"])


def test_the_absolute_form_decides_the_host(server: Live) -> None:
    """The authority of the target replaces the Host header, also in the check of the host (RFC 9112, section 3.2.2)."""
    reply = server.exchange(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert (400, "bad-host") == (reply.status, reply.kind)


def test_keep_alive(server: Live) -> None:
    """One connection carries several requests in sequence."""
    with server.connect() as connection:
        statuses = []
        for _ in range(3):
            connection.send(POST + b"Content-Length: 2\r\n\r\n{}")
            statuses.append(connection.receive().status)

    assert [200, 200, 200] == statuses


def test_small_replies_are_not_held_back(server: Live) -> None:
    """Head and body arrive together. Nagle's algorithm, which would delay further packets, is disabled."""
    with server.connect() as connection:
        for _ in range(20):
            connection.send(GET)
            head, _, body = connection.socket.recv(65536).partition(b"\r\n\r\n")
            assert b"content-length: %d" % len(body) in head
    # asyncio disables the algorithm only for sockets that are known to be TCP.
    (listener,) = listen("127.0.0.1", 0)
    with listener:
        assert socket.IPPROTO_TCP == listener.proto


def test_pipelining(server: Live) -> None:
    """Pipelined requests are answered in order, also after a slow one."""
    server.engine.answer = lambda request: Reply(
        status=200, body=request.path.encode(), delay=0.1 if request.path == "/0" else 0.0
    )
    with server.connect() as connection:
        connection.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(200)))
        bodies = [connection.receive().body for _ in range(200)]

    assert [b"/%d" % number for number in range(200)] == bodies


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(b"GET / HTTP/1.0\r\n\r\n", id="HTTP/1.0"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", id="Connection: close"),
    ],
)
def test_the_connection_ends(server: Live, request_: bytes) -> None:
    """The connection is closed if the client asks for it, and the reply says so."""
    with server.connect() as connection:
        connection.send(request_)
        reply = connection.receive()

        assert (200, "close") == (reply.status, reply.headers["connection"])
        assert b"" == connection.rest()


def test_a_half_closed_connection_is_still_answered(server: Live) -> None:
    """A client such as `nc -N` closes its half of the connection after the request and still gets the reply."""
    with server.connect() as connection:
        connection.send(GET)
        connection.socket.shutdown(1)

        assert 200 == connection.receive().status


def test_head_has_no_body(server: Live) -> None:
    """The reply to HEAD has no body, and the next request on the connection is answered."""
    with server.connect() as connection:
        connection.send(GET.replace(b"GET", b"HEAD") + GET)
        reply = connection.receive(has_body=False)

        assert (200, True) == (reply.status, int(reply.headers["content-length"]) > 0)
        assert "GET" == connection.receive().json()["method"]


def test_headers_of_the_server(server: Live) -> None:
    """A reply has the headers Date and Content-Length, those that keep scripts from running, and no Server."""
    headers = server.exchange(GET).headers

    guards = {"content-security-policy", "x-content-type-options"}
    assert {"content-type", "content-length", "date", *guards} == set(headers)


def test_100_continue(server: Live) -> None:
    """A client that sends Expect: 100-continue is asked to send the body."""
    with server.connect() as connection:
        connection.send(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        interim = connection.receive()
        connection.send(b"hello")

        assert (100, "hello") == (interim.status, connection.receive().json()["body"])


def test_http_1_0_has_no_100_continue(server: Live) -> None:
    """HTTP/1.0 gets no interim reply (RFC 9110, section 10.1.1)."""
    with server.connect() as connection:
        connection.send(b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        time.sleep(0.05)
        connection.send(b"hello")

        assert 200 == connection.receive().status


@pytest.mark.parametrize(
    "trailer", [pytest.param(b"Host: evil.example", id="Host"), pytest.param(b"wb-key: other", id="credential")]
)
def test_trailer_fields_are_ignored(server: Live, trailer: bytes) -> None:
    """The fields after a chunked body are not header fields."""
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + trailer + b"\r\n\r\n"
    reply = server.exchange(chunked)

    assert 200 == reply.status
    assert [["host", "localhost"], ["transfer-encoding", "chunked"]] == reply.json()["headers"]


MALFORMED = [
    pytest.param(b"nonsense\r\n\r\n", 400, id="nonsense"),
    pytest.param(b"FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="unknown method"),
    pytest.param(b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="byte above 0x7F"),
    pytest.param("GET /é HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 400, id="UTF-8"),
    pytest.param(b"GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="control character"),
    pytest.param(b"GET things HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="no path"),
    pytest.param(b"GET ?x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="query only"),
    pytest.param(b"GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="other scheme"),
    pytest.param(b"GET http:///x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="no authority"),
    pytest.param(b"GET http://a@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="user information"),
    pytest.param(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="asterisk"),
    pytest.param(b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, id="CONNECT"),
    pytest.param(b"GET /\r\n\r\n", 505, id="HTTP/0.9"),
    pytest.param(b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, id="HTTP/2.0 in a request line"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, id="HTTP/2 preface"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, id="TLS"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n", 400, id="folded header"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n", 400, id="space before the colon"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n", 400, id="NUL in a header"),
    pytest.param(b"GET / HTTP/1.1\nHost: localhost\n\n", 400, id="bare LF"),
    pytest.param(POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400, id="two lengths"),
    pytest.param(POST + b"Content-Length: +1\r\n\r\n{}", 400, id="signed length"),
    pytest.param(POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}", 400, id="length beyond 64 bits"),
    pytest.param(POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400, id="length and chunked"),
    pytest.param(POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400, id="chunked not last"),
    pytest.param(POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, id="unknown coding"),
    pytest.param(
        POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, id="two codings"
    ),
    pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, id="no chunk size"),
    pytest.param(GET[:-2] + b"A: " + b"a" * 200_000, 431, id="endless header"),
    pytest.param(GET[:-2] + b"A: b\r\n" * 40_000, 431, id="endless headers"),
    pytest.param(b"GET /" + b"a" * 300_000, 431, id="endless target"),
]


@pytest.mark.parametrize(("data", "status"), MALFORMED)
def test_malformed_http(server: Live, data: bytes, status: int) -> None:
    """Malformed data gets a problem document, and the connection is closed."""
    with server.connect() as connection:
        connection.send(data)
        reply = connection.receive()
        rest = connection.rest()

    assert (status, b"") == (reply.status, rest)
    assert "application/problem+json" == reply.headers["content-type"]
    assert status == reply.json()["status"]
    assert [] == [request for request in server.engine.requests if request.method != "POST"]


def test_accepted_requests_are_answered_before_malformed_data(server: Live) -> None:
    """Malformed data after valid requests is rejected after their replies."""
    server.engine.answer = lambda request: Reply(status=200, body=b"slow", delay=0.1)
    with server.connect() as connection:
        connection.send(GET + GET + b"nonsense\r\n\r\n")
        statuses = [connection.receive().status for _ in range(3)]

    assert [200, 200, 400] == statuses


def test_a_malformed_body_after_a_valid_request(server: Live) -> None:
    """A pipelined request with a malformed body is rejected; the request before it is answered."""
    server.engine.answer = lambda request: Reply(status=200, body=request.method.encode(), delay=0.1)
    with server.connect() as connection:
        connection.send(GET + POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        replies = [connection.receive() for _ in range(2)]

    assert [200, 400] == [reply.status for reply in replies]
    assert ["GET"] == [request.method for request in server.engine.requests]


def test_a_client_that_disconnects(server: Live) -> None:
    """A request whose connection closes before the end of the body is not handled."""
    with server.connect() as connection:
        connection.send(POST + b"Content-Length: 5\r\n\r\nhe")
        time.sleep(0.05)
    server.exchange(GET)

    assert ["GET"] == [request.method for request in server.engine.requests]


def test_a_delay_does_not_block_other_requests(server: Live) -> None:
    """While one reply is delayed, other requests are answered."""
    server.engine.answer = lambda request: Reply(status=200, delay=60 if request.path == "/slow" else 0.0)
    with server.connect() as slow:
        slow.send(GET.replace(b"/v1/things", b"/slow"))

        assert 200 == server.exchange(GET).status
        assert ([], [], []) == select([slow.socket], [], [], 0)
