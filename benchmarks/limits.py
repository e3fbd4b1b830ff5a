"""Measure what is promised besides speed: calls in process, memory after a million sessions, a thousand operations.

.venv/bin/python benchmarks/limits.py            # print a table
.venv/bin/python benchmarks/limits.py --write    # and put it into benchmarks/README.md
.venv/bin/python benchmarks/limits.py --quick    # does it still run? Its figures mean nothing
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import httpx
import yaml
from commandline import MACHINE, CommandLine
from processes import resident_megabytes

from mockserver.loading import load_engine
from mockserver.messages import Request
from mockserver.settings import Settings, bundled
from mockserver.web import create_app
from scenarios import BODY, PATH, post

HEADERS = {"wb-key": "api_key_demo", "content-type": "application/json"}
CREATE = "/v1/c/customer/{customer_id}/payment/session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: calls in process, payment sessions, operations of the large spec, rounds and their requests."""

    calls: int
    sessions: int
    operations: int
    rounds: int
    requests: int


FULL = Plan(calls=3_000, sessions=1_000_000, operations=1_000, rounds=9, requests=300)
QUICK = Plan(calls=20, sessions=2_000, operations=50, rounds=1, requests=20)


async def bare(_scope: object, receive: Callable[[], Awaitable[object]], send: Callable[..., Awaitable[None]]) -> None:
    """An app that does nothing: what a call costs with it is httpx's own cost."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def milliseconds_in_process(plan: Plan) -> float:
    """What a call through httpx.ASGITransport takes, the median, beyond a call of an app that does nothing."""
    apps = {"bare": bare, "mock": create_app(Settings(seed=1))}
    times: dict[str, list[float]] = {name: [] for name in apps}
    clients = {
        name: httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")  # type: ignore[arg-type]  # a plain ASGI app
        for name, app in apps.items()
    }
    for _ in range(plan.calls):
        for name, client in clients.items():
            begin = perf_counter()
            reply = await client.post(PATH, headers=HEADERS, content=BODY)
            times[name].append(perf_counter() - begin)
            assert reply.status_code == 200, reply.text
    return (median(times["mock"]) - median(times["bare"])) * 1000


def remember(sessions: int) -> None:
    """Make so many payment sessions, and print the resident memory, in MB, after half of them and after all."""
    engine, request = load_engine(Settings(seed=1)), post()
    for _ in range(2):
        for _ in range(sessions // 2):
            engine.handle(request)
        print(round(resident_megabytes([os.getpid()])))


def megabytes(plan: Plan) -> list[int]:
    """The memory of a process of its own, after half of the sessions and after all."""
    code = f"import limits; limits.remember({plan.sessions})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=Path(__file__).parent
    )
    return [int(line) for line in done.stdout.split()]


def large_spec(path: Path, operations: int) -> Path:
    """The contract with so many operations like its own."""
    document = yaml.safe_load((bundled("spec") / "wingback.yaml").read_text("utf-8"))
    item = document["paths"][CREATE]
    document["paths"] = {}
    for number in range(operations):
        copy = deepcopy(item)
        copy["post"]["operationId"] = f"create_{number}"
        document["paths"][f"/v{number}{CREATE}"] = copy
    path.write_text(json.dumps(document), "utf-8")
    return path


def ratio_and_load(plan: Plan, scratch: Path) -> tuple[float, float]:
    """What a request costs among many operations, against one; and the seconds that many take to load."""
    begin = perf_counter()
    many = load_engine(Settings(seed=1, spec=large_spec(scratch / "many.json", plan.operations)))
    seconds = perf_counter() - begin
    one = load_engine(Settings(seed=1, spec=large_spec(scratch / "one.json", 1)))
    costs: dict[int, list[float]] = {0: [], 1: []}
    engines = ((one, 0), (many, plan.operations * 3 // 4))
    for _ in range(plan.rounds + 1):
        for index, (engine, number) in enumerate(engines):
            request = Request(method="POST", path=f"/v{number}{PATH}", headers=post().headers, body=BODY)
            begin = process_time()
            for _ in range(plan.requests):
                reply = engine.handle(request)
            costs[index].append(process_time() - begin)
            assert getattr(reply, "status", None) == 200, reply
    # The first round warms up.
    return median(costs[1][1:]) / median(costs[0][1:]), seconds


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="limits")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        ratio, seconds = ratio_and_load(plan, Path(scratch))
    half, whole = megabytes(plan)
    rows = [
        "| what | measured | limit |",
        "|---|---|---|",
        f"| valid POST through httpx.ASGITransport, without httpx's own time | {asyncio.run(milliseconds_in_process(plan)):.2f} ms | 0.50 ms |",
        f"| memory after {plan.sessions // 2:,} payment sessions | {half} MB | |",
        f"| memory after {plan.sessions:,} payment sessions | {whole} MB | 200 MB |",
        f"| request with {plan.operations:,} operations, relative to one operation | {ratio:.2f} | 1.15 |",
        f"| loading {plan.operations:,} operations | {seconds:.1f} s | 5 s |",
        "",
        f"{MACHINE}.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
