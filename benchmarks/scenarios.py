"""Measure the cost of many scenario files: a request with 10 and with 1,000 files, and loading 1,000 files.

    .venv/bin/python benchmarks/scenarios.py            # print a table
    .venv/bin/python benchmarks/scenarios.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/scenarios.py --quick    # only check that it runs; ignore the figures

It calls the engine without HTTP, so that the time for choosing a scenario is visible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from commandline import MACHINE, CommandLine
from raw_http import BODY, PATH

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.settings import Settings, bundled

FEW, MANY = 10, 1_000
LAST = "scenario_0009"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of rounds, of requests per round, and of times that the files are loaded."""

    rounds: int
    requests: int
    loads: int


FULL = Plan(rounds=15, requests=2_000, loads=5)
QUICK = Plan(rounds=2, requests=20, loads=1)


@dataclass(slots=True, kw_only=True)
class Case:
    """An engine, a request to it, and the microseconds per request of each round."""

    engine: Engine
    request: Request
    rounds: list[float] = field(default_factory=list)


def write_scenarios(folder: Path, count: int) -> Path:
    """Write this number of scenario files and happy_path into a new folder; every second file has a `when`."""
    folder.mkdir()
    happy = (bundled("scenarios") / "happy_path.yaml").read_text("utf-8")
    (folder / "happy_path.yaml").write_text(happy, "utf-8")
    for number in range(count):
        when = f"when: {{path: {{customer_id: Cust_{number}}}}}\n" if number % 2 else ""
        (folder / f"scenario_{number:04}.yaml").write_text(
            f"about: Scenario {number} of many.\n{when}stubs:\n  - name: only\n"
            "    operation: c_create_payment_session\n    reply: {payment_session: {}}\n",
            "utf-8",
        )
    return folder


def load(folder: Path) -> tuple[Engine, float]:
    """Load an engine with the scenarios of a folder, and check them against the contract; also return the seconds."""
    start = perf_counter()
    engine = load_engine(Settings(seed=1, scenarios=folder))
    return engine, perf_counter() - start


def post(*headers: tuple[str, str]) -> Request:
    """The request that creates a payment session, with additional headers."""
    fields = (("content-type", "application/json"), ("wb-key", "api_key_demo"), *headers)
    return Request(method="POST", path=PATH, headers=Headers(fields), body=BODY)


def measure(cases: list[Case], plan: Plan) -> None:
    """Measure the cases; they alternate, so that a slow second affects all of them."""
    for _ in range(plan.rounds):
        for case in cases:
            start = perf_counter()
            for _ in range(plan.requests):
                reply = case.engine.handle(case.request)
            case.rounds.append((perf_counter() - start) / plan.requests * 1e6)
            assert isinstance(reply, Reply), reply
            assert reply.status == 200, reply


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="scenarios")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        few = load(write_scenarios(Path(scratch) / "few", FEW))[0]
        many_folder = write_scenarios(Path(scratch) / "many", MANY)
        many, *_ = engines = [load(many_folder) for _ in range(plan.loads)]
        requests = {
            "no scenario chosen": post(),
            "chosen by header": post(("mock-scenario", LAST)),
        }
        pairs = {
            name: (Case(engine=few, request=request), Case(engine=many[0], request=request))
            for name, request in requests.items()
        }
        measure([case for pair in pairs.values() for case in pair], plan)
    load_seconds = median(seconds for _, seconds in engines)
    rows = [
        f"| request | with {FEW} files | with {MANY:,} files | ratio |",
        "|---|---|---|---|",
        *(
            f"| {name} | {median(a.rounds):.0f} µs | {median(b.rounds):.0f} µs "
            f"| {median(b.rounds) / median(a.rounds):.2f} |"
            for name, (a, b) in pairs.items()
        ),
        "",
        (
            f"Loading {MANY:,} files and checking them against the contract: {load_seconds:.2f} s. {MACHINE}; "
            f"median of {plan.rounds} alternating rounds of {plan.requests:,} requests, of {plan.loads} loads."
        ),
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
