"""Promise 1 for the HTTP server: no input causes an internal error."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import generated
from tests.support.live import Live

FIELDS = ["Host", "Origin", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Expect", "Cookie", "X"]
TOKENS = [
    "localhost",
    "chunked",
    "0",
    "2",
    "close",
    "Upgrade",
    "h2c",
    "100-continue",
    "null",
    "http://localhost",
    "a=b",
]

values = st.one_of(st.sampled_from(TOKENS), st.text(st.characters(max_codepoint=255), max_size=20)).map(
    lambda text: text.encode("latin-1")
)
fields = st.lists(st.tuples(st.sampled_from(FIELDS).map(str.encode), values), max_size=6)
targets = st.one_of(
    st.sampled_from([b"/", b"/x?y", b"*", b"http://localhost/x", b"/__mock/health", b"/%", b"//", b"x:1"]),
    st.binary(max_size=20),
)
methods = st.sampled_from([b"GET", b"POST", b"HEAD", b"OPTIONS", b"CONNECT", b"TRACE", b"PRI", b"FOO", b"M-SEARCH"])
versions = st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.2", b"RTSP/1.0", b""])
bodies = st.one_of(st.sampled_from([b"", b"{}", b"0\r\n\r\n", b"2\r\n{}\r\n0\r\nA: b\r\n\r\n"]), st.binary(max_size=50))


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Random bytes in the form of a request."""
    line = b"%b %b %b\r\n" % (draw(methods), draw(targets), draw(versions))
    head = b"".join(b"%b: %b\r\n" % field for field in draw(fields))
    return line + head + b"\r\n" + draw(bodies)


# All cases use the same server, so that a case must not disturb the next one.
@generated(1 / 10)
@given(data=st.lists(requests(), min_size=1, max_size=3).map(b"".join), cut=st.integers(0, 200))
def test_noise(server: Live, data: bytes, cut: int) -> None:
    """No input causes a status of 500, and the server continues to serve."""
    with server.connect() as connection:
        try:
            connection.send(data[:cut])
            connection.send(data[cut:])
            connection.socket.shutdown(1)
            answer = connection.rest()
        except OSError:
            # The server closed the connection during the request.
            answer = b""

    statuses = {int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)}
    assert set() == statuses - {100, 200, 204, 400, 403, 404, 405, 413, 431, 501, 505}
    assert 200 == server.exchange(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").status
