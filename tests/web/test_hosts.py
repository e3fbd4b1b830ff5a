"""The rule for the Host header, which protects against DNS rebinding."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.errors import UsageError
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.echo_engine import EchoEngine
from tests.support.live import Live, live

SERVED = [
    "localhost",
    "localhost:8080",
    "LOCALHOST",
    "localhost.",
    "shop.localhost",
    "a.b.localhost:1",
    "127.0.0.1",
    "127.8.9.10:80",
    "192.168.1.5:8080",
    "8.8.8.8",
    "[::1]",
    "[::1]:8080",
    "[2001:db8::1]",
    "mockserver",
    "mock_server-1:8080",
    "testserver",
    "localhost:",
    "host.docker.internal",
    "host.docker.internal:8080",
]
REFUSED = [
    "",
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.1",
    "127.0.0.256",
    "::1",
    "[::1",
    "[127.0.0.1]",
    "[v1.x]",
    "user@localhost",
    "localhost/path",
    "localhost:80:80",
    "localhost:123456",
    "localhost:x",
    "localhost evil",
    "localhost, localhost",
    "..",
    ".",
    "-x",
    "é",
    "a" * 400,
    ("a" * 60 + ".") * 5 + "localhost.evil.example",
    "evil.host.docker.internal",
    "internal.docker.host.evil.example",
]


def head(*hosts: str, version: str = "1.1") -> bytes:
    fields = "".join(f"Host: {host}\r\n" for host in hosts)
    return f"GET /x HTTP/{version}\r\n{fields}\r\n".encode("latin-1")


@pytest.mark.parametrize("host", SERVED)
def test_served(one_server: Live, host: str) -> None:
    """Host names and addresses that another site cannot point at this machine are served."""
    assert 200 == one_server.exchange(head(host)).status


@pytest.mark.parametrize("host", REFUSED)
def test_refused(one_server: Live, host: str) -> None:
    """Other names and malformed values are refused before the request reaches the engine."""
    reply = one_server.exchange(head(host))

    assert (400, "bad-host") == (reply.status, reply.kind)
    assert [] == one_server.engine.requests
    assert ["bad-host"] == [refusal.kind for refusal in one_server.engine.refusals]


@pytest.mark.parametrize(
    ("hosts", "version", "status"),
    [
        pytest.param([], "1.1", 400, id="none"),
        pytest.param([], "1.0", 200, id="none in HTTP/1.0"),
        pytest.param(["localhost", "localhost"], "1.1", 400, id="two"),
        pytest.param(["localhost", "localhost"], "1.0", 400, id="two in HTTP/1.0"),
        pytest.param(["evil.example"], "1.0", 400, id="refused in HTTP/1.0"),
    ],
)
def test_exactly_one(one_server: Live, hosts: list[str], version: str, status: int) -> None:
    """HTTP/1.1 needs exactly one Host header; HTTP/1.0 needs none."""
    assert status == one_server.exchange(head(*hosts, version=version)).status


ALLOWED = ("Mock.Example.com", "ported.example.com:8080", "*.svc.cluster.local", "*.ported.example:81", "*.svc")


@pytest.fixture(scope="module", name="allowing_server")
def _allowing_server() -> Iterator[Live]:
    """A server that accepts more hosts."""
    with live(Settings(allow_hosts=ALLOWED)) as server:
        yield server


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("mock.example.com", 200, id="named"),
        pytest.param("MOCK.example.com.:99", 200, id="named without a port is any port"),
        pytest.param("ported.example.com:8080", 200, id="named with its port"),
        pytest.param("ported.example.com:8081", 400, id="other port"),
        pytest.param("ported.example.com", 400, id="no port"),
        pytest.param("sub.mock.example.com", 400, id="below a named one"),
        pytest.param("localhost", 200, id="still"),
        # `*.` before a name allows all names below it.
        pytest.param("mock.shop.svc.cluster.local", 200, id="a name below"),
        pytest.param("mock.shop.svc.cluster.local:8080", 200, id="on any port"),
        pytest.param("MOCK.svc.cluster.local.", 200, id="in capitals"),
        pytest.param("svc.cluster.local", 400, id="the name itself"),
        pytest.param("evilsvc.cluster.local", 400, id="a name that only ends alike"),
        pytest.param("mock.svc.cluster.local.evil.example", 400, id="a name that goes on"),
        pytest.param("mock.shop.svc:8080", 200, id="an ending of one word"),
        pytest.param("svc", 200, id="a name of one word"),
        pytest.param("mock.evilsvc", 400, id="another ending of one word"),
        pytest.param("a.ported.example:81", 200, id="its port"),
        pytest.param("a.ported.example:82", 400, id="another port"),
    ],
)
def test_allow_host(allowing_server: Live, host: str, status: int) -> None:
    """The flag --allow-host adds names."""
    assert status == allowing_server.exchange(head(host)).status


def test_a_refusal_says_what_to_do(one_server: Live) -> None:
    """The detail of the refusal names the flag."""
    assert "--allow-host shop.example.com" in one_server.exchange(head("shop.example.com:80")).json()["detail"]


@pytest.mark.parametrize(
    "host", ["", "http://x.example", "a b", "x.example/", "*", "*.", "*.com", "*.dev:80", "*.*.example.com", "a.*.com"]
)
def test_an_invalid_setting(host: str) -> None:
    """An invalid --allow-host is an error at the start."""
    with pytest.raises(UsageError, match="--allow-host"):
        create_app(Settings(allow_hosts=(host,)), engine=EchoEngine())
