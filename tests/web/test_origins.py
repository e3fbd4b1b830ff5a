"""The rule for the Origin header, and CORS."""

from __future__ import annotations

import pytest

from mockserver.errors import UsageError
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.echo_engine import EchoEngine
from tests.support.live import Live, live
from tests.support.raw import RawReply

TRUSTED = [
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:3000",
    "http://LocalHost:3000",
    "http://shop.localhost:5173",
    "http://127.0.0.1:8080",
    "http://127.1.2.3",
    "http://[::1]:3000",
    "http://mock:8080",
]
FOREIGN = [
    "null",
    "",
    "https://evil.example",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "http://evil.example#localhost",
    "http://localhost/",
    "http://localhost http://evil.example",
    "http://192.168.1.5",
    "http://mock:8081",
    "https://mock:8080x",
    "chrome-extension://abcdef",
    "file://localhost",
    "localhost",
    "*",
    "http://é",
    "http://" + "a" * 500,
]


def ask(server: Live, origin: str, *, method: str = "POST", extra: str = "", path: str = "/v1/x") -> RawReply:
    head = f"{method} {path} HTTP/1.1\r\nHost: mock:8080\r\nOrigin: {origin}\r\n{extra}Content-Length: 2\r\n\r\n{{}}"
    return server.exchange(head.encode("latin-1"), has_body=method != "HEAD")


@pytest.mark.parametrize("origin", TRUSTED)
def test_trusted(one_server: Live, origin: str) -> None:
    """Pages of this machine and of the mock itself may send and read everything, with credentials."""
    reply = ask(one_server, origin)

    assert 200 == reply.status
    assert (origin, "true", "Origin") == (
        reply.headers["access-control-allow-origin"],
        reply.headers["access-control-allow-credentials"],
        reply.headers["vary"],
    )
    assert {
        "Mock-Scenario",
        "Mock-Stub",
        "Mock-Entry",
        "Mock-Refused",
        "Mock-Violations",
        "Mock-Warnings",
        "Preference-Applied",
    } <= set(reply.headers["access-control-expose-headers"].split(", "))


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign(one_server: Live, origin: str) -> None:
    """Other pages are refused before the request reaches the engine, and cannot read the refusal."""
    replies = {
        (method, path): ask(one_server, origin, method=method, path=path)
        for method in ("GET", "POST", "OPTIONS")
        for path in ("/v1/x", "/__mock/health")
    }

    assert dict.fromkeys(replies, (403, "foreign-origin", False)) == {
        call: (reply.status, reply.kind, "access-control-allow-origin" in reply.headers)
        for call, reply in replies.items()
    }
    assert [] == one_server.engine.requests


def test_two_origins(one_server: Live) -> None:
    """A request with two origins is refused."""
    assert 403 == ask(one_server, "http://localhost", extra="Origin: http://localhost\r\n").status


def test_no_origin_no_cors(one_server: Live) -> None:
    """A request without an origin gets no CORS headers."""
    headers = one_server.exchange(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").headers

    assert [] == [name for name in headers if name.startswith("access-control") or name == "vary"]


def test_a_refusal_can_be_read(one_server: Live) -> None:
    """A trusted page can read a refusal."""
    reply = one_server.exchange(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:1\r\nContent-Length: 9999999\r\n\r\n"
    )

    assert (413, "http://localhost:1") == (reply.status, reply.headers["access-control-allow-origin"])


@pytest.mark.parametrize(
    ("allowed", "origin", "answer"),
    [
        pytest.param("https://shop.example.com", "https://shop.example.com", "https://shop.example.com", id="named"),
        pytest.param(
            "https://Shop.example.com/", "https://shop.example.com", "https://shop.example.com", id="spelling"
        ),
        pytest.param("https://shop.example.com", "http://shop.example.com", None, id="other scheme"),
        pytest.param("https://shop.example.com", "https://shop.example.com:444", None, id="other port"),
        pytest.param("*", "https://shop.example.com", "*", id="any"),
        pytest.param("*", "chrome-extension://abc", "*", id="any, no web page"),
        pytest.param("*", "http://localhost:1", "http://localhost:1", id="any, but trusted"),
        pytest.param("*", "null", None, id="null is not any"),
        pytest.param("null", "null", "null", id="null, named"),
    ],
)
def test_cors_origin(allowed: str, origin: str, answer: str | None) -> None:
    """The flag --cors-origin adds origins; only named origins may send credentials."""
    with live(Settings(cors_origins=(allowed,))) as server:
        reply = ask(server, origin)

    assert answer == reply.headers.get("access-control-allow-origin")
    assert (answer not in (None, "*")) == ("access-control-allow-credentials" in reply.headers)


@pytest.mark.parametrize("origin", ["shop.example.com", "https://shop.example.com/path", ""])
def test_an_invalid_setting(origin: str) -> None:
    """An invalid --cors-origin is an error at the start."""
    with pytest.raises(UsageError, match="--cors-origin"):
        create_app(Settings(cors_origins=(origin,)), engine=EchoEngine())


def test_preflight(one_server: Live) -> None:
    """A preflight request gets the permissions, and does not reach the engine."""
    preflight = (
        "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type, wb-key,Mock-Scenario\r\n"
        "Access-Control-Request-Private-Network: true\r\n"
    )
    reply = ask(one_server, "http://localhost:3000", method="OPTIONS", extra=preflight)

    assert (204, b"") == (reply.status, reply.body)
    assert {
        "access-control-allow-origin": "http://localhost:3000",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type, wb-key, Mock-Scenario",
        "access-control-allow-private-network": "true",
        "access-control-max-age": "600",
    }.items() <= reply.headers.items()
    assert {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} == set(
        reply.headers["vary"].split(", ")
    )
    assert [] == one_server.engine.requests


def test_preflight_grants_only_names(one_server: Live) -> None:
    """A preflight reply contains only valid methods and header names."""
    preflight = "Access-Control-Request-Method: P/T\r\nAccess-Control-Request-Headers: a b, c\x7fd, e\r\n".replace(
        "\x7f", "é"
    )
    headers = ask(one_server, "http://localhost", method="OPTIONS", extra=preflight).headers

    assert ("e", False) == (headers["access-control-allow-headers"], "access-control-allow-methods" in headers)


@pytest.mark.parametrize("extra", ["", "Access-Control-Request-Headers: a\r\n"])
def test_a_plain_options_goes_to_the_engine(one_server: Live, extra: str) -> None:
    """An OPTIONS request without Access-Control-Request-Method is no preflight request."""
    assert "OPTIONS" == ask(one_server, "http://localhost", method="OPTIONS", extra=extra).json()["method"]
