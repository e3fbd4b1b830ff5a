"""A head that was parsed before is not parsed again: the replies are the same as for a new head."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httptools
import httpx
import pytest

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine, load_snapshot
from mockserver.messages import Fault, Reply
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import create_app
from mockserver.web.request_body import Body
from mockserver.web.request_head import RequestHead
from tests.support.lines import lines_executed
from tests.support.raw import RawConnection, RawReply

PATH = "/v1/c/customer/Cust_1/payment/session"
ADDRESS = '{"operation":"add_method","address":true}'


@pytest.fixture(name="engine")
def _engine() -> Engine:
    return load_engine(Settings(seed=1))


@pytest.fixture(name="url")
def _url(engine: Engine) -> Iterator[str]:
    """The URL of a server with the engine, whose process has read the head of `create(ADDRESS)` before."""
    with BackgroundServer(create_app(engine=engine)) as server:
        assert [200] == statuses(server.url, create(ADDRESS))
        yield server.url


def create(body: str, *fields: str) -> bytes:
    """A request that creates a payment session."""
    own = ["Host: localhost", "wb-key: key", "Content-Type: application/json", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([f"POST {PATH} HTTP/1.1", *own, "", body]).encode()


def replies(url: str, *packets: bytes, count: int | None = None) -> list[RawReply]:
    """The replies to requests that are sent in these packets on one connection."""
    with RawConnection(url) as connection:
        found = []
        for packet in packets:
            connection.send(packet)
            if count is None:
                found.append(connection.receive())
        return found or [connection.receive() for _ in range(count or 0)]


def statuses(url: str, *packets: bytes, count: int | None = None) -> list[int]:
    return [reply.status for reply in replies(url, *packets, count=count)]


def test_the_head_is_not_parsed_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a parser, a request with a known head is answered, and another one is not."""

    class NoParser:
        def __init__(self, _: object) -> None:
            pass

        def set_dangerous_leniencies(self, **_: bool) -> None:
            pass

        def feed_data(self, _: bytes) -> None:
            raise httptools.HttpParserError("no parser")

    with monkeypatch.context() as patch:
        patch.setattr(httptools, "HttpRequestParser", NoParser)
        with RawConnection(url) as connection:
            connection.send(create(ADDRESS))
            known = connection.receive()
            connection.send(create(ADDRESS, "X-Other: 1"))
            other = connection.receive()

    assert (200, 400) == (known.status, other.status)


def test_the_body_is_that_of_the_request(url: str) -> None:
    """The body of a request with a known head is read: valid, invalid, and of other lengths."""
    bodies = [ADDRESS, "{" + " " * (len(ADDRESS) - 2) + "}", ADDRESS, "{}", ADDRESS]
    found = replies(url, *map(create, bodies))

    assert [200, 400, 200, 400, 200] == [reply.status for reply in found]
    assert len({reply.headers["mock-entry"] for reply in found}) == len(found)


@pytest.mark.parametrize("size", [1, 20, len(create(ADDRESS)) - 1, len(create(ADDRESS)) + 1])
def test_packets(url: str, size: int) -> None:
    """It makes no difference how requests with a known head are divided into packets."""
    data = create(ADDRESS) * 3
    packets = [data[start : start + size] for start in range(0, len(data), size)]

    assert [200] * 3 == statuses(url, *packets, count=3)
    assert [200] * 3 == statuses(url, data, count=3)


def test_after_malformed_data(url: str) -> None:
    """After malformed data, a request with a known head is not answered."""
    with RawConnection(url) as connection:
        connection.send(b"nonsense\r\n\r\n")
        rejected = connection.receive()
        connection.send(create(ADDRESS))
        rest = connection.rest()

    assert (400, b"") == (rejected.status, rest)


def test_an_incomplete_request_before_it(url: str) -> None:
    """The bytes of a known head can be the body of another request."""
    inner = create(ADDRESS)
    outer = create("x" * len(inner)).removesuffix(b"x" * len(inner))

    assert [400] == statuses(url, outer, inner, count=1)


def test_the_end_of_a_connection(url: str) -> None:
    """A known head can ask to close the connection."""
    for _ in range(2):
        with RawConnection(url) as connection:
            connection.send(create(ADDRESS, "Connection: close"))
            assert (200, "close") == ((reply := connection.receive()).status, reply.headers["connection"])
            assert b"" == connection.rest()


