"""Promise 13, bounded: the limits for the head of a request, and for what surrounds the content of a body.

They count real bytes, however a client splits its data into packets and whatever it sends before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import httptools
import pytest

from mockserver.server import BackgroundServer
from mockserver.server.received_data import MAX_HEAD, ReceivedData
from mockserver.web import Receive, Scope, Send, create_app
from tests.support.echo_engine import EchoEngine
from tests.support.raw import RawConnection

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def post(body: bytes) -> bytes:
    """A request whose body has a length."""
    return POST + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunks(*contents: bytes, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    """A request whose body has chunks."""
    framed = [b"%x%b\r\n%b\r\n" % (len(content), extension, content) for content in contents]
    return b"".join([CHUNKED, *framed, b"0\r\n", trailers, b"\r\n"])


def long_target(size: int) -> bytes:
    return GET.replace(b"/", b"/" + b"a" * (size - len(GET)), 1)


def long_value(size: int) -> bytes:
    start, end = GET[:-2] + b"A: ", b"\r\n\r\n"
    return start + b"a" * (size - len(start) - len(end)) + end


def long_space(size: int) -> bytes:
    start, end = GET[:-2] + b"A:", b"a\r\n\r\n"
    return start + b" " * (size - len(start) - len(end)) + end


def many_fields(size: int) -> bytes:
    start = GET[:-2] + b"B: %b\r\n" * 100 % ((b"b" * 600,) * 100)
    return start + b"A: " + b"a" * (size - len(start) - 7) + b"\r\n\r\n"


def leading_lines(size: int) -> bytes:
    lines = b"\r\n" * ((size - len(GET)) // 2)
    return lines + GET.replace(b"/", b"/" + b"a" * (size - len(lines) - len(GET)), 1)


def long_head_of_a_body(size: int) -> bytes:
    start, end = POST + b"Content-Length: 3\r\nA: ", b"\r\n\r\n"
    return start + b"a" * (size - len(start) - len(end)) + end + b"abc"


HEADS: dict[str, Callable[[int], bytes]] = {
    "a long target": long_target,
    "a long value": long_value,
    "spaces before a value": long_space,
    "many fields": many_fields,
    "empty lines before the head": leading_lines,
    "a request with a body": long_head_of_a_body,
}
# What the client sends before, and how many replies it gets for it.
BEFORE: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 0),
    "requests": (GET * 3, 3),
    "a long body": (post(b"a" * 100_000), 1),
    "a body of line ends": (post(b"\r\n" * 50_001), 1),
    "a body that ends with half an empty line": (post(b"a" * 70_000 + b"\r\n\r"), 1),
    "a body in chunks": (chunks(b"a" * 50_000, b"\r\n\r\n" * 10_000, b"0\r\n\r\n"), 1),
    "a body in chunks with trailer fields": (chunks(b"a" * 70_000, extension=b";a=b", trailers=b"T: v\r\n"), 1),
    "an offer to upgrade": (GET[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 1),
}
# Where the data is cut into packets; a negative place counts from the end.
SPLITS: dict[str, tuple[int, ...]] = {
    "one packet": (),
    "in the head": (-MAX_HEAD // 2,),
    "before the last byte": (-1,),
    "in the empty line": (-3, -2, -1),
    "at its beginning": (1, 10, 100),
}


@pytest.fixture(scope="module", params=["fast path", "ASGI"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server, with the fast path and without it."""
    app = create_app(engine=EchoEngine())

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    with ExitStack() as stack:
        yield stack.enter_context(BackgroundServer(app if request.param == "fast path" else plain)).url


def statuses(url: str, data: bytes, count: int, cuts: tuple[int, ...] = ()) -> list[int]:
    """The statuses of so many replies to data that is sent in packets."""
    places = sorted({len(data) + cut if cut < 0 else cut for cut in cuts} | {0, len(data)})
    with RawConnection(url) as connection:
        for start, end in pairwise(places):
            connection.send(data[start:end])
            if end < len(data):
                time.sleep(0.01)
        return [connection.receive().status for _ in range(count)]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("before", BEFORE)
def test_promise_13_the_limit_does_not_depend_on_packets(url: str, before: str, split: str) -> None:
    """A head of exactly the limit is accepted, and one byte more is rejected with 431."""
    data, count = BEFORE[before]
    fitting = statuses(url, data + long_value(MAX_HEAD), count + 1, SPLITS[split])
    exceeding = statuses(url, data + long_value(MAX_HEAD + 1), count + 1, SPLITS[split])

    assert [200] * count + [200] == fitting
    assert [200] * count + [431] == exceeding


