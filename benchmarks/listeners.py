"""Measure what a listener of `GET /__mock/events` costs: the CPU time per valid POST, with and without it.

    .venv/bin/python benchmarks/listeners.py            # print a table
    .venv/bin/python benchmarks/listeners.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/listeners.py --quick    # only check that it runs; ignore the figures

One server gets the load in all rounds. In every second round, a client in this process reads the events.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import urlsplit

from commandline import MACHINE, CommandLine
from processes import cpu_seconds
from raw_http import request_bytes
from server import running_server

LIMIT = 1.3
LOAD = Path(__file__).with_name("load.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of pairs of rounds and of requests per round."""

    rounds: int
    requests: int


FULL = Plan(rounds=9, requests=10_000)
QUICK = Plan(rounds=1, requests=200)


class Listener:
    """Reads events as fast as they come. `events` is their number."""

    def __init__(self, connection: socket.socket) -> None:
        self.events = 0
        self._connection = connection

    def wait_for_head(self) -> None:
        """Wait until the server has answered: events of earlier requests are not sent."""
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._connection.recv(1)

    def read(self) -> None:
        """Read until the connection is closed."""
        end = b""
        while data := self._connection.recv(1 << 20):
            # The mark of an event may be split between two packets.
            self.events += (end + data).count(b"\nid: ")
            end = data[-4:]


@contextmanager
def listening(port: int) -> Iterator[Listener]:
    """Listen to the events in a thread."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request_bytes("GET", "/__mock/events"))
        listener = Listener(connection)
        listener.wait_for_head()
        reader = Thread(target=listener.read)
        reader.start()
        yield listener
        connection.shutdown(socket.SHUT_RDWR)
        reader.join()


def microseconds(port: int, process: int, requests: int, *, with_listener: bool) -> float:
    """The CPU time of the server per request. Raises RuntimeError: the listener did not get every event."""
    with ExitStack() as stack:
        listener = stack.enter_context(listening(port)) if with_listener else None
        time.sleep(0.2)
        start = cpu_seconds([process])
        command = [sys.executable, str(LOAD), str(port), str(requests), "600"]
        result = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        # The last events are sent now.
        time.sleep(0.5)
        spent = cpu_seconds([process]) - start
        if listener is not None and listener.events < result["replies"]:
            raise RuntimeError(f"{listener.events} events of {result['replies']} requests arrived")
    return float(spent / result["replies"] * 1e6)


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="listeners")
    plan = QUICK if command_line.read().quick else FULL
    without, with_one = [], []
    with running_server() as (url, process):
        port = urlsplit(url).port or 0
        # The first pair is the warm-up.
        for _ in range(plan.rounds + 1):
            without.append(microseconds(port, process, plan.requests, with_listener=False))
            with_one.append(microseconds(port, process, plan.requests, with_listener=True))
    ratio = median(after / before for before, after in zip(without[1:], with_one[1:], strict=True))
    rows = [
        "| CPU time per valid POST | without a listener | one listener that reads | ratio | limit |",
        "|---|---|---|---|---|",
        f"| this mock | {median(without[1:]):.0f} µs | {median(with_one[1:]):.0f} µs | {ratio:.2f} | {LIMIT} |",
        "",
        f"{MACHINE}; median of {plan.rounds} alternating rounds of {plan.requests:,} requests.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
