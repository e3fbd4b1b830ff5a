"""Measure the other limits: calls in one process, memory after a million payment sessions, a thousand operations.

.venv/bin/python benchmarks/limits.py            # print a table
.venv/bin/python benchmarks/limits.py --write    # also put it into benchmarks/README.md
.venv/bin/python benchmarks/limits.py --quick    # only check that it runs; ignore the figures
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
from raw_http import BODY, PATH

from mockserver.loading import load_engine
from mockserver.messages import Request
from mockserver.settings import Settings, bundled
from mockserver.web import create_app
from scenarios import post

HEADERS = {"wb-key": "api_key_demo", "content-type": "application/json"}
CREATE = "/v1/c/customer/{customer_id}/payment/session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of calls, payment sessions, operations in the large contract, rounds, and requests per round."""

    calls: int
    sessions: int
    operations: int
    rounds: int
    requests: int


FULL = Plan(calls=3_000, sessions=1_000_000, operations=1_000, rounds=9, requests=300)
QUICK = Plan(calls=20, sessions=2_000, operations=50, rounds=1, requests=20)


async def empty_app(
    _scope: object, receive: Callable[[], Awaitable[object]], send: Callable[..., Awaitable[None]]
) -> None:
    """An app that does nothing: the time of a call is httpx's own time."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def milliseconds_in_process(plan: Plan) -> float:
    """The median time of a call through httpx.ASGITransport, without the time of a call to an empty app."""
    apps = {"empty": empty_app, "mock": create_app(Settings(seed=1))}
    times: dict[str, list[float]] = {name: [] for name in apps}
    clients = {}
    for name, app in apps.items():
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # a plain ASGI app
        clients[name] = httpx.AsyncClient(transport=transport, base_url="http://localhost")
    for _ in range(plan.calls):
        for name, client in clients.items():
            start = perf_counter()
            reply = await client.post(PATH, headers=HEADERS, content=BODY)
            times[name].append(perf_counter() - start)
            assert reply.status_code == 200, reply.text
    return (median(times["mock"]) - median(times["empty"])) * 1000


def create_sessions(count: int) -> None:
    """Create payment sessions; print the resident memory in MB after half of them and after all of them."""
    engine, request = load_engine(Settings(seed=1)), post()
    for _ in range(2):
        for _ in range(count // 2):
            engine.handle(request)
        print(round(resident_megabytes([os.getpid()])))


def megabytes(plan: Plan) -> list[int]:
    """The memory of a separate process after half of the payment sessions, and after all of them."""
    code = f"import limits; limits.create_sessions({plan.sessions})"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=Path(__file__).parent
    )
    return [int(line) for line in process.stdout.split()]


def write_contract(path: Path, operations: int) -> Path:
    """Write a contract that repeats the bundled operation under this number of paths."""
    document = yaml.safe_load((bundled("spec") / "wingback.yaml").read_text("utf-8"))
    item = document["paths"][CREATE]
    document["paths"] = {}
    for number in range(operations):
        copy = deepcopy(item)
        copy["post"]["operationId"] = f"create_{number}"
        document["paths"][f"/v{number}{CREATE}"] = copy
    path.write_text(json.dumps(document), "utf-8")
    return path


def measure_operations(plan: Plan, folder: Path) -> tuple[float, float]:
    """Return the time of a request with many operations relative to one, and the seconds to load many operations."""
    start = perf_counter()
    many = load_engine(Settings(seed=1, spec=write_contract(folder / "many.json", plan.operations)))
    seconds = perf_counter() - start
    one = load_engine(Settings(seed=1, spec=write_contract(folder / "one.json", 1)))
    costs: dict[int, list[float]] = {0: [], 1: []}
    engines = ((one, 0), (many, plan.operations * 3 // 4))
    for _ in range(plan.rounds + 1):
        for index, (engine, number) in enumerate(engines):
            request = Request(method="POST", path=f"/v{number}{PATH}", headers=post().headers, body=BODY)
            start = process_time()
            for _ in range(plan.requests):
                reply = engine.handle(request)
            costs[index].append(process_time() - start)
            assert getattr(reply, "status", None) == 200, reply
    # The first round is the warm-up.
    return median(costs[1][1:]) / median(costs[0][1:]), seconds


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="limits")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        ratio, seconds = measure_operations(plan, Path(scratch))
    half, full = megabytes(plan)
    milliseconds = asyncio.run(milliseconds_in_process(plan))
    rows = [
        "| what | measured | limit |",
        "|---|---|---|",
        f"| valid POST through httpx.ASGITransport, without httpx's own time | {milliseconds:.2f} ms | 0.50 ms |",
        f"| memory after {plan.sessions // 2:,} payment sessions | {half} MB | |",
        f"| memory after {plan.sessions:,} payment sessions | {full} MB | 150 MB |",
        f"| request with {plan.operations:,} operations, relative to one operation | {ratio:.2f} | 1.15 |",
        f"| loading {plan.operations:,} operations | {seconds:.1f} s | 5 s |",
        "",
        f"{MACHINE}.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
