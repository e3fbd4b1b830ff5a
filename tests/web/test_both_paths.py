"""The fast path and the ASGI path behave the same: one table of requests is played through both."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import Receive, Scope, Send, create_app
from mockserver.web.app import Application, RenderedAnswer
from mockserver.web.asgi_exchange import AsgiExchange
from tests.support.raw import RawConnection, RawReply

LIMIT = 2_000
BODY = b'{"operation":"add_method","address":true}'


def http(
    line: str, *fields: str, body: bytes = b"", host: str = "localhost", version: str = "1.1", chunked: bool = False
) -> bytes:
    """A request; the body is framed by its length or in one chunk."""
    head = [f"{line} HTTP/{version}", f"Host: {host}", *fields]
    if chunked:
        head.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    elif body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def create(*fields: str, body: bytes = BODY, **options: object) -> bytes:
    """A call that creates a payment session."""
    own = ("wb-key: k", "Content-Type: application/json", *fields)
    return http("POST /v1/c/customer/Cust_1/payment/session", *own, body=body, **options)  # type: ignore[arg-type]  # as in http


# The requests, and whether the fast path writes the reply itself.
REQUESTS: dict[str, tuple[bytes, bool]] = {
    "a valid call": (create(), True),
    "a valid call in chunks": (create(chunked=True), True),
    "a violation": (create(body=b'{"operation":"pay"}'), True),
    "a misspelled member": (create(body=b'{"operation":"add_method","address":true,"planId":null}'), True),
    "a misspelled member with control characters": (
        create(body=b'{"operation":"add_method","address":true,"a":{"x":1},"plan\\u0007_id":null}'),
        True,
    ),
    "a malformed body": (create(body=b"{"), True),
    "another media type": (http("POST /v1/c/customer/C/payment/session", "wb-key: k", body=b"x"), True),
    "no credential": (http("POST /v1/c/customer/C/payment/session"), True),
    "an unknown path": (http("GET /nope"), True),
    "another method": (http("GET /v1/c/customer/Cust_1/payment/session"), True),
    "HEAD": (http("HEAD /v1/c/customer/Cust_1/payment/session"), True),
    "an unknown scenario": (create("Mock-Scenario: nope"), True),
    "a scenario of one status": (create("Mock-Scenario: unknown_customer"), True),
    "a delayed reply": (create("Mock-Scenario: gateway_timeout"), False),
    "a fault": (create("Mock-Scenario: malformed_json"), False),
    "a body over the limit": (create(body=b"a" * (LIMIT + 1)), False),
    "chunks over the limit": (create(body=b"a" * (LIMIT + 1), chunked=True), True),
    "a body in gzip": (create("Content-Encoding: gzip", body=gzip.compress(BODY, mtime=0)), True),
    "a body in gzip, in chunks": (
        create("Content-Encoding: gzip", body=gzip.compress(BODY, mtime=0), chunked=True),
        True,
    ),
    "a body in corrupt gzip": (create("Content-Encoding: gzip"), True),
    "a body in gzip over the limit": (create("Content-Encoding: gzip", body=gzip.compress(bytes(LIMIT + 1))), True),
    "a body in an unknown coding": (create("Content-Encoding: nonsense"), True),
    "a control call in gzip": (
        http(
            "PUT /__mock/scenario",
            "Content-Encoding: gzip",
            "Content-Type: application/json",
            "wb-key: other",
            body=gzip.compress(b'{"name": null}', mtime=0),
        ),
        False,
    ),
    "a control call in corrupt gzip": (http("POST /__mock/verify", "Content-Encoding: gzip", body=b"{}"), False),
    "another transfer coding": (create("Transfer-Encoding: gzip, chunked", body=b"") + b"0\r\n\r\n", False),
    "too many header fields": (create(*[f"X-{number}: 1" for number in range(200)]), False),
    "too many parameters": (http("GET /nope?" + "a&" * 1000), False),
    "too many cookies": (create("Origin: http://localhost:5173", "Cookie: " + "a=1; " * 500), False),
    "an allowed origin": (create("Origin: http://localhost:5173"), True),
    "a foreign origin": (create("Origin: https://evil.example"), False),
    "a page of another site": (create("Sec-Fetch-Site: cross-site"), False),
    "a host that is not served": (create(host="evil.example"), False),
    "a preflight": (
        http(
            "OPTIONS /v1/c/customer/Cust_1/payment/session",
            "Origin: http://localhost:5173",
            "Access-Control-Request-Method: POST",
        ),
        False,
    ),
    "the end of a connection": (create("Connection: close"), True),
    "HTTP/1.0": (create(version="1.0"), True),
    "health": (http("GET /__mock/health"), False),
    "an unknown control call": (http("GET /__mock/nope"), False),
    "a control call over the limit": (http("POST /__mock/reset", body=b"a" * (LIMIT + 1)), False),
    "a page": (http("GET /__mock/demo"), False),
    "a script": (http("GET /v3/"), False),
    "the head of a script": (http("HEAD /clover/stripe.js"), False),
    "Stripe": (http("GET /v1/setup_intents/seti_1", "Authorization: Bearer sk_test_1"), True),
    "saved methods": (http("GET /v1/c/customer/Cust_1/payment/method", "wb-key: k"), True),
}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """The URLs of two servers with the same seed, one with the fast path and one without."""
    with ExitStack() as stack:
        apps = [create_app(Settings(seed=1, max_body=LIMIT)) for _ in range(2)]

        async def plain(scope: Scope, receive: Receive, send: Send) -> None:
            # To the server this is any ASGI app, so it does not use the fast path.
            await apps[1](scope, receive, send)

        fast, slow = (stack.enter_context(BackgroundServer(app)).url for app in (apps[0], plain))
        yield fast, slow


def played(request: bytes, url: str, *, times: int = 3) -> list[tuple[RawReply, bool]]:
    """The reply without its date and the server's port, and whether the connection stays open; each time.

    From the second time on, the server knows the head.
    """
    port = str(urlsplit(url).port).encode()
    found = []
    for _ in range(times):
        with RawConnection(url, seconds=5) as opened:
            opened.send(request)
            reply = opened.receive(has_body=not request.startswith(b"HEAD"))
            try:
                opened.send(http("GET /nope"))
                stays_open = opened.receive().status == 404
            except ConnectionError:
                stays_open = False
        headers = {name: value for name, value in reply.headers.items() if name != "date"}
        found.append((replace(reply, headers=headers, body=reply.body.replace(port, b"PORT")), stays_open))
    return found


@pytest.mark.parametrize("name", REQUESTS)
def test_both_paths_behave_the_same(name: str, servers: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, headers, body and what happens to the connection are the same on both paths."""
    request, is_fast = REQUESTS[name]
    rendered: list[bool] = []
    runs: list[AsgiExchange] = []
    # The first call of a kind waits for an import, and takes the slow path on both servers.
    first = [played(request, url, times=1) for url in servers]
    answer, run = Application.answer_at_once, AsgiExchange.run

    def spied_answer(self: Application, *arguments: object) -> object:
        found = answer(self, *arguments)  # type: ignore[arg-type]  # passed on as they come
        rendered.append(isinstance(found, RenderedAnswer))
        return found

    async def spied_run(self: AsgiExchange, *arguments: object, **options: object) -> None:
        runs.append(self)
        await run(self, *arguments, **options)  # type: ignore[arg-type]  # passed on as they come

    monkeypatch.setattr(Application, "answer_at_once", spied_answer)
    monkeypatch.setattr(AsgiExchange, "run", spied_run)
    fast = played(request, servers[0])
    taken = (rendered[:1], len(runs))
    slow = played(request, servers[1])

    assert ([is_fast], 0) == taken
    assert runs
    assert slow == fast
    assert first[0] == first[1]
