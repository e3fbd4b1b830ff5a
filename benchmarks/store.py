"""Measure what a shared store costs: one process with state in memory, and one and two workers with Redis.

    .venv/bin/python benchmarks/store.py            # print a table
    .venv/bin/python benchmarks/store.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/store.py --quick    # only check that it runs; ignore the figures

It starts a redis-server, which must be installed. In each round, all servers start with an empty store and get the same
kind of request one after another.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
import redis
from commandline import MACHINE, CommandLine
from plan import FULL, QUICK, Plan
from processes import cpu_seconds, wait_until_idle
from raw_http import BODY, PATH
from run import load
from server import running_server

CREATES = "create a payment session"
NEW_KEYS = "create, a new key each time"
READS = "read a payment session"
KINDS = (CREATES, NEW_KEYS, READS)


@dataclass(slots=True, kw_only=True)
class Server:
    """A kind of server with its options, and the figures of all rounds by kind of request.

    The figures are requests/s, seconds of CPU time of all its processes per request, and seconds.
    """

    name: str
    options: tuple[str, ...] = ()
    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    p99: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, kind: str, running: RunningServer, plan: Plan) -> None:
        """Measure one round of a kind of request."""
        options = running.options_of(kind)
        load(running.port, requests=500, seconds=60.0, options=options)
        processes = [running.process, *_children(running.process)]
        wait_until_idle(processes)
        before = cpu_seconds(processes)
        result = load(running.port, requests=sys.maxsize, seconds=plan.seconds, options=options)
        self.costs.setdefault(kind, []).append((cpu_seconds(processes) - before) / result["replies"])
        self.rates.setdefault(kind, []).append(result["replies"] / result["seconds"])
        self.p99.setdefault(kind, []).append(result["p99"])


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that runs, and the token of a payment session that it has created."""

    port: int
    process: int
    token: str

    def options_of(self, kind: str) -> tuple[str, ...]:
        """The options of the load generator for a kind of request."""
        if kind == READS:
            return ("--kind", "get", "--path", f"/__mock/payment-sessions/{self.token}")
        return ("--kind", {CREATES: "valid", NEW_KEYS: "new-keys"}[kind])


@contextmanager
def started(server: Server) -> Iterator[RunningServer]:
    """Start a server."""
    with running_server(*server.options) as (url, process):
        created = httpx.post(f"{url}{PATH}", content=BODY, headers=HEADERS)
        yield RunningServer(urlsplit(url).port or 0, process, created.raise_for_status().json()["token"])


HEADERS = {"wb-key": "api_key_demo", "content-type": "application/json"}


@contextmanager
def running_store() -> Iterator[str]:
    """Start a redis-server without persistence; yield its URL."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is not installed")
    with TemporaryDirectory() as folder:
        socket = Path(folder) / "socket"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder) as process:
            try:
                while not socket.exists():
                    time.sleep(0.01)
                yield f"unix://{socket}"
            finally:
                process.terminate()


def _children(process: int) -> list[int]:
    """The processes that a process has started: the workers of a supervisor."""
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def rows(servers: list[Server], kind: str) -> Iterator[str]:
    """The figures of one kind of request as rows of the table. Rates are compared with those of the same round."""
    memory = servers[0]
    for server in servers:
        ratios = [own / of_memory for own, of_memory in zip(server.rates[kind], memory.rates[kind], strict=True)]
        yield (
            f"| {kind} | {server.name} | {median(server.rates[kind]):,.0f} | {median(ratios):.2f} "
            f"| {median(server.costs[kind]) * 1e6:.0f} µs | {median(server.p99[kind]) * 1e3:.1f} ms |"
        )


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="store")
    plan = QUICK if command_line.read().quick else FULL
    with running_store() as store:
        servers = [
            Server(name="memory"),
            Server(name="Redis", options=("--store", f"{store}?db=0")),
            Server(name="Redis, 2 workers", options=("--store", f"{store}?db=1", "--workers", "2")),
        ]
        for _ in range(plan.rounds):
            with redis.Redis.from_url(store) as client:
                client.flushall()
            with ExitStack() as stack:
                running = [stack.enter_context(started(server)) for server in servers]
                for kind in KINDS:
                    for server, one in zip(servers, running, strict=True):
                        server.measure(kind, one, plan)
    lines = [
        "| request | state | requests/s | relative to memory | CPU time per request | p99 |",
        "|---|---|---|---|---|---|",
        *(row for kind in KINDS for row in rows(servers, kind)),
        "",
        f"{MACHINE}; 16 keep-alive connections; median of {plan.rounds} alternating rounds of {plan.seconds:g} s.",
        "The CPU time is that of the mock's processes, without Redis, which runs on the same cores.",
    ]
    command_line.show(lines)


if __name__ == "__main__":
    main()
