"""Measure what many scenario files cost: a request among 10 and among 1,000 of them, and loading 1,000.

    .venv/bin/python benchmarks/scenarios.py            # print a table
    .venv/bin/python benchmarks/scenarios.py --write    # and put it into benchmarks/README.md
    .venv/bin/python benchmarks/scenarios.py --quick    # does it still run? Its figures mean nothing

In process, without HTTP: the engine alone chooses, so nothing hides what choosing costs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from commandline import MACHINE, CommandLine

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.settings import Settings, bundled

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
BODY = json.dumps({"operation": "add_method", "address": True}).encode()
FEW, MANY = 10, 1_000
LAST = "scenario_0009"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: rounds, requests a round, loads."""

    rounds: int
    requests: int
    loads: int


FULL = Plan(rounds=15, requests=2_000, loads=5)
QUICK = Plan(rounds=2, requests=20, loads=1)


@dataclass(slots=True, kw_only=True)
class Subject:
    """An engine with so many scenarios, a way to choose among them, and microseconds a request by round."""

    engine: Engine
    request: Request
    rounds: list[float] = field(default_factory=list)


def lay_out(folder: Path, count: int) -> Path:
    """A folder of so many scenario files beside happy_path; every second one has a `when`."""
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
    """An engine with the scenarios of a folder, vetted against the contract, and the seconds that took."""
    begin = perf_counter()
    engine = load_engine(Settings(seed=1, scenarios=folder))
    return engine, perf_counter() - begin


def post(*headers: tuple[str, str]) -> Request:
    """The valid POST, with headers more."""
    fields = (("content-type", "application/json"), ("wb-key", "api_key_demo"), *headers)
    return Request(method="POST", path=PATH, headers=Headers(fields), body=BODY)


def measure(subjects: list[Subject], plan: Plan) -> None:
    """Fill in the figures; the subjects take turns, so that a slow second meets all of them."""
    for _ in range(plan.rounds):
        for subject in subjects:
            begin = perf_counter()
            for _ in range(plan.requests):
                reply = subject.engine.handle(subject.request)
            subject.rounds.append((perf_counter() - begin) / plan.requests * 1e6)
            assert isinstance(reply, Reply), reply
            assert reply.status == 200, reply


def main() -> None:
    """The command line."""
    command_line = CommandLine(__doc__, block="scenarios")
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        few = load(lay_out(Path(scratch) / "few", FEW))[0]
        many_folder = lay_out(Path(scratch) / "many", MANY)
        many, *_ = engines = [load(many_folder) for _ in range(plan.loads)]
        subjects = {
            "no scenario chosen": post(),
            "chosen by header": post(("mock-scenario", LAST)),
        }
        pairs = {
            name: (Subject(engine=few, request=request), Subject(engine=many[0], request=request))
            for name, request in subjects.items()
        }
        measure([subject for pair in pairs.values() for subject in pair], plan)
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
            f"Loading {MANY:,} files and checking them against the contract: {median(seconds for _, seconds in engines):.2f} s. "
            f"{MACHINE}; "
            f"median of {plan.rounds} alternating rounds of {plan.requests:,} requests, of {plan.loads} loads."
        ),
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
