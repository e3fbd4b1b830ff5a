"""The app without its own server: under the ASGI specification and under httpx.ASGITransport."""

from __future__ import annotations

import asyncio
import io
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest

from mockserver.engine.engine import Engine
from mockserver.errors import Refusal
from mockserver.messages import Reply, Request
from mockserver.settings import Settings
from mockserver.web import AccessLog, ASGIApp, create_app
from tests.support.echo_engine import EchoEngine


def speak(app: ASGIApp, scope: dict[str, Any], *messages: dict[str, Any]) -> list[MutableMapping[str, Any]]:
    """The messages that an app sends for the messages that it receives."""
    sent: list[MutableMapping[str, Any]] = []
    waiting = list(messages)

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        await app(scope, receive, send)

    asyncio.run(run())
    return sent


async def get(app: ASGIApp, url: str, **options: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), timeout=None) as client:
        return await client.request(url=url, **options)


def test_lifespan_closes_the_log() -> None:
    """The lifespan protocol starts and stops the app; the stop writes the rest of the log."""
    stream = io.StringIO()
    app = create_app(engine=EchoEngine(), log=AccessLog("text", stream))
    asyncio.run(get(app, "http://mock/x", method="GET"))
    sent = speak(app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    assert ["lifespan.startup.complete", "lifespan.shutdown.complete"] == [message["type"] for message in sent]
    assert 1 == stream.getvalue().count("\n")


def test_lifespan_without_a_log() -> None:
    """The lifespan protocol works without a log."""
    sent = speak(
        create_app(engine=EchoEngine()),
        {"type": "lifespan"},
        {"type": "lifespan.startup"},
        {"type": "lifespan.shutdown"},
    )

    assert 2 == len(sent)


def test_a_websocket_is_closed() -> None:
    """A websocket is closed immediately."""
    assert [{"type": "websocket.close"}] == speak(create_app(engine=EchoEngine()), {"type": "websocket"})


@pytest.mark.parametrize(
    ("path", "raw_path", "expected"),
    [("/a/b c", b"/a%2Fb%20c", "/a%2Fb%20c"), ("/a/b c", None, "/a/b%20c")],
    ids=["kept", "not kept by the server"],
)
def test_the_raw_path(path: str, raw_path: bytes | None, expected: str) -> None:
    """The path is the raw path if the server passes it, else it is encoded again."""
    engine = EchoEngine()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"mock")],
        **({"raw_path": raw_path} if raw_path is not None else {}),
    }
    speak(create_app(engine=engine), scope, {"type": "http.request"})

    assert [expected] == [request.path for request in engine.requests]


@pytest.mark.parametrize("size", [1024 * 1024, 1024 * 1024 + 1])
def test_the_limit_holds_in_process(size: int) -> None:
    """The body limit applies under every server."""
    response = asyncio.run(get(create_app(engine=EchoEngine()), "http://mock/x", method="POST", content=b"a" * size))

    assert (200 if size <= 1024 * 1024 else 413) == response.status_code


def test_head_in_process() -> None:
    """The reply to HEAD has no body, even if the server would send one; this includes the control API."""
    responses = [
        asyncio.run(get(app, f"http://mock{path}", method="HEAD"))
        for app, path in ((create_app(engine=EchoEngine()), "/x"), (create_app(), "/__mock/health"))
    ]

    assert [(200, b""), (200, b"")] == [(response.status_code, response.content) for response in responses]


def test_a_caller_can_cancel() -> None:
    """Cancelling the call ends a delay."""
    engine = EchoEngine()
    engine.answer = lambda request: Reply(status=200, delay=60)

    async def give_up() -> None:
        async with asyncio.timeout(0.05):
            await get(create_app(engine=engine), "http://mock/x", method="GET")

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())


def test_the_real_engine_is_the_default() -> None:
    """Without an engine, the app loads the bundled contract."""
    response = asyncio.run(get(create_app(Settings(seed=1)), "http://mock/__mock/health", method="GET"))

    assert "wingback-api" == response.json()["spec"]["title"]


def test_a_listener_that_disconnects_is_not_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    """From ASGI 2.4 on, `send` raises an error after a disconnect. It ends the event stream and is not logged."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/__mock/events",
        "raw_path": b"/__mock/events",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"last-event-id", b"0")],
    }
    engine = EchoEngine()
    engine.refuse = Engine.refuse.__get__(engine)  # type: ignore[method-assign]  # records the refusal, which is the event
    engine.refuse(Request(method="GET", path="/x"), Refusal("bad-host", "Not served."))
    sent = []

    received: list[MutableMapping[str, Any]] = [{"type": "http.request"}]

    async def receive() -> MutableMapping[str, Any]:
        if not received:
            # After the request, a server waits for the disconnect.
            await asyncio.Event().wait()
        return received.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            raise OSError("disconnected")

    app = create_app(engine=engine)

    async def run() -> None:
        await app(scope, receive, send)

    asyncio.run(run())

    assert ["http.response.start", "http.response.body"] == sent
    assert "" == caplog.text
