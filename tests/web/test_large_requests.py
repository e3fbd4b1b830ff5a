"""Promise 16, the event loop is never blocked: large requests are checked in a thread, and read in limited steps."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest

from mockserver.contract import Contract, Understood
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.errors import Refusal
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.server import BackgroundServer
from mockserver.server.http_protocol import HttpProtocol
from mockserver.server.received_data import ReceivedData
from mockserver.settings import Settings
from mockserver.stripe.stripe_api import MAX_BODY
from mockserver.stripe.stripe_request import FORM
from mockserver.web import create_app
from mockserver.web.large_requests import LARGE

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
FILLER = '"filler":"' + "x" * LARGE + '"'
FIELDS = {"wb-key": "k", "content-type": "application/json"}


@pytest.fixture(name="engine")
def _engine() -> Engine:
    return load_engine(Settings(seed=1))


@pytest.fixture(name="client")
def _client(engine: Engine) -> Iterator[httpx.Client]:
    """A client of a server with the engine."""
    with BackgroundServer(create_app(engine=engine)) as server, httpx.Client(base_url=server.url) as client:
        yield client


def test_promise_16_others_are_answered_while_a_large_request_is_checked(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is answered while the check of a large one, sent before it, has not ended."""
    begun, end = Event(), Event()
    read_ahead = Contract.read_ahead

    def slow(contract: Contract, request: Request) -> Understood | Refusal:
        begun.set()
        assert end.wait(60)
        return read_ahead(contract, request)

    monkeypatch.setattr(Contract, "read_ahead", slow)
    valid = '{"operation":"add_method","address":true}'
    with ThreadPoolExecutor() as pool:
        large = pool.submit(httpx.post, str(client.base_url.join(PATH)), content=f"{{{FILLER}}}", headers=FIELDS)
        try:
            assert begun.wait(60)
            assert 200 == client.post(PATH, content=valid, headers=FIELDS, timeout=60).status_code
            assert not large.done()
        finally:
            end.set()
        assert 400 == large.result().status_code


@pytest.mark.parametrize("path", ["/__mock/journal", "/__mock/events"])
def test_promise_16_others_are_answered_while_a_large_entry_is_written(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A request is answered while the secrets in a large entry of the journal are not all hidden yet."""
    begun, end = Event(), Event()
    as_json = Entry.as_json

    def slow(entry: Entry) -> dict[str, Any]:
        begun.set()
        assert end.wait(60)
        return as_json(entry)

    assert 400 == client.post(PATH, content=f"{{{FILLER}}}", headers=FIELDS).status_code
    monkeypatch.setattr(Entry, "as_json", slow)
    with ThreadPoolExecutor() as pool:

        def first_piece() -> str:
            with httpx.stream("GET", str(client.base_url.join(path)), headers={"Last-Event-ID": "0"}) as reply:
                return next(reply.iter_text())

        listing = pool.submit(first_piece)
        try:
            assert begun.wait(60)
            assert 404 == client.get("/unknown", timeout=60).status_code
            assert not listing.done()
        finally:
            end.set()
        assert "filler" in listing.result()


LARGE_REQUESTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "valid": (PATH, f'{{"operation":"add_method","address":true,{FILLER}}}', FIELDS),
    "violations": (PATH, f"{{{FILLER}}}", FIELDS),
    "an array": (PATH, f"[{'1,' * LARGE}1]", FIELDS),
    "malformed": (PATH, f"{{{FILLER}", FIELDS),
    "no key": (PATH, f"{{{FILLER}}}", {"content-type": "application/json"}),
    "a long header": (PATH, "{}", FIELDS | {"x": "x" * LARGE}),
    "a wrong media type": (PATH, f"{{{FILLER}}}", FIELDS | {"content-type": "text/plain"}),
    "an unknown path": ("/unknown", f"{{{FILLER}}}", FIELDS),
}


@pytest.mark.parametrize("name", LARGE_REQUESTS)
def test_large_requests_are_answered_like_others(client: httpx.Client, name: str) -> None:
    """The reply to a large request is the one that the engine gives without a thread."""
    path, body, fields = LARGE_REQUESTS[name]
    reply = client.post(path, content=body, headers=fields)
    sent = Request(method="POST", path=path, headers=Headers(reply.request.headers.items()), body=body.encode())
    expected = load_engine(Settings(seed=1)).handle(sent)

    assert isinstance(expected, Reply)
    assert (expected.status, expected.body) == (reply.status_code, reply.content)


def test_promise_16_bodies_of_stripe_calls_have_a_limit(client: httpx.Client) -> None:
    """A call of Stripe's API with a body of the limit is read; a longer one is refused, and the limit is named."""
    path, fields = "/v1/setup_intents/seti_1/confirm", {"content-type": FORM, "authorization": "Bearer pk_test_1"}
    replies = [client.post(path, content="%" * length, headers=fields) for length in (MAX_BODY, MAX_BODY + 1)]

    assert [False, True] == [reply.status_code == 413 for reply in replies]
    assert "65536 bytes" in replies[1].text


def test_small_requests_need_no_thread(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request of the usual size is checked at once."""
    monkeypatch.delattr(Contract, "read_ahead")

    assert 400 == client.post(PATH, content="{}", headers=FIELDS).status_code


CHUNKED = (
    f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nwb-key: k\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
).encode()
BODIES = {
    "empty lines": b"40000\r\n" + b"\r\n" * 0x20000 + b"\r\n0\r\n\r\n",
    "chunks with an empty line": b"4\r\n\r\n\r\n\r\n" * 30_000 + b"0\r\n\r\n",
    "chunks of one byte": b"1\r\nx\r\n" * 40_000 + b"0\r\n\r\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_promise_16_data_is_read_in_limited_steps(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """However a body in chunks is written, the parser gets at most 200 pieces and 80 KB in a turn of the event loop."""
    turns: list[list[int]] = []
    read: Callable[[Any, bytes], None] = HttpProtocol._read  # a turn cannot be seen from outside
    feed: Callable[[Any, bytes], None] = HttpProtocol._feed  # see above

    def counted_read(protocol: Any, data: bytes) -> None:
        turns.append([])
        read(protocol, data)

    def counted_feed(protocol: Any, piece: bytes) -> None:
        turns[-1].append(len(piece))
        feed(protocol, piece)

    monkeypatch.setattr(HttpProtocol, "_read", counted_read)
    monkeypatch.setattr(HttpProtocol, "_feed", counted_feed)
    data = CHUNKED + BODIES[name]
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60) as connection:
        connection.sendall(data)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"malformed-body" in received
    assert len(data) == sum(map(sum, turns))
    assert 200 >= max(map(len, turns))
    assert 80_000 >= max(map(sum, turns))


@pytest.mark.parametrize("offset", range(-4, 5))
def test_pieces_of_a_body_do_not_split_an_empty_line(offset: int) -> None:
    """Long data of a body in chunks is divided, but never inside an empty line, where a message can end."""
    received = ReceivedData()
    received.begin_body([])
    data = b"x" * (16 * 1024 + offset) + b"\r\n\r\n" + b"GET"
    pieces, start = [], 0
    while start < len(data):
        pieces.append(received.piece(data, start))
        start += len(pieces[-1])

    assert data == b"".join(pieces)
    assert b"GET" == pieces[-1]
    assert pieces[-2].endswith(b"\r\n\r\n")
