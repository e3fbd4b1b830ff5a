"""Measure other kinds of requests: with a new API key or body each, and GET requests to contracts with many operations.

    .venv/bin/python benchmarks/kinds.py            # print a table
    .venv/bin/python benchmarks/kinds.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/kinds.py --quick    # only check that it runs; ignore the figures
    .venv/bin/python benchmarks/kinds.py --document github.json /octocat    # also a GET request to another contract

The kinds that are compared alternate, each with a new server.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import yaml
from commandline import MACHINE, CommandLine
from plan import FULL, QUICK, Plan
from processes import cpu_seconds, wait_until_idle
from raw_http import PATH
from run import load
from server import running_server

from mockserver.settings import bundled

OPERATIONS = 1_000
UNKNOWN = "/unknown/path"


@dataclass(slots=True, kw_only=True)
class Kind:
    """A kind of requests: its name and limit in the table, the server's options, and those of load.py.

    The figures of all rounds are in requests/s, seconds of CPU time per request, and seconds.
    """

    name: str
    limit: str = ""
    server: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def measure(self, plan: Plan) -> None:
        """Measure one round."""
        with running_server(*self.server) as (url, process):
            port = urlsplit(url).port or 0
            load(port, requests=500, seconds=60.0, options=self.load)
            wait_until_idle([process])
            before = cpu_seconds([process])
            result = load(port, requests=sys.maxsize, seconds=plan.seconds, options=self.load)
            self.costs.append((cpu_seconds([process]) - before) / result["replies"])
        self.rates.append(result["replies"] / result["seconds"])
        self.p99.append(result["p99"])


def kinds_of_keys() -> list[Kind]:
    """The same key and body in all requests, a new body in each, and a new key in each."""
    return [
        Kind(name="valid POST, the same key", load=("--kind", "valid")),
        Kind(name="valid POST, a new body", load=("--kind", "new-bodies")),
        Kind(name="valid POST, a new key", limit="1.2; p99 10 ms", load=("--kind", "new-keys")),
    ]


def kinds_of_paths(name: str, document: Path, path: str) -> Iterator[Kind]:
    """A known path and an unknown one of a contract. The replies are made from its schemas."""
    for shown, target, status in (("known", path, 200), ("unknown", UNKNOWN, 404)):
        yield Kind(
            name=f"GET, {shown} path of {name}",
            limit="3,000 requests/s",
            server=("--spec", str(document)),
            load=("--kind", "get", "--path", target, "--status", str(status)),
        )


def write_contract(path: Path) -> Path:
    """Write a contract with many GET operations, whose replies are those of the bundled operation."""
    document = yaml.safe_load((bundled("spec") / "wingback.yaml").read_text("utf-8"))
    (template, item), *_ = document["paths"].items()
    create = item["post"]
    document["paths"] = {
        f"/v{number}{template}": {
            "get": {
                "operationId": f"get_{number}",
                "parameters": create["parameters"],
                "responses": create["responses"],
            }
        }
        for number in range(OPERATIONS)
    }
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def row(kind: Kind, same: Kind) -> str:
    """The figures of a kind as a row of the table."""
    ratio = f"{median(kind.costs) / median(same.costs):.2f}" if kind.name.startswith("valid") else ""
    return (
        f"| {kind.name} | {median(kind.rates):,.0f} | {median(kind.costs) * 1e6:.0f} µs | {ratio} "
        f"| {median(kind.p99) * 1e3:.1f} ms | {kind.limit} |"
    )


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="kinds")
    command_line.add_argument(
        "--document", nargs=2, action="append", default=[], metavar=("FILE", "PATH"), help="also GET this path"
    )
    arguments = command_line.read()
    plan = QUICK if arguments.quick else FULL
    with TemporaryDirectory() as scratch:
        kinds = kinds_of_keys()
        many = write_contract(Path(scratch) / "many.yaml")
        kinds += kinds_of_paths(f"{OPERATIONS:,} operations", many, f"/v{OPERATIONS * 3 // 4}{PATH}")
        for file, path in arguments.document:
            kinds += kinds_of_paths(Path(file).stem, Path(file), path)
        for _ in range(plan.rounds):
            for kind in kinds:
                kind.measure(plan)
    rows = [
        "| request | requests/s | CPU time per request | relative to the same key | p99 | limit |",
        "|---|---|---|---|---|---|",
        *(row(kind, kinds[0]) for kind in kinds),
        "",
        f"{MACHINE}; 16 keep-alive connections; median of {plan.rounds} alternating rounds of {plan.seconds:g} s.",
    ]
    command_line.show(rows)


if __name__ == "__main__":
    main()