def test_an_answer_that_is_not_sent_at_once(url: str, engine: Engine) -> None:
    """A request with a known head is answered once, also if uvicorn has to send the reply."""
    httpx.put(f"{url}/__mock/scenario", json={"name": "malformed_json"}, headers={"wb-key": "key"})
    before = len(engine.state.journal)
    (reply,) = replies(url, create(ADDRESS))

    assert "malformed_json" == reply.headers["mock-scenario"]
    assert 1 == len(engine.state.journal) - before


def test_another_contract(url: str, engine: Engine, tmp_path: Path) -> None:
    """After a reload, a known head is answered with the new contract."""
    other = tmp_path / "other.yaml"
    other.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "other", "version": "1"}, "paths": {}}), "utf-8")
    engine.serve(load_snapshot(Settings(seed=1, spec=other)))

    assert "unknown-path" == replies(url, create(ADDRESS))[0].kind


MISSPELLED = '{"operation":"add_method","address":true,"provder":"stripe"}'


def scenario_of(url: str, body: str = ADDRESS, *fields: str) -> str:
    """The scenario that answers a request."""
    return replies(url, create(body, *fields))[0].headers["mock-scenario"]


def test_settings_between_equal_requests(url: str) -> None:
    """Equal requests are answered according to the settings of the moment."""

    def put(name: str, value: object, **headers: str) -> None:
        httpx.put(f"{url}/__mock/{name}", json=value, headers=headers).raise_for_status()

    found = [scenario_of(url)]
    put("scenario", {"name": "provider_authorize"})
    found.append(scenario_of(url))
    put("scenario", {"name": "provider_self_handled"}, **{"wb-key": "key"})
    found.append(scenario_of(url))
    found.append(scenario_of(url, ADDRESS, "Mock-Scenario: happy_path"))
    put("scenario", {"name": None}, **{"wb-key": "key"})
    found.append(scenario_of(url))
    assert ["happy_path", "provider_authorize", "provider_self_handled", "happy_path", "provider_authorize"] == found

    before = replies(url, create(MISSPELLED))[0]
    put("strict", {"strict": True})
    assert (200, 400) == (before.status, replies(url, create(MISSPELLED))[0].status)


def test_other_scenarios_between_equal_requests(url: str, engine: Engine, tmp_path: Path) -> None:
    """After a reload, equal requests are answered by the new scenarios. Each has ids of its own."""
    reply = "reply: {payment_session: {status: succeeded}}"
    stub = f"{{name: new, operation: c_create_payment_session, when: {{body: {{address: true}}}}, {reply}}}"
    (tmp_path / "happy_path.yaml").write_text(f"about: New.\nstubs:\n  - {stub}\n", "utf-8")
    before = replies(url, create(ADDRESS), create(ADDRESS))
    engine.serve(load_snapshot(Settings(seed=1, scenarios=tmp_path)))
    bodies = [json.loads(each.body) for each in (*before, *replies(url, create(ADDRESS), create(ADDRESS)))]

    assert ["created", "created", "succeeded", "succeeded"] == [body["status"] for body in bodies]
    assert 4 == len({body["token"] for body in bodies})


def test_equal_requests_are_shared() -> None:
    """From the second request with a head on, equal requests are one object. Others are not, nor are long ones."""
    head = RequestHead.parsed(b"POST", PATH.encode(), "1.1", [(b"host", b"localhost")])
    assert not head.request(Body(b"{}")).is_shared

    first, other, again = (head.request(Body(body)) for body in (b"{}", b"[]", b"{}"))
    assert first is again
    assert (b"{}", b"[]") == (first.body, other.body)
    assert "https" == head.request(Body(b"{}"), "https").scheme
    assert head.request(Body(oversized=True)).oversized
    assert not head.request(Body()).oversized
    long = Body(b" " * 2000)
    assert head.request(long) is not head.request(long)


def test_equal_requests_are_understood_once(engine: Engine) -> None:
    """Less is done for a request that is the same object as an earlier one. Its reply has ids of its own."""
    fields = [(b"host", b"localhost"), (b"wb-key", b"key"), (b"content-type", b"application/json")]
    head = RequestHead.parsed(b"POST", PATH.encode(), "1.1", fields)
    replies_to_it: list[Reply | Fault] = []

    def handle() -> None:
        replies_to_it.append(engine.handle(head.request(Body(ADDRESS.encode()))))

    lines = [lines_executed(handle) for _ in range(4)]
    assert lines[3] < 0.9 * lines[1]
    assert 4 == len({json.loads(each.body)["token"] for each in replies_to_it if isinstance(each, Reply)})
