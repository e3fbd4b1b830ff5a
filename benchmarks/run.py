"""Compare the mock with the floor: requests per second, delays, time to the first reply, memory.

    .venv/bin/python benchmarks/run.py            # print a table
    .venv/bin/python benchmarks/run.py --write    # also put it into README.md and benchmarks/README.md
    .venv/bin/python benchmarks/run.py --quick    # only check that it runs; ignore the figures

All traffic stays on 127.0.0.1. The load generator load.py runs in its own process.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from commandline import MACHINE, CommandLine
from load import CONNECTIONS, check_reply
from peers import peers
from processes import cpu_seconds, process_group, resident_megabytes, stop, wait_until_idle
from raw_http import create_request, receive_reply

HERE = Path(__file__).parent
PAGES = (HERE.parent / "README.md", HERE / "README.md")
REQUESTS_BEFORE_MEMORY = 10_000
TIMEOUT = 60.0
MANY_CONNECTIONS = 256
REFUSED = ("--kind", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of rounds, the seconds per round, and the number of cold starts of each server."""

    rounds: int
    seconds: float
    starts: int


FULL = Plan(rounds=7, seconds=3.0, starts=5)
QUICK = Plan(rounds=1, seconds=0.5, starts=1)


@dataclass(slots=True, kw_only=True)
class Server:
    """A server, and its figures of all rounds."""

    name: str
    command: tuple[str, ...]
    refuses: bool = False
    rates: list[float] = field(default_factory=list)
    refused_rates: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    generator_loads: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    longest: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    @property
    def rate(self) -> float:
        """Valid requests per second, the median of the rounds."""
        return median(self.rates)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_reply(port: int, process: subprocess.Popen[bytes]) -> None:
    """Connect until the server accepts the connection, then send a valid request and wait for the reply."""
    deadline = time.perf_counter() + TIMEOUT
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} exited with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
                connection.sendall(create_request())
                check_reply(*receive_reply(connection))
                return
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise SystemExit(f"{process.args!r} does not accept connections")


@contextmanager
def running(server: Server) -> Iterator[tuple[int, int]]:
    """Start a server and record the seconds to its first reply; yield its port and process id."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [*server.command, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=HERE.parent,
        start_new_session=True,
    )
    try:
        wait_for_reply(port, process)
        server.start_seconds.append(time.perf_counter() - start)
        yield port, process.pid
    finally:
        stop(process, timeout=TIMEOUT)


def load(
    port: int, *, requests: int, seconds: float, options: Iterable[str] = (), connections: int = CONNECTIONS
) -> dict[str, float]:
    """Run load.py with these options and return its result."""
    options = [*options, "--connections", str(connections)]
    command = [sys.executable, str(HERE / "load.py"), str(port), str(requests), str(seconds), *options]
    process = subprocess.run(command, capture_output=True, timeout=seconds + TIMEOUT, check=False, text=True)
    if process.returncode:
        raise SystemExit(process.stderr)
    result: dict[str, float] = json.loads(process.stdout)
    return result


def measure(servers: list[Server], plan: Plan) -> None:
    """Measure the servers; they alternate, so that a slow minute affects all of them."""
    for _ in range(plan.starts - 1):
        for server in servers:
            with running(server):
                pass
    for server in servers:
        with running(server) as (port, pid):
            load(port, requests=REQUESTS_BEFORE_MEMORY, seconds=TIMEOUT)
            wait_until_idle(process_group(pid))
            server.megabytes = resident_megabytes(process_group(pid))
    for _ in range(plan.rounds):
        for server in servers:
            with running(server) as (port, pid):
                load(port, requests=500, seconds=TIMEOUT)
                wait_until_idle(process_group(pid))
                before = cpu_seconds(process_group(pid))
                result = load(port, requests=sys.maxsize, seconds=plan.seconds)
                server.cpu_seconds.append((cpu_seconds(process_group(pid)) - before) / result["replies"])
                if server.refuses:
                    load(port, requests=50, seconds=TIMEOUT, options=REFUSED)
                    refused = load(port, requests=sys.maxsize, seconds=plan.seconds / 2, options=REFUSED)
                    server.refused_rates.append(refused["replies"] / refused["seconds"])
                many = load(port, requests=sys.maxsize, seconds=plan.seconds / 2, connections=MANY_CONNECTIONS)
                server.longest.append(many["longest"])
            server.p99.append(result["p99"])
            server.rates.append(result["replies"] / result["seconds"])
            server.generator_loads.append(result["cpu_seconds"] / result["seconds"])


def table(servers: list[Server], plan: Plan) -> list[str]:
    """The figures as a Markdown table, followed by the conditions of the measurement."""
    floor = servers[0]
    rows = [
        (
            "| one process | valid POST, requests/s | relative to floor | CPU time per request | p99 "
            f"| longest with {MANY_CONNECTIONS} connections "
            "| refused POST, requests/s | relative to floor | start to first reply | memory after 10,000 requests |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {server.name} | {server.rate:,.0f} | {server.rate / floor.rate:.2f} "
            f"| {median(server.cpu_seconds) * 1e6:.0f} µs | {median(server.p99) * 1e3:.1f} ms "
            f"| {median(server.longest) * 1e3:.0f} ms | {_refused(server, floor)} "
            f"| {median(server.start_seconds):.2f} s | {server.megabytes:.0f} MB |"
            for server in servers
        ),
    ]
    generator_load = max(max(server.generator_loads) for server in servers)
    conditions = (
        f"{MACHINE}; {CONNECTIONS} keep-alive connections, every reply parsed; median of {plan.rounds} alternating "
        f"rounds of {plan.seconds:g} s; the load generator was busy for at most {generator_load:.0%} of the time."
    )
    return [*rows, "", conditions]


def _refused(server: Server, floor: Server) -> str:
    if not server.refused_rates:
        return "- | -"
    rate = median(server.refused_rates)
    return f"{rate:,.0f} | {rate / floor.rate:.2f}"


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="benchmark", pages=PAGES)
    command_line.add_argument("--peers", action="store_true", help="also measure other mock servers, if installed")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    servers = [
        Server(name="floor: bare Starlette, no checks", command=(sys.executable, str(HERE / "floor.py"))),
        Server(
            name="this mock, checks, journal and log on",
            command=(sys.executable, "-m", "mockserver", "serve", "--seed", "1", "--port"),
            refuses=True,
        ),
        Server(
            name="this mock, `--log-format none`",
            command=(sys.executable, "-m", "mockserver", "serve", "--seed", "1", "--log-format", "none", "--port"),
            refuses=True,
        ),
    ]
    if arguments.peers:
        servers += [Server(name=name, command=command) for name, command in peers().items()]
    measure(servers, plan)
    command_line.show(table(servers, plan))


if __name__ == "__main__":
    main()
