"""`--workers`: several processes that behave like one server."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.support.calls import BODY, PATH, send
from tests.support.command import PATIENCE, environment, run, run_python
from tests.support.needs import need
from tests.support.raw import RawConnection
from tests.support.stores import StoreServer, program_of
from tests.support.workers import WorkerServer, children, client_of, is_running, kill, open_sockets, started, wait_for

CREATE = (
    f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nwb-key: k\r\nMock-Scenario: slow\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()

# What a refusal needs, a call of Stripe's API, and a reply from a schema.
WARMED = (
    "openapi_core",
    "mockserver.contract.validation.validator",
    "mockserver.stripe",
    "mockserver.web.mock_app",
    "mockserver.samples.sample_replies",
)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    need(program_of("redis"), "redis-server is not installed")
    server = StoreServer("redis")
    yield server.url
    server.close()


def health(folder: Path) -> tuple[int, str]:
    ended = run("health", variables={"MOCKSERVER_PORT": "0", "XDG_RUNTIME_DIR": str(folder)})
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_workers_need_a_store(form: str) -> None:
    """Without a store that they share, it is wrong usage: one line that names the flag."""
    ended = run("--workers", "2", "--log-format", form)

    message = "--workers 2 needs a store that the processes share: add --store redis://HOST:6379/0"
    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines()))
    assert message == (
        json.loads(ended.stderr)["message"] if form == "json" else ended.stderr.strip().removeprefix("mockserver: ")
    )


@pytest.mark.parametrize("memory", [[], ["--store", "memory"]])
def test_one_worker_is_one_process(memory: list[str]) -> None:
    """`--workers 1` needs no store, and there is no supervisor."""
    with started("memory", *memory, count=1) as server:
        assert [] == server.workers
        assert 200 == send(server.url).status_code
        assert 0 == server.stop()


def test_one_server(store: str, tmp_path: Path) -> None:
    """There are one greeting, one port file and one record for `mockserver health`. At the end, all are gone."""
    with started(store, "--port-file", "port", count=3, cwd=tmp_path, XDG_RUNTIME_DIR=str(tmp_path)) as server:
        workers = server.workers
        assert 3 == len(workers)
        assert server.url.endswith(f":{(tmp_path / 'port').read_text('ascii').strip()}")
        assert (0, "ok\n") == health(tmp_path)
        assert [200] * 20 == [send(server.url).status_code for _ in range(20)]
        assert 0 == server.stop()

    assert [] == [pid for pid in workers if is_running(pid)]
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [200] * 20 == [line.get("status") for line in map(json.loads, server.lines) if line.get("path") == PATH]


def test_problems_are_reported_once(store: str, tmp_path: Path) -> None:
    """A broken scenario and a port in use are one line and exit code 2, as with one process."""
    (tmp_path / "broken.yaml").write_text("about: [", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        results = [
            run("--store", store, "--workers", "3", *flags)
            for flags in (["--port", "0", "--scenarios", str(tmp_path)], ["--port", port])
        ]

    assert [(2, "", 1)] * 2 == [(ended.returncode, ended.stdout, len(ended.stderr.splitlines())) for ended in results]
    assert "broken.yaml" in results[0].stderr
    assert f"port {port} on 127.0.0.1 is already in use" in results[1].stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_of_other_workers(store: str, workers: str) -> None:
    """A second server cannot use the port, although its workers could open further sockets there."""
    with started(store) as server:
        port = server.url.rpartition(":")[2]
        ended = run("--store", store, "--workers", workers, "--port", port)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert f"port {port} on 127.0.0.1 is already in use" in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux distributes connections over the sockets of workers")
def test_connections_that_are_opened_together(store: str) -> None:
    """No worker takes most of them."""
    with started(store) as server, ExitStack() as stack:
        workers = server.workers
        before = [open_sockets(worker) for worker in workers]
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        for _ in range(80):
            stack.enter_context(socket.create_connection(address))
        wait_for(lambda: sum(map(open_sockets, workers)) - sum(before) == 80)
        accepted = [open_sockets(worker) - former for worker, former in zip(workers, before, strict=True)]

    # The chance that one of them has fewer than 16 is below 1 in 10 million.
    assert min(accepted) >= 16, accepted


def test_workers_share_what_is_loaded(store: str, tmp_path: Path) -> None:
    """Everything is loaded before the workers start: afterwards, no worker imports what a refusal needs."""
    with (tmp_path / "imports").open("w", encoding="utf-8") as errors:
        server = subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "mockserver", "--store", store, "--log-format", "json"],
            env=environment({"MOCKSERVER_PORT": "0", "MOCKSERVER_WORKERS": "2"}),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with server:
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["url"]
            statuses = {send(url, path=path, body="{}").status_code for path in (PATH, "/nope", "/v1/tokens") * 10}
            server.terminate()
            assert 0 == server.wait(PATIENCE)
        finally:
            server.kill()

    assert {400, 401, 404} == statuses
    modules = [line.rpartition("|")[2].strip() for line in (tmp_path / "imports").read_text("utf-8").splitlines()]
    assert [1] * len(WARMED) == [modules.count(name) for name in WARMED]


def killed(server: WorkerServer, number: signal.Signals) -> tuple[int, int]:
    """Send a signal to one worker, and wait until another one replaces it. Returns both."""
    former = server.workers
    os.kill(former[0], number)
    wait_for(lambda: len(set(server.workers) - set(former)) == 1 and former[0] not in server.workers)
    [new] = set(server.workers) - set(former)
    return former[0], new


@pytest.mark.parametrize(
    ("number", "how"),
    [
        pytest.param(signal.SIGKILL, "was killed by SIGKILL", id="killed"),
        pytest.param(signal.SIGSEGV, "was killed by SIGSEGV", id="crashed"),
        pytest.param(signal.SIGTERM, "ended with exit code 0", id="stopped alone"),
        pytest.param(signal.SIGRTMIN, f"was killed by {signal.SIGRTMIN.name}", id="a signal without a name"),
    ],
)
def test_a_worker_that_ends_is_replaced(store: str, number: signal.Signals, how: str) -> None:
    """The others serve meanwhile, and one line of the log tells about it."""
    with started(store) as server:
        _, new = killed(server, number)
        assert [200] * 20 == [send(server.url).status_code for _ in range(20)]
        assert f"worker {new} replaces a worker that {how}" == server.wait_for_message("replaces a worker")
        assert 0 == server.stop()


@pytest.mark.parametrize(("form", "start"), [("text", r"\S+Z "), ("none", "")])
def test_the_line_about_a_replacement_has_the_format_of_the_log(store: str, form: str, start: str) -> None:
    """In the format `text` it has the time. With `none` it is on stderr: it is not about a request."""
    with started(store, form=form) as server:
        _, new = killed(server, signal.SIGKILL)
        assert 0 == server.stop()

    (line,) = [line for line in server.lines if "replaces" in line]
    assert re.fullmatch(f"{start}worker {new} replaces a worker that was killed by SIGKILL", line.strip())


@pytest.mark.parametrize("form", ["text", "json"])
def test_workers_that_keep_ending_stop_the_server(store: str, form: str) -> None:
    """After five failed starts in a row the server ends with exit code 1 and one line."""
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--store", store, "--workers", "2", "--log-format", form],
        env=environment({"MOCKSERVER_PORT": "0"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            for pid in children(process.pid)[:1]:
                kill(pid)
            time.sleep(0.01)
        process.kill()
        _, errors = process.communicate()

    expected = "the server stops because 5 workers in a row failed to start: the last one was killed by SIGKILL"
    assert (1, 1) == (process.returncode, len(errors.splitlines()))
    assert expected in errors
    assert form == "text" or expected == json.loads(errors)["message"]


def to_supervisor(server: WorkerServer, number: signal.Signals) -> None:
    os.kill(server.pid, number)


def to_group(server: WorkerServer, number: signal.Signals) -> None:
    os.killpg(server.pid, number)


def as_timeout(server: WorkerServer, number: signal.Signals) -> None:
    """timeout(1) signals its command and then the group."""
    to_supervisor(server, number)
    time.sleep(0.1)
    to_group(server, number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("sent", [to_supervisor, to_group, as_timeout])
def test_a_signal_loses_no_request(
    store: str, sent: Callable[[WorkerServer, signal.Signals], None], number: signal.Signals
) -> None:
    """After a signal, all workers answer accepted requests, and the exit code is 0."""
    with started(store, "--scenario", "slow") as server:
        clients = [RawConnection(server.url) for _ in range(12)]
        for client in clients:
            client.send(CREATE)
        # A request is accepted when its connection is read.
        time.sleep(0.5)
        sent(server, number)
        assert [200] * 12 == [client.receive().status for client in clients]
        assert 0 == server.end()
        for client in clients:
            client.socket.close()


def test_a_second_signal_ends_at_once(store: str) -> None:
    """A worker that cannot stop is killed then, which is what the user wants: the exit code is 0."""
    with started(store) as server:
        workers = server.workers
        os.kill(workers[0], signal.SIGSTOP)
        server.process.terminate()
        wait_for(lambda: workers[1] not in server.workers)
        # Signals in quick succession count as one.
        time.sleep(0.6)
        assert 0 == server.stop()
        assert [] == [pid for pid in workers if is_running(pid)]


def test_a_worker_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    """After the grace period, the server ends with an error: requests can be lost."""
    (tmp_path / "stuck.py").write_text(
        "import os, signal, threading\n"
        "from mockserver.server.worker_supervisor import WorkerSupervisor\n"
        "def work(supervision):\n"
        "    os.write(supervision._ready, os.getpid().to_bytes(4, 'little'))\n"
        "    threading.Event().wait()\n"
        "WorkerSupervisor(2, work, log=None, grace=0.1).run(lambda: os.kill(os.getpid(), signal.SIGTERM), list)\n",
        "utf-8",
    )
    ended = run_python(tmp_path, "stuck.py")

    assert "WorkerError: a worker did not stop in time and was killed" in ended.stderr
    assert 1 == ended.returncode


def test_workers_end_without_their_supervisor(store: str) -> None:
    """After `kill -9` of the supervisor, its workers finish and end."""
    with started(store) as server:
        workers = server.workers
        assert -signal.SIGKILL == server.stop(signal.SIGKILL)
        wait_for(lambda: not any(map(is_running, workers)))
        with pytest.raises(httpx.ConnectError):
            send(server.url)


def test_a_worker_leaves_the_unix_socket_to_the_others(store: str, tmp_path: Path) -> None:
    """Neither a worker that is killed nor one that ends removes the socket; the supervisor does."""
    path = tmp_path / "s.sock"
    with started(store, "--uds", "s.sock", cwd=tmp_path) as server:
        killed(server, signal.SIGTERM)
        killed(server, signal.SIGKILL)
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            assert [200] * 5 == [client.get("http://localhost/__mock/health").status_code for _ in range(5)]
        assert 0 == server.stop()

    assert not path.exists()


def test_all_workers_have_one_certificate_authority(store: str) -> None:
    """Also one that replaces another."""
    with started(store, "--tls", "self-signed") as server:
        context = ssl.create_default_context(cafile=str(server.facts["ca"]))
        killed(server, signal.SIGKILL)
        for _ in range(10):
            # Each client opens a connection of its own.
            with httpx.Client(verify=context) as client:
                assert 200 == client.get(f"{server.url}/__mock/health").status_code
        authority = Path(str(server.facts["ca"]))
        assert 0 == server.stop()

    assert not authority.exists()


def test_lines_of_the_log_are_whole(store: str) -> None:
    """Several workers write to one pipe that is read late. Every request has one line, and no line is torn."""
    queries = [f"?{'&'.join([chr(97 + number % 26) * 400] * 6)}" for number in range(8)]

    def call(query: str) -> None:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
            for _ in range(200):
                client.get(f"/unknown{query}")

    with started(store, reads=False) as server, ThreadPoolExecutor(8) as pool:
        list(pool.map(call, queries))
        server.read()
        assert 0 == server.stop()

    lines = [json.loads(line) for line in server.lines]
    assert [404] * 1600 == [line["status"] for line in lines if "status" in line]


def replies(server: WorkerServer, count: int, **headers: str) -> list[httpx.Response]:
    """The replies to equal requests that two workers answer in turn."""
    sent = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    found = []
    for number in range(count):
        with client_of(server, server.workers[number % 2]) as client:
            found.append(client.post(PATH, content=BODY, headers=sent))
    return found


def test_workers_share_sequences(store: str) -> None:
    """The third call of a sequence is the third one, whichever workers answer."""
    with started(store) as server:
        found = replies(server, 5, mock_scenario="retry_after_503", wb_key="sequences")
        assert [503, 503, 200, 200, 200] == [reply.status_code for reply in found]
        assert 5 == len({reply.headers["mock-entry"] for reply in found})
        assert 0 == server.stop()


def test_workers_give_the_same_bytes_as_one_process(store: str) -> None:
    """The same seed, namespace and order of requests give the same replies."""
    with started(store, "--seed", "7") as server:
        shared = replies(server, 4, wb_key="bytes")
        assert 0 == server.stop()
    with started("memory", "--seed", "7", count=1) as server:
        alone = [send(server.url, wb_key="bytes") for _ in range(4)]
        assert 0 == server.stop()

    assert [reply.text for reply in alone] == [reply.text for reply in shared]


def test_promise_14_a_killed_worker_loses_no_payment_session(store: str) -> None:
    """What was acknowledged can be read after `kill -9`, from any worker."""
    tokens: list[str] = []
    ending = Event()

    def create(key: str) -> None:
        while not ending.is_set():
            # The connection to a worker that is killed breaks.
            with suppress(httpx.TransportError):
                tokens.append(send(server.url, wb_key=key).json()["token"])

    with started(store) as server:
        with ThreadPoolExecutor(4) as pool:
            for key in ("killed-1", "killed-2", "killed-1", "killed-3"):
                pool.submit(create, key)
            for count in (10, 20, 30):
                wait_for(lambda count=count: len(tokens) >= count)  # type: ignore[misc]  # mypy does not infer it
                killed(server, signal.SIGKILL)
            ending.set()
        assert len(set(tokens)) == len(tokens)
        for worker in server.workers:
            with client_of(server, worker) as client:
                paths = [f"/__mock/payment-sessions/{token}" for token in tokens]
                assert [] == [path for path in paths if client.get(path).status_code != 200]
        assert 0 == server.stop()


def test_ids_of_commits_differ_after_a_fork(tmp_path: Path) -> None:
    """The store recognizes a commit that is sent again by its id, so a worker must not use those of another one."""
    (tmp_path / "ids.py").write_text(
        "import os\n"
        "from mockserver.store.redis_link import RedisLink\n"
        "link = RedisLink('redis://localhost')\n"
        "if os.fork():\n"
        "    os.wait()\n"
        "print(link.new_id(), flush=True)\n",
        "utf-8",
    )
    ids = run_python(tmp_path, "ids.py").stdout.splitlines()

    assert (2, 2) == (len(ids), len(set(ids)))


ORPHAN = """
import ctypes, os, sys, time
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.5)
    os._exit(0)
os.wait()
os.execv(sys.executable, [sys.executable, "-m", "mockserver", *sys.argv[1:]])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to another process than process 1")
def test_other_processes_are_reaped(store: str) -> None:
    """As process 1 of a container, the supervisor gets processes whose parent has ended."""
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, "--store", store, "--workers", "2", "--log-format", "json"],
        env=environment({"MOCKSERVER_PORT": "0"}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["seed"]
            wait_for(lambda: len(children(process.pid)) == 2)
            assert [True, True] == list(map(is_running, children(process.pid)))
            process.terminate()
            assert 0 == process.wait(PATIENCE)
        finally:
            process.kill()
