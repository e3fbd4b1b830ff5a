"""Delays and faults of scenarios, as a raw socket, httpx and Node's fetch see them."""

from __future__ import annotations

import errno
import json
import math
import select
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Fault, Headers, Reply, Request
from mockserver.server import BackgroundServer, running
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.needs import command
from tests.support.raw import RawConnection

OPERATION = "c_create_payment_session"
PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
BODY = b'{"operation":"add_method","address":true}'
HEADERS = {"wb-key": "api_key_demo", "content-type": "application/json"}
# How long to wait for a reply, and for a reply that never comes; in seconds.
PATIENCE = 20.0
IMPATIENCE = 0.5

DELAYS = {
    "fixed": "200ms",
    "uniform": "{uniform: [50ms, 200ms]}",
    "lognormal": "{lognormal: {median: 80ms, sigma: 0.4}}",
    "late": "60s",
}
FAULTS = {
    "connection_reset": "connection_reset",
    "empty_reply": "empty_reply",
    "truncated_body": "truncated_body",
    "malformed_json": "malformed_json",
    "hang": "hang",
    "dribble": "{dribble: {chunks: 4, over: 300ms}}",
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario for each delay and each fault, and the default one."""
    answers = {"happy_path": "reply: {payment_session: {}}"}
    answers |= {name: f"delay: {delay}, reply: {{payment_session: {{}}}}" for name, delay in DELAYS.items()}
    answers |= {name: f"fault: {fault}" for name, fault in FAULTS.items()}
    answers["late_fault"] = "delay: 200ms, fault: empty_reply"
    scenarios = tmp_path_factory.mktemp("scenarios")
    for name, answer in answers.items():
        stub = f"{{name: the only stub, operation: {OPERATION}, {answer}}}"
        (scenarios / f"{name}.yaml").write_text(f"about: One.\nstubs: [{stub}]\n", "utf-8")
    return scenarios


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A server that listens, and its engine."""

    background: BackgroundServer
    engine: Engine

    @property
    def url(self) -> str:
        return self.background.url + PATH

    def ask(self, scenario: str, *, seconds: float = PATIENCE) -> RawConnection:
        """A connection that has sent one request."""
        connection = RawConnection(self.url, seconds=seconds)
        connection.send(posted(scenario))
        return connection


@contextmanager
def live(folder: Path) -> Iterator[Live]:
    engine = load_engine(Settings(scenarios=folder, seed=1))
    with BackgroundServer(create_app(engine=engine)) as background:
        yield Live(background=background, engine=engine)


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Live]:
    """A server on each event loop."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "asyncio":
            patch.setattr(running, "find_spec", lambda name: None)
        with live(folder) as served:
            yield served


def posted(scenario: str) -> bytes:
    """The bytes of a request for a scenario."""
    fields = {"Host": "localhost", "Mock-Scenario": scenario, "Content-Length": str(len(BODY)), **HEADERS}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode() + BODY


def handled(engine: Engine, scenario: str) -> Reply | Fault:
    headers = Headers([*HEADERS.items(), ("mock-scenario", scenario)])
    return engine.handle(Request(method="POST", path=PATH, headers=headers, body=BODY))


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


# Delays


def delays(folder: Path, scenario: str, *, seed: int) -> list[float]:
    """The first delays of a scenario, in seconds."""
    engine = load_engine(Settings(scenarios=folder, seed=seed))
    return [handled(engine, scenario).delay for _ in range(400)]


@pytest.mark.parametrize(
    ("scenario", "holds"),
    [
        pytest.param("happy_path", lambda found: {0.0} == set(found), id="none"),
        pytest.param("fixed", lambda found: {0.2} == set(found), id="fixed"),
        pytest.param(
            "uniform",
            lambda found: 0.05 <= min(found) < 0.06 and 0.19 < max(found) <= 0.2 and len(set(found)) == 400,
            id="uniform",
        ),
        pytest.param(
            "lognormal",
            lambda found: (
                0.075 < statistics.median(found) < 0.085
                and 0.35 < statistics.stdev(map(math.log, found)) < 0.45
                and max(found) > 0.16
            ),
            id="lognormal",
        ),
    ],
)
def test_delays_have_their_distribution(folder: Path, scenario: str, holds: Callable[[list[float]], bool]) -> None:
    """A fixed delay never varies; the other delays have the configured distribution."""
    assert holds(delays(folder, scenario, seed=7))


@pytest.mark.parametrize("scenario", ["uniform", "lognormal"])
def test_promise_4_delays_are_repeatable(folder: Path, scenario: str) -> None:
    """The same seed gives the same delays, and another seed gives other delays."""
    assert delays(folder, scenario, seed=7) == delays(folder, scenario, seed=7)
    assert delays(folder, scenario, seed=7) != delays(folder, scenario, seed=8)


@pytest.mark.parametrize("scenario", ["fixed", "uniform", "lognormal", "late_fault"])
def test_a_client_waits_for_the_delay(server: Live, scenario: str) -> None:
    """The reply or the fault arrives after the delay of the engine."""
    started = time.monotonic()
    with server.ask(scenario) as connection:
        if scenario == "late_fault":
            assert b"" == connection.rest()
        else:
            assert 200 == connection.receive().status
    waited = time.monotonic() - started
    *_, entry = server.engine.state.journal

    assert entry.outcome.delay > 0.01
    assert waited > entry.outcome.delay * 0.9


def test_a_delay_blocks_no_other_request(folder: Path) -> None:
    """While fifty requests wait, another one gets its reply; when the server stops, the fifty get theirs."""
    with ExitStack() as stack:
        with live(folder) as served:
            slow = [stack.enter_context(served.ask("late")) for _ in range(50)]
            assert eventually(lambda: len(served.engine.state.journal) == len(slow))
            with served.ask("happy_path") as quick:
                assert 200 == quick.receive().status
            early, _, _ = select.select([connection.socket for connection in slow], [], [], 0)

        assert [] == early
        assert [200] * 50 == [connection.receive().status for connection in slow]


# Faults, byte by byte


def test_raw_connection_reset(server: Live) -> None:
    """The client gets a TCP reset, and no byte before it."""
    with server.ask("connection_reset") as connection, pytest.raises(ConnectionResetError) as caught:
        connection.socket.recv(1)

    assert errno.ECONNRESET == caught.value.errno


def test_raw_empty_reply(server: Live) -> None:
    """The connection is closed without a byte."""
    with server.ask("empty_reply") as connection:
        assert b"" == connection.rest()


def test_raw_truncated_body(server: Live) -> None:
    """The head is that of the whole reply; the body ends early, and the connection is closed."""
    with server.ask("truncated_body") as connection:
        head, _, body = connection.rest().partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])

    assert head.startswith(b"HTTP/1.1 200 ")
    assert ("application/json", "truncated_body") == (fields["content-type"], fields["mock-scenario"])
    assert body.startswith(b'{"token":"PaySess_')
    assert 0 < len(body) < int(fields["content-length"])


def test_raw_malformed_json(server: Live) -> None:
    """The reply is complete and the connection stays open; only the body is not JSON."""
    with server.ask("malformed_json") as connection:
        reply = connection.receive()
        connection.send(posted("happy_path"))
        next_reply = connection.receive()

    assert (200, "application/json") == (reply.status, reply.headers["content-type"])
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert "stripe" == next_reply.json()["provider"]


def test_raw_hang(server: Live) -> None:
    """No byte arrives; when the client disconnects, the server drops the request."""
    tasks = server.background._server.server_state.tasks
    with server.ask("hang", seconds=IMPATIENCE) as connection:
        with pytest.raises(TimeoutError):
            connection.socket.recv(1)
        assert eventually(lambda: len(tasks) == 1)

    assert eventually(lambda: not tasks)


def test_a_hang_ends_with_the_server(folder: Path) -> None:
    """A stopping server closes a hanging request."""
    with ExitStack() as stack:
        with live(folder) as served:
            connection = stack.enter_context(served.ask("hang"))
            assert eventually(lambda: len(served.engine.state.journal) == 1)

        assert b"" == connection.rest()


def test_raw_dribble(server: Live) -> None:
    """The body arrives completely, in chunks over the configured time, and the connection stays open."""
    started = time.monotonic()
    with server.ask("dribble") as connection:
        first = connection.socket.recv(65536)
        connection._buffer = first
        reply = connection.receive()
        lasted = time.monotonic() - started
        connection.send(posted("happy_path"))
        next_reply = connection.receive()

    assert len(first.partition(b"\r\n\r\n")[2]) < int(reply.headers["content-length"])
    assert lasted > 0.3 * 0.9
    assert ("stripe", "stripe") == (reply.json()["provider"], next_reply.json()["provider"])


# Faults, as real clients report them

HTTPX: dict[str, tuple[int | None, type[Exception] | str]] = {
    "connection_reset": (None, httpx.ReadError),
    "empty_reply": (None, httpx.RemoteProtocolError),
    "truncated_body": (200, httpx.RemoteProtocolError),
    "malformed_json": (200, json.JSONDecodeError),
    "hang": (None, httpx.ReadTimeout),
    "dribble": (200, "stripe"),
}


@pytest.mark.parametrize("scenario", FAULTS)
def test_httpx(server: Live, scenario: str) -> None:
    """An httpx client gets the status if there is a head, and then an exception or the provider."""
    status: int | None = None
    result: type[Exception] | str
    # The timeout applies to each chunk, and a hanging request sends none.
    timeout = IMPATIENCE if scenario == "hang" else PATIENCE
    headers = HEADERS | {"mock-scenario": scenario}
    try:
        with httpx.stream("POST", server.url, content=BODY, headers=headers, timeout=timeout) as reply:
            status = reply.status_code
            reply.read()
        result = reply.json()["provider"]
    except (httpx.TransportError, ValueError) as error:
        result = type(error)

    assert HTTPX[scenario] == (status, result)


NODE: dict[str, dict[str, Any]] = {
    "connection_reset": {"status": None, "error": "TypeError", "code": "ECONNRESET"},
    "empty_reply": {"status": None, "error": "TypeError", "code": "UND_ERR_SOCKET"},
    "truncated_body": {"status": 200, "error": "TypeError", "code": "UND_ERR_SOCKET"},
    "malformed_json": {"status": 200, "error": "SyntaxError", "code": None},
    "hang": {"status": None, "error": "TimeoutError", "code": None},
    "dribble": {"status": 200, "provider": "stripe"},
}


@pytest.mark.parametrize("server", ["uvloop"], indirect=True)
def test_node(server: Live) -> None:
    """Node's fetch gets the status if there is a head, and then an error with its cause, or the provider."""
    script = Path(__file__).parent / "clients" / "faults.mjs"
    started = [command("node"), str(script), server.url, str(round(IMPATIENCE * 1000)), *FAULTS]
    done = subprocess.run(started, capture_output=True, text=True, timeout=60, check=False)

    assert 0 == done.returncode, done.stderr
    assert NODE == json.loads(done.stdout)
