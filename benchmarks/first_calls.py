"""Measure how long others wait while a server prepares its first call of a kind.

    .venv/bin/python benchmarks/first_calls.py            # print a table
    .venv/bin/python benchmarks/first_calls.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/first_calls.py --quick    # only check that it runs; ignore the figures

A server is started anew for each figure. A client sends a valid POST every two milliseconds. As soon as it gets
replies, another client makes the first call.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from statistics import median
from urllib.parse import urlsplit

from commandline import MACHINE, CommandLine
from raw_http import PATH, create_request, receive_reply, request_bytes
from server import running_server

STARTS = 10
# How long the valid requests go on, in seconds: the server prepares other things soon after its start.
SECONDS = 1.5
PAUSE = 0.002
CARD = b"card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030"
FORM = {"authorization": "Bearer pk_test_1", "content_type": "application/x-www-form-urlencoded"}
CALLS: Mapping[str, bytes | None] = {
    "no other call": None,
    "a refused POST": create_request(b"{}"),
    "a form for Stripe's API": request_bytes("POST", "/v1/tokens", CARD, **FORM),
    "a refused form for Stripe's API": request_bytes("POST", "/v1/tokens", b"card[number]=1", **FORM),
    "a call of the control API": request_bytes("GET", "/__mock/journal"),
    "a page": request_bytes("GET", "/__mock/"),
    "an unknown path": request_bytes("GET", f"{PATH}/unknown"),
}


class FirstCall(threading.Thread):
    """Makes a call on a connection of its own. `seconds` is the time until its reply."""

    def __init__(self, port: int, request: bytes) -> None:
        super().__init__()
        self._port = port
        self._request = request
        self.seconds = 0.0

    def run(self) -> None:
        """Make the call."""
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            connection.sendall(self._request)
            receive_reply(connection)
        self.seconds = time.perf_counter() - start


def delays(request: bytes | None, seconds: float) -> tuple[float, float]:
    """The time of the first call, and the longest delay of a valid POST in the meantime and afterwards, in seconds."""
    valid, longest = create_request(), 0.0
    with running_server("--log-format", "none") as (url, _):
        port = urlsplit(url).port or 0
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(valid)
            receive_reply(connection)
            first = None if request is None else FirstCall(port, request)
            if first is not None:
                first.start()
            end = time.perf_counter() + seconds
            while (sent := time.perf_counter()) < end:
                connection.sendall(valid)
                receive_reply(connection)
                longest = max(longest, time.perf_counter() - sent)
                time.sleep(PAUSE)
            if first is not None:
                first.join()
    return 0.0 if first is None else first.seconds, longest


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="first calls")
    is_quick = command_line.read().quick
    starts, seconds = (1, 0.5) if is_quick else (STARTS, SECONDS)
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in CALLS}
    for _ in range(starts):
        for name, request in CALLS.items():
            figures[name].append(delays(request, seconds))
    rows = [
        "| first call | its own time, median | longest delay of others, median | longest delay of others, maximum |",
        "|---|---|---|---|",
    ]
    for name, found in figures.items():
        own, others = median(own for own, _ in found), [delay for _, delay in found]
        shown = "" if CALLS[name] is None else f"{own * 1e3:.0f} ms"
        rows.append(f"| {name} | {shown} | {median(others) * 1e3:.0f} ms | {max(others) * 1e3:.0f} ms |")
    command_line.show([*rows, "", f"{MACHINE}; {starts} starts of each kind."])


if __name__ == "__main__":
    main()
