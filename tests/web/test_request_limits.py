"""Promise 16, the event loop is never blocked: reading a head takes time in proportion to its size, and is limited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import httpx
import pytest

from mockserver.messages import Headers, Request
from mockserver.parsing.accept_header import qualities
from mockserver.samples.content_negotiation import parse_preference
from mockserver.server import BackgroundServer
from mockserver.stripe.form_encoding import read_form
from mockserver.web import Receive, Scope, Send, create_app
from mockserver.web.request_head import MAX_COOKIES, MAX_FIELDS, MAX_PARAMETERS, HeadFields
from tests.support.echo_engine import EchoEngine
from tests.support.lines import lines_executed

Parts = tuple[list[tuple[str, str]], str]


def fields(count: int) -> Parts:
    """Different fields, of which one is repeated; Host is one as well."""
    return [("host", "localhost"), ("a", "1"), *[(f"x{number}", "1") for number in range(count - 3)], ("a", "2")], ""


def repeated(count: int) -> Parts:
    return [("host", "localhost"), *[("a", "1")] * (count - 1)], ""


def cookies(count: int) -> Parts:
    return [("host", "localhost"), ("cookie", "; ".join(["a=1"] * count))], ""


def cookie_fields(count: int) -> Parts:
    halves = (count // 2, count - count // 2)
    return [("host", "localhost"), *[("cookie", "; ".join(["a=1"] * half)) for half in halves]], ""


def parameters(count: int) -> Parts:
    return [("host", "localhost")], "&".join(["a"] * count)


LIMITS: dict[str, tuple[Callable[[int], Parts], int, int]] = {
    "different fields": (fields, MAX_FIELDS, 431),
    "a repeated field": (repeated, MAX_FIELDS, 431),
    "cookies in one field": (cookies, MAX_COOKIES, 431),
    "cookies in two fields": (cookie_fields, MAX_COOKIES, 431),
    "parameters": (parameters, MAX_PARAMETERS, 400),
}


def raw(parts: Parts, origin: str | None = None) -> tuple[int, str | None]:
    """The status and the kind of the reply of the app in process, as other servers call it."""
    pairs, query = parts
    extra = [("origin", origin)] if origin else []
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        sent.append(message)  # type: ignore[arg-type]  # every message is a dictionary

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in [*pairs, *extra]],
    }
    asyncio.run(create_app(engine=EchoEngine())(scope, receive, send))
    headers = dict(sent[0]["headers"])  # type: ignore[call-overload]  # the head of the reply
    kind = headers.get(b"mock-refused")
    return sent[0]["status"], kind.decode() if kind else None  # type: ignore[return-value]  # the status is a number


@pytest.fixture(scope="module", params=["fast path", "ASGI"])
def client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of a server, with the fast path and without it."""
    app = create_app(engine=EchoEngine())

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    with ExitStack() as stack:
        server = stack.enter_context(BackgroundServer(app if request.param == "fast path" else plain))
        yield stack.enter_context(httpx.Client(base_url=server.url))


@pytest.mark.parametrize("name", LIMITS)
def test_promise_16_heads_have_limits(client: httpx.Client, name: str) -> None:
    """A head of exactly the limit is accepted; with one part more it is refused, and the connection stays usable."""
    make, limit, status = LIMITS[name]
    replies = []
    for count in (limit, limit + 1, limit):
        headers, query = make(count)
        request = httpx.Request("GET", client.base_url.copy_with(path="/", query=query.encode()), headers=headers)
        replies.append(client.send(request))

    assert [200, status, 200] == [reply.status_code for reply in replies]
    assert "malformed-http" == replies[1].headers["mock-refused"]
    assert str(limit) in replies[1].json()["detail"]


@pytest.mark.parametrize("name", LIMITS)
def test_promise_16_the_limits_hold_under_every_server(name: str) -> None:
    """Other ASGI servers, which have other limits, get the same refusals; they come before those of Host and Origin."""
    make, limit, status = LIMITS[name]

    assert (200, None) == raw(make(limit))
    assert (status, "malformed-http") == raw(make(limit + 1))
    assert (status, "malformed-http") == raw(make(limit + 1), origin="https://evil.example")


def read_fields(parts: Parts) -> object:
    return HeadFields(tuple((name.encode(), value.encode()) for name, value in parts[0]))


def request(parts: Parts) -> Request:
    return Request(method="GET", path="/", headers=Headers(parts[0]), query=parts[1])


# Read so many parts.
READERS: dict[str, Callable[[int], object]] = {
    "different fields": lambda count: Headers(fields(count)[0]),
    "repeated fields": lambda count: Headers(repeated(count)[0]),
    "fields of the server": lambda count: read_fields(fields(count)),
    "transfer codings": lambda count: HeadFields(((b"transfer-encoding", b"chunked"),) * count),
    "cookies": lambda count: request(cookies(count)).cookie_values,
    "parameters": lambda count: request(parameters(count)).query_values,
    "a list in a form": lambda count: read_form("&".join(["expand=a"] * count)),
    "ranges": lambda count: qualities(["text/plain"], "a/b," * count),
    "preferences": lambda count: parse_preference(Headers([("prefer", "a=1," * count)])),
}


@pytest.mark.parametrize("name", READERS)
def test_promise_16_reading_is_linear(name: str) -> None:
    """Twice as many parts take at most about twice as many lines of code."""
    few, many = (lines_executed(partial(READERS[name], count)) for count in (400, 800))

    assert many < 2.5 * few


@pytest.mark.parametrize("value", ['{}"', 'a{}"', 'a={}"', 'a="b"{}"', "{}", "a=1{}b"])
@pytest.mark.parametrize("filler", [" ", "\t", "a", ",", "a ", "= ", '"', "a=,"])
def test_promise_16_preferences_are_not_searched_again_and_again(value: str, filler: str) -> None:
    """A header Prefer of 64 KiB is read at once, whatever is in it. It took minutes before."""
    parse_preference(Headers([("prefer", value.format(filler * (64 * 1024 // len(filler))))]))


def test_only_the_first_ranges_and_preferences_count() -> None:
    """Of very long Accept and Prefer headers, the first hundred parts count."""
    accept = ["text/plain;q=0", *["a/b"] * 98, "text/html", "text/xml"]

    assert {"text/html": 1.0, "text/xml": 0.0} == qualities(["text/html", "text/xml"], ",".join(accept))
    assert 404 == parse_preference(Headers([("prefer", "a=1," * 99 + "code=404")])).code
    assert parse_preference(Headers([("prefer", "a=1," * 100 + "code=404")])).code is None
