"""A server process: how it starts, how it stops, and which ports it can use."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn, cast

import httpx
import pytest

from mockserver.errors import UsageError
from mockserver.server import BackgroundServer, running, serve, sockets
from mockserver.server.sockets import for_many_connections, listen, of_workers, url_of
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.echo_engine import EchoEngine
from tests.support.raw import RawConnection

ROOT = Path(__file__).parent.parent.parent
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process, and its URL once it listens."""
    command = [sys.executable, "-m", "tests.support.echo_server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_loses_no_request(number: signal.Signals) -> None:
    """After a signal, accepted requests get their replies, idle connections are closed, and the exit code is 0."""
    with process() as (server, url):
        clients = [RawConnection(url) for _ in range(5)]
        with RawConnection(url) as idle, RawConnection(url) as used, RawConnection(url) as half:
            used.send(GET)
            used.receive()
            half.send(b"GET / HT")
            for client in clients:
                client.send(GET.replace(b" / ", b" /delay/0.5 "))
            time.sleep(0.2)
            server.send_signal(number)
            replies = [client.receive() for client in clients]
            rest = [idle.rest(), used.rest(), half.rest()]
        _, errors = server.communicate(timeout=10)
        for client in clients:
            client.socket.close()

    assert [(200, b"late")] * 5 == [(reply.status, reply.body) for reply in replies]
    assert [b"", b"", b""] == rest
    assert 0 == server.returncode
    assert [] == [line for line in errors.splitlines() if " GET " not in line]


def test_a_signal_ends_delays_and_hangs() -> None:
    """After a signal, a delayed reply is sent at once, and a hanging request is closed."""
    with process() as (server, url), RawConnection(url) as late, RawConnection(url) as hanging:
        late.send(GET.replace(b" / ", b" /delay/3600 "))
        hanging.send(GET.replace(b" / ", b" /hang "))
        time.sleep(0.3)
        server.terminate()

        assert b"late" == late.receive().body
        assert b"" == hanging.rest()
        assert 0 == server.wait(timeout=10)


def test_requests_during_the_shutdown_are_answered() -> None:
    """During the shutdown every request gets a reply; the last one has `Connection: close`."""
    with process() as (server, url):
        outcomes: list[str] = []

        def ask() -> None:
            with RawConnection(url) as client:
                while True:
                    try:
                        client.send(GET)
                        reply = client.receive()
                    except OSError as error:
                        outcomes.append(str(error))
                        return
                    outcomes.append(reply.headers.get("connection", "open"))
                    if outcomes[-1] == "close":
                        return

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        server.terminate()
        for thread in threads:
            thread.join()

        assert 0 == server.wait(timeout=10)
    assert {"open", "close"} == set(outcomes)


def test_an_unfinished_request_does_not_hold_up_the_shutdown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After the grace period the server stops without waiting for an unfinished request, and logs no traceback."""
    monkeypatch.setattr(running, "_GRACE", 0.2)
    with BackgroundServer(create_app(engine=EchoEngine())) as server, RawConnection(server.url) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe")
        time.sleep(0.1)
        server.stop()

        assert b"" == client.rest()
    assert "Traceback" not in caplog.text


def test_a_second_interrupt() -> None:
    """A second Ctrl+C stops the server at once."""
    with process() as (server, url), RawConnection(url) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe")
        time.sleep(0.2)
        server.send_signal(signal.SIGINT)
        # A signal within half a second counts as the same signal: timeout(1) sends two.
        time.sleep(0.8)
        server.send_signal(signal.SIGINT)

        assert 0 == server.wait(timeout=3)


def test_a_taken_port_is_one_clear_line() -> None:
    """If the port is in use, one line says what to do."""
    [taken] = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with taken, pytest.raises(UsageError) as caught:
        serve(create_app(engine=EchoEngine()), Settings(port=port), on_started=lambda url: None)

    expected = f"port {port} on 127.0.0.1 is already in use: stop the other server or choose another port with --port"
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        pytest.param("nowhere.invalid", 0, "the host 'nowhere.invalid' is unknown", id="unknown host"),
        pytest.param(
            "192.0.2.1", 0, "the host 192.0.2.1 is not an address of this machine", id="someone else's address"
        ),
        pytest.param("a" * 100, 0, "is unknown", id="no host name"),
        pytest.param("127.0.0.1", 65536, "port 65536 is not a port", id="no port"),
    ],
)
def test_an_invalid_host_or_port(host: str, port: int, expected: str) -> None:
    """A host or port that cannot be used is one clear line."""
    with pytest.raises(UsageError, match=expected):
        listen(host, port)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(errno.EACCES, "port 80 on mock may not be used by this user", id="forbidden"),
        pytest.param(errno.EADDRNOTAVAIL, "the host mock is not an address of this machine", id="no address"),
        pytest.param(errno.ENOBUFS, "cannot listen on port 80 of mock: No buffer space available", id="anything else"),
    ],
)
def test_errors_of_the_operating_system(monkeypatch: pytest.MonkeyPatch, number: int, expected: str) -> None:
    """Errors of the operating system, which a test cannot cause, are one clear line."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(
        sockets, "_addresses", lambda *_: [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.0.2")]
    )
    monkeypatch.setattr(sockets, "_bound", refuse)
    with pytest.raises(UsageError, match=expected):
        listen("mock", 80)


@pytest.mark.parametrize(("second", "count"), [("127.0.0.2", 2), ("192.0.2.1", 1)])
def test_a_name_with_several_addresses(monkeypatch: pytest.MonkeyPatch, second: str, count: int) -> None:
    """All addresses of a name get the same port; an address of another machine is skipped."""
    monkeypatch.setattr(sockets, "_addresses", lambda *_: [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, second)])
    listening = listen("mock", 0)
    ports = {sock.getsockname()[1] for sock in listening}
    for sock in listening:
        sock.close()

    assert (count, 1) == (len(listening), len(ports))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        pytest.param("127.0.0.1", "http://127.0.0.1:{}", id="IPv4"),
        pytest.param("0.0.0.0", "http://127.0.0.1:{}", id="every IPv4"),
        pytest.param("localhost", "http://localhost:{}", id="name"),
        pytest.param("", "http://127.0.0.1:{}", id="empty"),
    ],
)
def test_listening(host: str, url: str) -> None:
    """The URL works for a client on this machine."""
    listening = listen(host, 0)
    ports = {sock.getsockname()[1] for sock in listening}
    shown = url_of(host, listening)
    for sock in listening:
        sock.close()

    assert [url.format(port) for port in ports] == [shown]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux distributes connections over the sockets of workers")
