"""Measure the cost of many scenario files: requests with 10 and with 1,000 files, and loading 1,000 files.

    .venv/bin/python benchmarks/scenarios.py            # print a table
    .venv/bin/python benchmarks/scenarios.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/scenarios.py --quick    # only check that it runs; ignore the figures

It calls the engine without HTTP, so that the CPU time for choosing a scenario is visible.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from commandline import MACHINE, CommandLine
from engine_calls import Case, Rounds, measure
from raw_http import BODY, CUSTOMER, PATH

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.settings import Settings, bundled

FEW, MANY = 10, 1_000
HEADER = "mock-scenario"
DEFAULT = "happy_path"
# The `when` of a scenario file, for the part of a request that it looks at; every file has its own number.
WHENS = {
    "path": "path: {{customer_id: Cust_{number}}}",
    "query": "query: {{number: '{number}'}}",
    "header": "header: {{X-Number: '{number}'}}",
    "cookie": "cookie: {{number: '{number}'}}",
    "body": "body: {{operation: add_method, plan_id: plan_{number}}}",
}


FULL = Rounds(count=15, requests=1_000)
QUICK = Rounds(count=2, requests=20)


def write_scenarios(folder: Path, count: int, part: str = "path") -> Path:
    """Write this number of scenario files and happy_path into a new folder; every second file has a `when`."""
    folder.mkdir()
    happy = (bundled("scenarios") / "happy_path.yaml").read_text("utf-8")
    (folder / "happy_path.yaml").write_text(happy, "utf-8")
    for number in range(count):
        when = f"when: {{{WHENS[part].format(number=number)}}}\n" if number % 2 else ""
        (folder / f"scenario_{number:04}.yaml").write_text(
            f"about: Scenario {number} of many.\n{when}stubs:\n  - name: only\n"
            "    operation: c_create_payment_session\n    reply: {payment_session: {}}\n",
            "utf-8",
        )
    return folder


def scenario_name(count: int) -> str:
    """The name of the last scenario."""
    return f"scenario_{count - 1:04}"


def load(folder: Path) -> tuple[Engine, float]:
    """Load an engine with the scenarios of a folder, and check them against the contract; also return the seconds."""
    start = perf_counter()
    engine = load_engine(Settings(seed=1, scenarios=folder))
    return engine, perf_counter() - start


def post(*headers: tuple[str, str], path: str = PATH, query: str = "", body: bytes = BODY) -> Request:
    """The request that creates a payment session, with additional headers."""
    fields = (("content-type", "application/json"), ("wb-key", "api_key_demo"), *headers)
    return Request(method="POST", path=path, query=query, headers=Headers(fields), body=body)


def selecting(number: int) -> dict[str, Request]:
    """A request that the `when` of the scenario with this number fits, for each part of a request."""
    return {
        "path": post(path=PATH.replace(CUSTOMER, f"Cust_{number}")),
        "query": post(query=f"number={number}"),
        "header": post(("x-number", str(number))),
        "cookie": post(("cookie", f"number={number}")),
        "body": post(body=BODY.replace(b"}", b',"plan_id":"plan_%d"}' % number)),
    }


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="scenarios")
    arguments = command_line.read()
    rounds = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        few: dict[str, Engine] = {}
        many: dict[str, Engine] = {}
        loads = []
        for part in WHENS:
            few[part] = load(write_scenarios(Path(scratch) / f"few_{part}", FEW, part))[0]
            many[part], seconds = load(write_scenarios(Path(scratch) / f"many_{part}", MANY, part))
            loads.append(seconds)
        engines = (few["body"], FEW), (many["body"], MANY)
        pairs = {
            "no scenario chosen": [
                Case(engine=engine, request=post(), header=(HEADER, DEFAULT)) for engine, _ in engines
            ],
            "chosen by the header `Mock-Scenario`": [
                Case(engine=engine, request=post((HEADER, scenario_name(count))), header=(HEADER, scenario_name(count)))
                for engine, count in engines
            ],
            **{
                f"chosen by `when: {{{part}: …}}`": [
                    Case(engine=engine, request=selecting(count - 1)[part], header=(HEADER, scenario_name(count)))
                    for engine, count in ((few[part], FEW), (many[part], MANY))
                ]
                for part in WHENS
            },
        }
        measure([case for pair in pairs.values() for case in pair], rounds)
    load_seconds = median(loads)
    rows = [
        f"| request | with {FEW} files | with {MANY:,} files | ratio |",
        "|---|---|---|---|",
        *(
            f"| {name} | {a.microseconds:.0f} µs | {b.microseconds:.0f} µs | {b.microseconds / a.microseconds:.2f} |"
            for name, (a, b) in pairs.items()
        ),
        "",
        (
            f"Loading {MANY:,} files and checking them against the contract: {load_seconds:.2f} s. {MACHINE}; "
            f"median of {rounds.count} alternating rounds of {rounds.requests:,} requests, of {len(loads)} loads."
        ),
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
