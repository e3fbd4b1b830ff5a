"""Replicas are killed and the store is restarted under load: nothing that was acknowledged is lost or mixed up."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.command import environment
from tests.support.needs import need
from tests.support.ports import free_port
from tests.support.stores import StoreServer, program_of, store_server

CALLERS = 24
CALLS = 6
BODY = {"operation": "add_method", "address": True}


@contextmanager
def durable_store(kind: str) -> Iterator[StoreServer]:
    """A store that writes every change to a file before it answers."""
    need(program_of(kind), f"{kind} is not installed")
    store = store_server(kind, durable=True)
    try:
        yield store
    finally:
        store.close()


class Replica:
    """A server in a process of its own, always on the same port."""

    def __init__(self, store: str, folder: Path) -> None:
        self._command = [sys.executable, "-m", "mockserver", "--seed", "1", "--store", store, "--log-format", "none"]
        self._folder = folder
        self._port = str(free_port())
        self.url = ""
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it listens."""
        self.process = subprocess.Popen(
            [*self._command, "--port", self._port],
            env=environment({"XDG_RUNTIME_DIR": str(self._folder)}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().rsplit(" at ", 1)[1].strip()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def end(self, number: int) -> int:
        """Send the process a signal, and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def creates(caller: int, urls: list[str]) -> list[str]:
    """Create payment sessions with one key, on one replica after the other; returns the acknowledged tokens."""
    tokens: list[str] = []
    with httpx.Client(headers={"wb-key": f"api_key_{caller}"}, timeout=10) as http:
        for number in range(CALLS):
            for attempt in range(200):
                url = urls[(caller + number + attempt) % len(urls)]
                try:
                    reply = http.post(f"{url}/v1/c/customer/Cust_{caller}/payment/session", json=BODY)
                except httpx.HTTPError:
                    time.sleep(0.02)
                    continue
                if reply.status_code == 200:
                    tokens.append(reply.json()["token"])
                    break
                assert (503, "store-unavailable") == (reply.status_code, reply.headers["mock-refused"])
                time.sleep(0.02)
    return tokens


@pytest.mark.parametrize("kind", ["redis", "valkey", "cluster"])
def test_promise_14_nothing_acknowledged_is_lost(tmp_path: Path, kind: str) -> None:
    """Under load, two replicas are killed and replaced, and the store is killed and started again."""
    with durable_store(kind) as store, ExitStack() as stack:
        replicas = [Replica(store.url, tmp_path) for _ in range(3)]
        for replica in replicas:
            stack.callback(replica.process.kill)
        urls = [replica.url for replica in replicas]
        with ThreadPoolExecutor(16) as pool:
            running = [pool.submit(creates, caller, urls) for caller in range(CALLERS)]
            for replica in replicas[:2]:
                time.sleep(0.3)
                replica.end(signal.SIGKILL)
                replica.start()
                stack.callback(replica.process.kill)
            store.kill()
            store.start()
            acknowledged = [each.result(60) for each in running]
        for caller, tokens in enumerate(acknowledged):
            headers = {"wb-key": f"api_key_{caller}"}
            listed = httpx.get(f"{urls[caller % 3]}/__mock/payment-sessions", headers=headers).json()
            sessions = [each["payment_session"] for each in listed["payment_sessions"]]
            entries = httpx.get(f"{urls[(caller + 1) % 3]}/__mock/journal", headers=headers).json()["entries"]
            numbers = [int(each["id"].rpartition("-")[2]) for each in entries]

            assert CALLS == len(tokens) == len(set(tokens))
            assert set(tokens) <= {session["token"] for session in sessions}
            assert {f"Cust_{caller}"} == {session["customer_id"] for session in sessions}
            assert list(range(1, len(numbers) + 1)) == numbers
        assert [0, 0, 0] == [replica.end(signal.SIGTERM) for replica in replicas]


def test_promise_11_sigterm_under_load_loses_nothing(tmp_path: Path) -> None:
    """Requests that a stopping replica has accepted are answered, and their effects are stored."""
    with durable_store("redis") as store:
        stopped, other = Replica(store.url, tmp_path), Replica(store.url, tmp_path)
        acknowledged: list[str] = []

        def call(_: int) -> None:
            try:
                with httpx.Client(headers={"wb-key": "k"}, timeout=10) as http:
                    while True:
                        reply = http.post(f"{stopped.url}/v1/c/customer/Cust_1/payment/session", json=BODY)
                        assert 200 == reply.status_code
                        acknowledged.append(reply.json()["token"])
            except httpx.HTTPError:
                # The server does not listen any more.
                pass

        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(call, number) for number in range(8)]
            for _ in range(600):
                if len(acknowledged) > 20:
                    break
                time.sleep(0.05)
            code = stopped.end(signal.SIGTERM)
            for each in running:
                each.result(30)
        listed = httpx.get(f"{other.url}/__mock/payment-sessions?limit=10000", headers={"wb-key": "k"}).json()
        assert (0, 0) == (code, other.end(signal.SIGTERM))

    assert len(acknowledged) > 20
    assert set(acknowledged) <= {each["payment_session"]["token"] for each in listed["payment_sessions"]}