@pytest.mark.parametrize("shape", HEADS)
def test_promise_13_every_byte_of_a_head_counts(url: str, shape: str) -> None:
    """The limit is the same wherever in the head the bytes are, and whatever follows."""
    for rest, count in ((b"", 0), (GET, 1), (post(b"a" * 100_000), 1)):
        fitting, exceeding = HEADS[shape](MAX_HEAD), HEADS[shape](MAX_HEAD + 1)

        assert [200] * (count + 1) == statuses(url, fitting + rest, count + 1)
        assert [431] == statuses(url, exceeding + rest, 1)


def test_half_a_head_after_a_long_body(url: str) -> None:
    """A head whose first half comes in the same packet as a long body is accepted."""
    with RawConnection(url) as connection:
        connection.send(post(b"a" * 100_000) + GET[:10])
        first = connection.receive().status
        connection.send(GET[10:])

        assert [200, 200] == [first, connection.receive().status]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"\r\n" * (MAX_HEAD // 2 + 1), 431, id="endless empty lines"),
        pytest.param(chunks(b"abc", extension=b";" + b"a" * (MAX_HEAD - 100)), 200, id="a long extension"),
        pytest.param(chunks(b"abc", extension=b";" + b"a" * (MAX_HEAD + 100)), 431, id="an endless extension"),
        pytest.param(CHUNKED + b"3;" + b"a" * (MAX_HEAD + 100), 431, id="an extension that does not end"),
        pytest.param(chunks(*[b"abc"] * 700, extension=b";" + b"a" * 150), 431, id="many extensions"),
        pytest.param(chunks(*[b"a"] * 30_000), 200, id="many short chunks"),
        pytest.param(chunks(b"abc", trailers=b"A: " + b"a" * (MAX_HEAD - 100) + b"\r\n"), 200, id="a long trailer"),
        pytest.param(chunks(b"abc", trailers=b"A: " + b"a" * (MAX_HEAD + 100) + b"\r\n"), 431, id="an endless trailer"),
        pytest.param(chunks(b"abc", trailers=b"A: b\r\n" * (MAX_HEAD // 5)), 431, id="endless trailers"),
        pytest.param(POST + b"Content-Length: 90000\r\n\r\n" + b"\r\n\r\n" * 22_500, 200, id="a body of line ends"),
    ],
)
def test_promise_13_what_surrounds_the_content_is_limited(url: str, data: bytes, status: int) -> None:
    """Empty lines, chunk extensions and trailer fields are limited as well; many short chunks are accepted."""
    assert [status] == statuses(url, data, 1)


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("length", [1, 2, 3, 5, 7, 57, 58, 64, 4095, 4099, 65_537])
def test_sizes_are_exact_in_packets_of_every_length(before: str, length: int) -> None:
    """Right after a head, nothing is counted that belongs to another message."""
    sizes: list[int] = []
    received = ReceivedData()

    class Callbacks:
        on_body = staticmethod(lambda body: received.add_content(len(body)))
        on_chunk_header = staticmethod(received.add_chunk)
        on_message_complete = staticmethod(received.end_body)

        def __init__(self) -> None:
            self.headers: list[tuple[bytes, bytes]] = []

        def on_header(self, name: bytes, value: bytes) -> None:
            self.headers.append((name.lower(), value))

        def on_headers_complete(self) -> None:
            sizes.append(received.size)
            received.begin_body(self.headers)
            self.headers = []

    data, _ = BEFORE["requests" if before == "an offer to upgrade" else before]
    # A body may contain what looks like the end of a head.
    data += POST + b"Content-Length: 5\r\n\r\nab\r\n\r" + POST + b"Content-Length: 3\r\n\r\nabc"
    data += long_value(1000) + GET + long_value(5000)
    parser = httptools.HttpRequestParser(Callbacks())
    for packet in (data[start : start + length] for start in range(0, len(data), length)):
        if received.starts_with_head(packet):
            parser.feed_data(packet)
            continue
        start = 0
        while start < len(packet):
            piece = received.piece(packet, start)
            start += len(piece)
            parser.feed_data(piece)

    assert [1000, len(GET), 5000] == sizes[-3:]
