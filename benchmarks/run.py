"""Measure the mock against the floor, in one run: requests a second, valid and refused, start to first reply, memory.

    .venv/bin/python benchmarks/run.py            # print a table
    .venv/bin/python benchmarks/run.py --write    # and put it into README.md and benchmarks/README.md
    .venv/bin/python benchmarks/run.py --quick    # a few seconds: does it still run? Its figures mean nothing

Everything stays on 127.0.0.1. The load comes from a process of its own, see load.py.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from commandline import MACHINE, CommandLine
from load import CONNECTIONS, is_whole, request_to
from peers import peers
from processes import end, group, processor_seconds, resident_megabytes

HERE = Path(__file__).parent
PAGES = (HERE.parent / "README.md", HERE / "README.md")
REQUESTS_BEFORE_MEMORY = 10_000
PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: rounds of both servers in turn, seconds a round, cold starts of each."""

    rounds: int
    seconds: float
    starts: int


FULL = Plan(rounds=7, seconds=3.0, starts=5)
QUICK = Plan(rounds=1, seconds=0.5, starts=1)


@dataclass(slots=True, kw_only=True)
class Subject:
    """A server that is measured, and its figures."""

    name: str
    command: tuple[str, ...]
    refuses: bool = False
    rates: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    @property
    def cost(self) -> float:
        """Microseconds of processor time a valid request, the median of the rounds."""
        return median(self.seconds) * 1e6

    @property
    def rate(self) -> float:
        """Requests a second, the median of the rounds."""
        return median(self.rates)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def first_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    """Send the valid POST until it is answered."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
                connection.sendall(request_to(port))
                received = b""
                while not is_whole(received):
                    data = connection.recv(65536)
                    if not data:
                        raise SystemExit(f"{process.args!r} hung up: {received!r}")
                    received += data
                return
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise SystemExit(f"{process.args!r} does not answer")


@contextmanager
def running(subject: Subject) -> Iterator[tuple[int, int]]:
    """Start a server cold, note the seconds to its first answer; gives its port and process id."""
    port = free_port()
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*subject.command, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=HERE.parent,
        start_new_session=True,
    )
    try:
        first_answer(port, process)
        subject.starts.append(time.perf_counter() - begin)
        yield port, process.pid
    finally:
        end(process, patience=PATIENCE)


def load(port: int, *, requests: int, seconds: float, refused: bool = False) -> dict[str, float]:
    """One run of load.py."""
    kind = ["refused"] if refused else []
    command = [sys.executable, str(HERE / "load.py"), str(port), str(requests), str(seconds), *kind]
    done = subprocess.run(command, capture_output=True, timeout=seconds + PATIENCE, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(subjects: list[Subject], plan: Plan) -> None:
    """Fill in the figures of every subject; the subjects take turns, so that a slow minute meets all of them."""
    for _ in range(plan.starts - 1):
        for subject in subjects:
            with running(subject):
                pass
    for subject in subjects:
        with running(subject) as (port, pid):
            load(port, requests=REQUESTS_BEFORE_MEMORY, seconds=PATIENCE)
            subject.megabytes = resident_megabytes(group(pid))
    for _ in range(plan.rounds):
        for subject in subjects:
            with running(subject) as (port, pid):
                load(port, requests=500, seconds=PATIENCE)
                before = processor_seconds(group(pid))
                result = load(port, requests=sys.maxsize, seconds=plan.seconds)
                subject.seconds.append((processor_seconds(group(pid)) - before) / result["answered"])
                if subject.refuses:
                    load(port, requests=50, seconds=PATIENCE, refused=True)
                    refused = load(port, requests=sys.maxsize, seconds=plan.seconds / 2, refused=True)
                    subject.refusals.append(refused["answered"] / refused["seconds"])
            subject.rates.append(result["answered"] / result["seconds"])
            subject.loads.append(result["busy"] / result["seconds"])


def table(subjects: list[Subject], plan: Plan) -> list[str]:
    """The figures as Markdown, with what they were measured on."""
    floor = subjects[0]
    rows = [
        (
            "| one process | valid POST, requests/s | relative to floor | CPU time per request | refused POST, requests/s "
            "| relative to floor | start to first reply | memory after 10,000 requests |"
        ),
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {subject.name} | {subject.rate:,.0f} | {subject.rate / floor.rate:.2f} | {subject.cost:.0f} µs "
            f"| {_refusals(subject, floor)} | {median(subject.starts):.2f} s | {subject.megabytes:.0f} MB |"
            for subject in subjects
        ),
    ]
    busiest = max(max(subject.loads) for subject in subjects)
    conditions = (
        f"{MACHINE}; {CONNECTIONS} keep-alive connections, every reply parsed; median of {plan.rounds} alternating rounds of "
        f"{plan.seconds:g} s; the load generator was busy for at most {busiest:.0%} of the time."
    )
    return [*rows, "", conditions]


def _refusals(subject: Subject, floor: Subject) -> str:
    if not subject.refusals:
        return "- | -"
    return f"{median(subject.refusals):,.0f} | {median(subject.refusals) / floor.rate:.2f}"


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="benchmark", pages=PAGES)
    command_line.add_argument(
        "--peers", action="store_true", help="measure other mock servers too, those that are installed here"
    )
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    subjects = [
        Subject(name="floor: bare Starlette, no checks", command=(sys.executable, str(HERE / "floor.py"))),
        Subject(
            name="this mock, checks, journal and log on",
            command=(sys.executable, "-m", "mockserver", "serve", "--seed", "1", "--port"),
            refuses=True,
        ),
        Subject(
            name="this mock, `--log-format none`",
            command=(sys.executable, "-m", "mockserver", "serve", "--seed", "1", "--log-format", "none", "--port"),
            refuses=True,
        ),
    ]
    if arguments.peers:
        subjects += [Subject(name=name, command=command) for name, command in peers().items()]
    measure(subjects, plan)
    command_line.show(table(subjects, plan))


if __name__ == "__main__":
    main()