def test_sockets_of_workers() -> None:
    """Each worker has one socket for an address, so that many workers do not use up the file descriptors."""
    with ExitStack() as stack:
        own = [stack.enter_context(each) for each in listen("127.0.0.1", 0, is_spread=True)]
        shares = of_workers(own, 50)
        opened = [stack.enter_context(each) for share in shares[1:] for each in share]

        assert [1] * 50 == [len(share) for share in shares]
        assert 1 == len({each.getsockname() for each in (*own, *opened)})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux distributes connections over the sockets of workers")
def test_sockets_of_workers_that_cannot_be_opened() -> None:
    """If the system refuses further sockets on the port, one line says so."""
    [alone] = listen("127.0.0.1", 0)
    with alone, pytest.raises(UsageError, match="cannot open sockets for 2 workers: Address already in use"):
        of_workers([alone], 2)


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_listening_on_ipv6(host: str) -> None:
    """An IPv6 address is in brackets."""
    try:
        server = BackgroundServer(create_app(engine=EchoEngine()), host=host).start()
    except UsageError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    try:
        assert 200 == httpx.get(f"{server.url}/x").status_code
        assert server.url.startswith("http://[::1]:")
    finally:
        server.stop()


def test_a_background_server_ends_with_its_block() -> None:
    """A background server stops at the end of its block, and its port is free again."""
    with BackgroundServer(create_app(engine=EchoEngine())) as server:
        assert 200 == httpx.get(f"{server.url}/x").status_code

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/x")
    server.stop()
    for sock in listen("127.0.0.1", int(server.url.rpartition(":")[2])):
        sock.close()


def test_a_background_server_that_cannot_start() -> None:
    """If a background server cannot start, the error is raised in the calling thread."""
    [taken] = listen("127.0.0.1", 0)
    with taken, pytest.raises(UsageError, match="is already in use"):
        BackgroundServer(create_app(engine=EchoEngine()), port=taken.getsockname()[1]).start()


@pytest.mark.skipif(find_spec("uvloop") is None, reason="asyncio itself accepts all connections at once")
def test_promise_16_many_connections_are_accepted_at_once() -> None:
    """In few turns of the event loop, all waiting connections are accepted. uvloop accepts one of each socket."""
    accepted: list[asyncio.Transport] = []

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(cast("asyncio.Transport", transport))

    async def accept(sockets: list[socket.socket]) -> int:
        servers = [await asyncio.get_running_loop().create_server(Accepted, sock=sock) for sock in sockets]
        clients = [socket.create_connection(sockets[0].getsockname()) for _ in range(30)]
        for _ in range(4):
            await asyncio.sleep(0)
        count = len(accepted)
        for server in servers:
            server.close()
        for client in clients:
            client.close()
        for transport in accepted:
            transport.abort()
        await asyncio.sleep(0)
        return count

    with asyncio.Runner(loop_factory=running._new_event_loop) as runner:
        assert 30 == runner.run(accept(for_many_connections(listen("127.0.0.1", 0))))
