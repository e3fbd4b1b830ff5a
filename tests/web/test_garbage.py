"""Promise 13: memory stays flat.

The server moves objects that survive a garbage collection out of the reach of later collections. They are freed when
nothing refers to them. An object that refers to itself, over others, would never be freed: so no request leaves one.
"""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator

import pytest

from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.server import BackgroundServer
from mockserver.server.garbage_collector import GarbageCollector
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.raw import RawConnection

PATH = "/v1/c/customer/Cust_1/payment/session"
COUNT = 40


def http(method: str, path: str, body: str = "", **headers: str) -> bytes:
    """A request; underscores in names of headers stand for hyphens."""
    fields = {"Host": "localhost", "wb-key": "key", "Content-Type": "application/json", "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in fields.items()]
    if "Transfer-Encoding" not in fields:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", body]).encode()


def create(**headers: str) -> bytes:
    return http("POST", PATH, json.dumps({"operation": "add_method", "address": True}), **headers)


REQUESTS = {
    "valid": create(),
    "valid, in chunks": http("POST", PATH, "0\r\n\r\n", Transfer_Encoding="chunked"),
    "a body in two packets": http("POST", PATH, " " * 70_000 + "{}"),
    "unknown path": http("GET", "/unknown"),
    "method not allowed": http("GET", PATH),
    "not authenticated": create().replace(b"wb-key", b"other"),
    "too large": http("POST", PATH, " " * 1_100_000),
    "unsupported media type": create(Content_Type="text/plain"),
    "malformed body": http("POST", PATH, "{"),
    "contract violation": http("POST", PATH, "{}"),
    "unknown scenario": create(Mock_Scenario="unknown"),
    "foreign origin": create(Origin="http://evil.example"),
    "bad host": create().replace(b"localhost", b"evil.example"),
    "malformed HTTP": b"GET / HTTP/1.1\r\nbad\r\n\r\n",
    "incomplete request": create()[:-5],
    "upgrade": create(Connection="upgrade", Upgrade="websocket"),
    "preflight": http("OPTIONS", PATH, Origin="http://localhost:3000", Access_Control_Request_Method="POST"),
    "disconnected during a delay": create(Mock_Scenario="slow"),
    "connection reset": create(Mock_Scenario="connection_reset"),
    "empty reply": create(Mock_Scenario="empty_reply"),
    "truncated body": create(Mock_Scenario="truncated_body"),
    "malformed JSON": create(Mock_Scenario="malformed_json"),
    "hang": create(Mock_Scenario="hangs"),
    "control call": http("GET", "/__mock/health"),
    "journal": http("GET", "/__mock/journal?limit=5"),
    "a listing of which little is read": http("GET", "/__mock/journal?after=0"),
    "events": http("GET", "/__mock/events"),
    "not verified": http("POST", "/__mock/verify", '{"operation": "unknown", "count": 3}'),
    "page": http("GET", "/__mock/"),
    "script": http("GET", "/v3/"),
    "Stripe, unknown setup intent": http("GET", "/v1/setup_intents/seti_1?client_secret=seti_1_secret_2"),
}

# The server does not close the connection.
WITHOUT_END = {"disconnected during a delay", "incomplete request", "hang", "upgrade", "events"}

# The client closes the connection when it has read the beginning of the reply.
ABANDONED = {"a listing of which little is read"}

# How many objects a request may leave, if not none. The formats of a verification refer to each other, but no
# collection meets them in use: they are created and dropped in one callback of the event loop.
MOST = {"not verified": 100}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A mock whose event loop runs in a thread of this process."""
    engine = load_engine(Settings(seed=1))
    # More than the buffers of a connection have room for.
    for _ in range(100):
        engine.handle(Request(method="GET", path="/nowhere", headers=Headers(), body=b"x" * 100_000))
    with BackgroundServer(create_app(engine=engine)) as server:
        yield server.url


def exchange(url: str, data: bytes, *, seconds: float = 30, abandon: bool = False) -> None:
    """Send a request, and read until the server closes or is silent for some seconds; or read once."""
    with RawConnection(url, seconds=seconds) as connection:
        try:
            connection.send(data)
            while connection.socket.recv(65536) and not abandon:
                pass
        except OSError:
            pass


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_leaves_cyclic_garbage(url: str, name: str) -> None:
    """Whatever is requested, the garbage collector finds nothing that grows with the number of requests."""
    data, seconds, abandon = REQUESTS[name], 0.05 if name in WITHOUT_END else 30, name in ABANDONED
    # The first requests fill caches.
    for _ in range(5):
        exchange(url, data, seconds=seconds, abandon=abandon)
    exchange(url, b"GET /__mock/health HTTP/1.0\r\n\r\n")
    gc.collect()
    gc.disable()
    try:
        for _ in range(COUNT):
            exchange(url, data, seconds=seconds, abandon=abandon)
        exchange(url, b"GET /__mock/health HTTP/1.0\r\n\r\n")
        found = gc.collect()
    finally:
        gc.enable()

    assert found < COUNT * MOST.get(name, 1)


@pytest.mark.parametrize("is_enabled", [True, False])
def test_promise_16_no_collection_while_they_are_switched_off(
    is_enabled: bool,  # noqa: FBT001  # a parameter of pytest
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No collection runs after 128 requests while the warm-up creates many objects."""
    calls: list[str] = []
    for name in ("collect", "freeze", "set_threshold"):
        monkeypatch.setattr(gc, name, lambda *_, name=name: calls.append(name))
    monkeypatch.setattr(gc, "isenabled", lambda: is_enabled)
    collector = GarbageCollector()
    calls.clear()

    async def requests() -> None:
        for _ in range(128):
            collector.count_request()
        await asyncio.sleep(0)

    asyncio.run(requests())
    assert (["collect", "freeze"] if is_enabled else []) == calls
