"""Measure what a shared store costs: one process with state in memory, and one and two workers with Redis.

    .venv/bin/python benchmarks/store.py            # print a table
    .venv/bin/python benchmarks/store.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/store.py --quick    # only check that it runs; ignore the figures

It starts a redis-server, which must be installed. In each round, all servers start with an empty store and take turns
under the same kind of load. The turns are short, because the speed of a shared machine changes within seconds.
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
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import redis
from commandline import MACHINE, CommandLine
from plan import FULL, QUICK
from processes import cpu_seconds, wait_until_idle
from raw_http import BODY, PATH
from run import load
from server import running_server

CREATES = "create a payment session"
NEW_KEYS = "create, a new key each time"
READS = "read a payment session"
KINDS = (CREATES, NEW_KEYS, READS)
CONNECTIONS = (16, 64)
TURNS = 3
"""How often each server has its turn with a kind of request in a round."""


class Case(NamedTuple):
    """What is measured: a kind of request, on a number of connections."""

    kind: str
    connections: int


CASES = tuple(Case(kind, connections) for kind in KINDS for connections in CONNECTIONS)


@dataclass(slots=True, kw_only=True)
class Server:
    """A kind of server with its options, and the figures of all turns by case.

    The figures are requests/s, seconds of CPU time of all its processes per request, and seconds.
    """

    name: str
    options: tuple[str, ...] = ()
    rates: dict[Case, list[float]] = field(default_factory=dict)
    costs: dict[Case, list[float]] = field(default_factory=dict)
    p99: dict[Case, list[float]] = field(default_factory=dict)

    def measure(self, case: Case, running: RunningServer, seconds: float) -> None:
        """Measure one turn of a case."""
        options = running.options_of(case)
        connections = case.connections
        load(running.port, requests=500, seconds=60.0, options=options, connections=connections)
        processes = [running.process, *_children(running.process)]
        wait_until_idle(processes)
        before = cpu_seconds(processes)
        result = load(running.port, requests=sys.maxsize, seconds=seconds, options=options, connections=connections)
        self.costs.setdefault(case, []).append((cpu_seconds(processes) - before) / result["replies"])
        self.rates.setdefault(case, []).append(result["replies"] / result["seconds"])
        self.p99.setdefault(case, []).append(result["p99"])


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that runs."""

    url: str
    process: int

    @property
    def port(self) -> int:
        """The port of the server."""
        return urlsplit(self.url).port or 0

    def options_of(self, case: Case) -> tuple[str, ...]:
        """The options of the load generator for a case. Reads get a payment session that is created now."""
        if case.kind != READS:
            return ("--kind", {CREATES: "valid", NEW_KEYS: "new-keys"}[case.kind])
        created = httpx.post(f"{self.url}{PATH}", content=BODY, headers=HEADERS)
        token = created.raise_for_status().json()["token"]
        return ("--kind", "get", "--path", f"/__mock/payment-sessions/{token}")


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


def rows(servers: list[Server], case: Case) -> Iterator[str]:
    """The figures of a case as rows of the table. Rates are compared with those of the same turn."""
    memory = servers[0]
    for server in servers:
        ratios = [own / of_memory for own, of_memory in zip(server.rates[case], memory.rates[case], strict=True)]
        cost, p99 = median(server.costs[case]) * 1e6, median(server.p99[case]) * 1e3
        yield (
            f"| {case.kind} | {case.connections} | {server.name} | {median(server.rates[case]):,.0f} "
            f"| {median(ratios):.2f} | {cost:.0f} µs | {p99:.1f} ms |"
        )


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="store")
    plan = QUICK if command_line.read().quick else FULL
    seconds = plan.seconds / TURNS
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
                running = [RunningServer(*stack.enter_context(running_server(*each.options))) for each in servers]
                for case in CASES:
                    for _ in range(TURNS):
                        for server, one in zip(servers, running, strict=True):
                            server.measure(case, one, seconds)
    lines = [
        "| request | connections | state | requests/s | relative to memory | CPU time per request | p99 |",
        "|---|---|---|---|---|---|---|",
        *(row for case in CASES for row in rows(servers, case)),
        "",
        f"{MACHINE}; keep-alive connections; median of {plan.rounds * TURNS} alternating turns of {seconds:g} s.",
        "The CPU time is that of the mock's processes, without Redis, which runs on the same cores.",
    ]
    command_line.show(lines)


if __name__ == "__main__":
    main()
