"""Check that a shared store loses and mixes nothing: replicas are killed and the store is restarted under load.

    .venv/bin/python benchmarks/chaos.py            # 1,000 namespaces, one or two minutes
    .venv/bin/python benchmarks/chaos.py --quick    # 200 namespaces
    .venv/bin/python benchmarks/chaos.py --cluster  # with a Redis Cluster of three nodes

Three replicas share a Redis or Valkey server, or a cluster, that writes every change to a file before it answers. The
callers of many namespaces create payment sessions and confirm them, each call at another replica. Meanwhile, replicas
get SIGKILL and are started again, and so is the store, or a node of the cluster. At the end, everything that was
acknowledged must be there, in its own namespace. The exit code is 1 if it is not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from socket import create_connection
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import redis

REPLICAS = 3
THREADS = 24
SESSIONS = 3
"""How many payment sessions a namespace has. The first one is confirmed."""
PATIENCE = 60.0
NODE_PORTS = (18481, 18482, 18483)
SLOTS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of namespaces, and the seconds between two failures."""

    namespaces: int
    pause: float


FULL = Plan(namespaces=1000, pause=2.0)
QUICK = Plan(namespaces=200, pause=0.5)


class Process:
    """A process that is killed and started again, until it is closed."""

    def __init__(self, command: list[str], folder: Path, is_ready: Callable[[], bool]) -> None:
        self._command = command
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        self._is_ready = is_ready
        self.starts = 0
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.starts += 1
        self.process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            if time.monotonic() > end:
                raise SystemExit(f"{self._command[0]} does not start")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass(slots=True, kw_only=True)
class Caller:
    """One namespace, and what the replicas have acknowledged to it."""

    number: int
    urls: list[str]
    tokens: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    retries: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """The credential, which decides the namespace."""
        return {"wb-key": f"api_key_chaos_{self.number}"}

    @property
    def customer(self) -> str:
        """The customer whom only this caller names."""
        return f"Cust_{self.number}"

    def run(self) -> None:
        """Make all calls, each at the next replica, until it is acknowledged."""
        with httpx.Client(headers=self.headers, timeout=20, verify=False) as http:
            for step in range(SESSIONS):
                body = {"operation": "add_method", "address": True}
                session = self._call(http, step, f"/v1/c/customer/{self.customer}/payment/session", json=body)
                self.tokens.append(session["token"])
                if step == 0:
                    self._confirm(http, session)

    def _confirm(self, http: httpx.Client, session: dict[str, Any]) -> None:
        stripe = session["setup_intent"]["stripe"]
        id_ = stripe["client_secret"].partition("_secret_")[0]
        fields = {"client_secret": stripe["client_secret"], "payment_method": "pm_card_visa"}
        headers = {
            "authorization": f"Bearer {stripe['pk_key']}",
            "stripe-account": stripe["connected_account_id"],
            # A confirmation whose reply was lost is repeated, and must not fail because it has succeeded.
            "idempotency-key": f"confirm-{self.number}",
        }
        intent = self._call(http, 1, f"/v1/setup_intents/{id_}/confirm", data=fields, headers=headers)
        if intent["status"] == "succeeded":
            self.confirmed.append(session["token"])

    def _call(self, http: httpx.Client, step: int, path: str, **options: Any) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        for attempt in range(sys.maxsize):
            with suppress(httpx.HTTPError):
                reply = http.post(self.urls[(self.number + step + attempt) % REPLICAS] + path, **options)
                if reply.status_code == 200:
                    found: dict[str, Any] = reply.json()
                    return found
                if reply.headers.get("mock-refused") != "store-unavailable":
                    raise AssertionError(f"{path}: {reply.status_code} {reply.text[:300]}")
            if time.monotonic() > end:
                break
            self.retries += 1
            time.sleep(0.05)
        raise AssertionError(f"{path} was not answered within {PATIENCE:g} s")

    def problems(self) -> list[str]:
        """What was lost or mixed up, seen from another replica than the last one."""
        url = self.urls[(self.number + 1) % REPLICAS]
        with httpx.Client(base_url=f"{url}/__mock/", headers=self.headers, timeout=20, verify=False) as http:
            listed = http.get("payment-sessions").json()["payment_sessions"]
            entries = http.get("journal", params={"limit": 1000}).json()["entries"]
        sessions = {each["payment_session"]["token"]: each["payment_session"] for each in listed}
        numbers = [int(entry["id"].rpartition("-")[2]) for entry in entries]
        found = [f"lost: payment session {token}" for token in self.tokens if token not in sessions]
        found += [f"repeated: {token}" for token in set(self.tokens) if self.tokens.count(token) > 1]
        found += [
            f"lost: the confirmation of {token}"
            for token in self.confirmed
            if token in sessions and sessions[token]["status"] != "succeeded"
        ]
        found += [
            f"mixed: a session of {each['customer_id']}"
            for each in sessions.values()
            if each["customer_id"] != self.customer
        ]
        if len(self.confirmed) != 1:
            found.append(f"confirmed: {self.confirmed}")
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"journal: {numbers}")
        # The reply of an exchange that nobody has received counts as well.
        if len(sessions) < SESSIONS or len(numbers) < SESSIONS + 1:
            found.append(f"incomplete: {len(sessions)} sessions, {len(numbers)} entries")
        return [f"{self.customer}: {each}" for each in found]


