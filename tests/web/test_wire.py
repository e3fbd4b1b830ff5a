"""HTTP/1.1 on the wire: what is served, in which order, and what is turned away."""

from __future__ import annotations

import time

import pytest

from mockserver.messages import Reply
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
    """A request is the same however its bytes come."""
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
        pytest.param(b"/%00%ff%zz", "/%00%ff%zz", "", id="what decodes to nothing good"),
        pytest.param(b"http://localhost:1", "/", "", id="absolute without a path"),
        pytest.param(b"http://localhost?x", "/", "x", id="absolute with a query only"),
        pytest.param(b"/a#b", "/a", "", id="fragment"),
    ],
)
def test_the_target_arrives_as_it_was_sent(server: Live, target: bytes, path: str, query: str) -> None:
    """The path keeps its percent-encoding; nothing is normalised."""
    reply = server.exchange(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert (200, path, query) == (reply.status, reply.json()["path"], reply.json()["query"])


def test_the_absolute_form_decides_the_host(server: Live) -> None:
    """RFC 9112, section 3.2.2: the authority of the target wins, also over the guard of the Host header."""
    reply = server.exchange(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert (400, "bad-host") == (reply.status, reply.kind)


def test_keep_alive(server: Live) -> None:
    """One connection carries one request after the other."""
    with server.connect() as connection:
        statuses = []
        for _ in range(3):
            connection.send(POST + b"Content-Length: 2\r\n\r\n{}")
            statuses.append(connection.receive().status)

    assert [200, 200, 200] == statuses


def test_small_replies_are_not_held_back(server: Live) -> None:
    """Head and body go out at once; with Nagle's algorithm, each reply would wait 40 ms for an acknowledgement."""
    durations = []
    with server.connect() as connection:
        for _ in range(20):
            started = time.monotonic()
            connection.send(GET)
            connection.receive()
            durations.append(time.monotonic() - started)

    assert sorted(durations)[10] < 0.035


def test_pipelining(server: Live) -> None:
    """Requests sent without waiting are answered in their order, also behind a slow one."""
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
    """Who wants no more gets no more, and is told."""
    with server.connect() as connection:
        connection.send(request_)
        reply = connection.receive()

        assert (200, "close") == (reply.status, reply.headers["connection"])
        assert b"" == connection.rest()


def test_a_client_that_says_no_more_is_still_answered(server: Live) -> None:
    """`nc -N` closes its half of the connection right after the request."""
    with server.connect() as connection:
        connection.send(GET)
        connection.socket.shutdown(1)

        assert 200 == connection.receive().status


def test_head_has_no_body(server: Live) -> None:
    """HEAD gets the head of the reply only, and the connection stays in step."""
    with server.connect() as connection:
        connection.send(GET.replace(b"GET", b"HEAD") + GET)
        reply = connection.receive(has_body=False)

        assert (200, True) == (reply.status, int(reply.headers["content-length"]) > 0)
        assert "GET" == connection.receive().json()["method"]


def test_what_the_server_says_of_itself(server: Live) -> None:
    """A Date, a length, and no Server."""
    headers = server.exchange(GET).headers

    assert {"content-type", "content-length", "date"} == set(headers)


def test_100_continue(server: Live) -> None:
    """A client that asks whether it may send its body is told to go on."""
    with server.connect() as connection:
        connection.send(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        asked = connection.receive()
        connection.send(b"hello")

        assert (100, "hello") == (asked.status, connection.receive().json()["body"])


def test_http_1_0_knows_no_100_continue(server: Live) -> None:
    """RFC 9110, section 10.1.1: no interim reply for HTTP/1.0."""
    with server.connect() as connection:
        connection.send(b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        time.sleep(0.05)
        connection.send(b"hello")

        assert 200 == connection.receive().status


@pytest.mark.parametrize(
    "trailer", [pytest.param(b"Host: evil.example", id="Host"), pytest.param(b"wb-key: other", id="credential")]
)
def test_trailers_are_no_headers(server: Live, trailer: bytes) -> None:
    """What trails a chunked body decides nothing."""
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
def test_what_is_not_http_is_a_problem(server: Live, data: bytes, status: int) -> None:
    """Always a problem document, after which the connection ends; never a 500, never silence."""
    with server.connect() as connection:
        connection.send(data)
        reply = connection.receive()
        rest = connection.rest()

    assert (status, b"") == (reply.status, rest)
    assert "application/problem+json" == reply.headers["content-type"]
    assert status == reply.json()["status"]
    assert [] == [request for request in server.engine.requests if request.method != "POST"]


def test_what_was_accepted_before_is_answered_first(server: Live) -> None:
    """Nonsense behind a good request does not overtake its reply."""
    server.engine.answer = lambda request: Reply(status=200, body=b"slow", delay=0.1)
    with server.connect() as connection:
        connection.send(GET + GET + b"nonsense\r\n\r\n")
        statuses = [connection.receive().status for _ in range(3)]

    assert [200, 200, 400] == statuses


def test_a_broken_body_behind_a_good_request(server: Live) -> None:
    """A pipelined request whose body breaks off is turned away, the one before it is answered."""
    server.engine.answer = lambda request: Reply(status=200, body=request.method.encode(), delay=0.1)
    with server.connect() as connection:
        connection.send(GET + POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        replies = [connection.receive() for _ in range(2)]

    assert [200, 400] == [reply.status for reply in replies]
    assert ["GET"] == [request.method for request in server.engine.requests]


def test_a_client_that_goes_is_forgotten(server: Live) -> None:
    """A body that breaks off with its connection leads to nothing."""
    with server.connect() as connection:
        connection.send(POST + b"Content-Length: 5\r\n\r\nhe")
        time.sleep(0.05)
    server.exchange(GET)

    assert ["GET"] == [request.method for request in server.engine.requests]


def test_a_delay_blocks_nobody_else(server: Live) -> None:
    """While one reply waits, others are sent."""
    server.engine.answer = lambda request: Reply(status=200, delay=0.5 if request.path == "/slow" else 0.0)
    with server.connect() as slow:
        started = time.monotonic()
        slow.send(GET.replace(b"/v1/things", b"/slow"))
        server.exchange(GET)
        between = time.monotonic() - started
        slow.receive()

        assert between < 0.4 <= time.monotonic() - started
