"""The control API, held against its own description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

import mockserver
from mockserver.settings import bundled
from tests.support.live import Live
from tests.support.raw import RawReply
from tests.web.test_wire import MALFORMED

SPEC = OpenAPI.from_file_path(
    str(bundled("spec") / "admin.yaml"),
    # openapi-core takes only application/json for JSON.
    config=Config(extra_media_type_deserializers={"application/problem+json": json.loads}),
)
HEALTH = "/__mock/health"


def ask(server: Live, method: str, path: str, *, extra: str = "") -> RawReply:
    data = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n".encode()
    return server.exchange(data, has_body=method != "HEAD")


def check(reply: RawReply, *, method: str = "get") -> None:
    """Raises when a reply is not as spec/admin.yaml says."""
    request = MockRequest("http://127.0.0.1:8080", method, HEALTH)
    response = MockResponse(
        reply.body, reply.status, headers=reply.headers, content_type=reply.headers.get("content-type", "")
    )
    SPEC.validate_response(request, response)


def test_health(server: Live) -> None:
    """Ready, and with what; the engine's requests are not touched."""
    reply = ask(server, "GET", HEALTH)

    assert {
        "status": "ok",
        "version": mockserver.__version__,
        "spec": {"title": "stand-in", "version": "1", "operations": 1},
        "scenarios": {"count": 2},
    } == reply.json()
    check(reply)
    assert [] == server.engine.requests


def test_head_of_health(server: Live) -> None:
    """HEAD wherever GET is."""
    get, head = ask(server, "GET", HEALTH), ask(server, "HEAD", HEALTH)

    assert (get.status, get.headers["content-length"]) == (head.status, head.headers["content-length"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods(server: Live, method: str) -> None:
    """405, with what is allowed."""
    reply = ask(server, method, HEALTH, extra="Content-Length: 0\r\n")

    assert (405, "method-not-allowed", "GET, HEAD") == (reply.status, reply.kind, reply.headers["allow"])
    check(reply)


@pytest.mark.parametrize(
    "path",
    ["/__mock/", "/__mock/nothing", "/__mock/health/", "/__mock/health/x", "/__mock//health", "/__mock/%2e%2e/x"],
)
def test_unknown_paths(server: Live, path: str) -> None:
    """404, never a redirect, and never the engine's business."""
    reply = ask(server, "GET", path)

    assert (404, "unknown-path") == (reply.status, reply.kind)
    check(reply)
    assert [] == server.engine.requests


@pytest.mark.parametrize("path", ["/__mock", "/__mocks/x", "/%5f_mock/health", "/x/__mock/health"])
def test_paths_that_only_look_like_it(server: Live, path: str) -> None:
    """These are the contract's."""
    assert path == ask(server, "GET", path).json()["path"]


def test_a_page_may_read_it(server: Live) -> None:
    """CORS holds here too."""
    reply = ask(server, "GET", HEALTH, extra="Origin: http://localhost:5173\r\n")

    assert "http://localhost:5173" == reply.headers["access-control-allow-origin"]


def test_the_edge_refuses_as_described(server: Live) -> None:
    """Every refusal of the edge is a problem document of spec/admin.yaml."""
    replies = [
        ask(server, "GET", HEALTH, extra="Host: localhost\r\n"),
        ask(server, "GET", HEALTH, extra="Origin: https://evil.example\r\n"),
        ask(server, "POST", HEALTH, extra="Content-Length: 99999999\r\n"),
        ask(server, "POST", HEALTH, extra="Transfer-Encoding: gzip, chunked\r\n"),
    ]

    assert [400, 403, 413, 501] == [reply.status for reply in replies]
    for reply in replies:
        check(reply)


@pytest.mark.parametrize(("data", "status"), MALFORMED)
def test_what_is_not_http_is_answered_as_described(server: Live, data: bytes, status: int) -> None:
    """And so is what is turned away before it is a request."""
    with server.connect() as connection:
        connection.send(data)
        check(connection.receive())


def test_a_bug_is_answered_as_described(server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control call that fails is an internal error, without a word about why."""
    monkeypatch.setattr(server.engine, "health", lambda: {"x": 1 / 0})
    reply = ask(server, "GET", HEALTH)

    assert (500, "internal-error") == (reply.status, reply.kind)
    assert b"Zero" not in reply.body
    check(reply)


def test_the_description_carries_the_version() -> None:
    """spec/admin.yaml is the description of this version."""
    assert f"\n  version: {mockserver.__version__}\n" in Path(bundled("spec") / "admin.yaml").read_text("utf-8")