def answers(url: str) -> bool:
    """Whether a replica is ready."""
    with suppress(httpx.HTTPError):
        return httpx.get(f"{url}/__mock/health/live", timeout=5).status_code == 200
    return False


class Stores:
    """The processes of a store: one server, or the nodes of a cluster."""

    def __init__(self, program: str, folder: Path, *, is_cluster: bool) -> None:
        self._command = [program, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self._folder = folder
        if is_cluster:
            self.processes = [self._node(port) for port in NODE_PORTS]
            self._join()
        else:
            socket = folder / "s"
            options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
            self.processes = [Process([*self._command, *options], folder, socket.exists)]
        self.url = f"redis+cluster://127.0.0.1:{NODE_PORTS[0]}" if is_cluster else f"unix://{folder}/s"

    def kill(self) -> None:
        """End all processes."""
        for process in self.processes:
            process.kill()

    def _node(self, port: int) -> Process:
        folder = self._folder / str(port)
        folder.mkdir()
        options = ["--port", str(port), "--cluster-enabled", "yes", "--dir", str(folder)]
        return Process([*self._command, *options], folder, partial(accepts, port))

    def _join(self) -> None:
        for index, port in enumerate(NODE_PORTS):
            first, after = (SLOTS * each // len(NODE_PORTS) for each in (index, index + 1))
            with redis.Redis(port=port) as node:
                node.execute_command("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
                node.execute_command("CLUSTER", "MEET", "127.0.0.1", NODE_PORTS[0])
        end = time.monotonic() + PATIENCE
        while not all(map(is_joined, NODE_PORTS)):
            if time.monotonic() > end:
                raise SystemExit("the cluster does not start")
            time.sleep(0.05)


def accepts(port: int) -> bool:
    """Whether somebody listens on a port."""
    with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def is_joined(port: int) -> bool:
    """Whether the node of a cluster knows all others."""
    with redis.Redis(port=port, decode_responses=True) as node:
        info = node.execute_command("CLUSTER", "INFO")
    return {"cluster_state:ok", f"cluster_known_nodes:{len(NODE_PORTS)}"} <= set(info.splitlines())


def fail_all(replicas: list[Process], stores: list[Process], done: threading.Event, pause: float) -> int:
    """Kill and restart one after the other until all calls are made. Returns the number of failures."""
    random, failures = Random(1), 0  # the same order in every run
    while not done.wait(pause * random.uniform(0.5, 1.5)):
        victim = random.choice(stores if failures % 3 == 0 else replicas)
        victim.kill()
        victim.start()
        failures += 1
    return failures


def play(plan: Plan, stores: Stores, folder: Path) -> list[str]:
    """Run the callers and the failures. Returns what was lost or mixed up."""
    urls = [f"http://127.0.0.1:{port}" for port in range(18471, 18471 + REPLICAS)]
    with ExitStack() as stack:
        stack.callback(stores.kill)
        replicas = []
        for url in urls:
            command = [sys.executable, "-m", "mockserver", "--port", url.rpartition(":")[2], "--log-format", "none"]
            command += ["--seed", "1", "--store", stores.url]
            replica = Process(command, folder, partial(answers, url))
            stack.callback(replica.kill)
            replicas.append(replica)
        callers = [Caller(number=number, urls=urls) for number in range(plan.namespaces)]
        done = threading.Event()
        started = time.monotonic()
        with ThreadPoolExecutor(THREADS + 1) as pool:
            failing = pool.submit(fail_all, replicas, stores.processes, done, plan.pause)
            running = [pool.submit(caller.run) for caller in callers]
            problems = [f"{error}" for each in running if (error := each.exception()) is not None]
            done.set()
            failures = failing.result()
            seconds = time.monotonic() - started
            problems += [problem for found in pool.map(Caller.problems, callers) for problem in found]
        tokens = [token for caller in callers for token in caller.tokens]
        problems += [] if len(tokens) == len(set(tokens)) else ["mixed: namespaces share a token"]
        confirmed = sum(len(caller.confirmed) for caller in callers)
        retries = sum(caller.retries for caller in callers)
        restarts = sum(process.starts - 1 for process in stores.processes)
        print(
            f"{plan.namespaces} namespaces, {len(tokens)} payment sessions, {confirmed} confirmations, "
            f"{seconds:.0f} s; {failures} failures ({restarts} of the store), {retries} retries; "
            f"{len(problems)} problems"
        )
    return problems


def main() -> None:
    """Play, and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="with fewer namespaces")
    parser.add_argument("--cluster", action="store_true", help="with a cluster of three nodes")
    parser.add_argument("--pause", type=float, help="the mean number of seconds between two failures")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    if arguments.pause is not None:
        plan = replace(plan, pause=arguments.pause)
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise SystemExit("redis-server is not installed")
    with TemporaryDirectory() as folder:
        stores = Stores(program, Path(folder), is_cluster=arguments.cluster)
        problems = play(plan, stores, Path(folder))
    print("\n".join(problems[:20]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
