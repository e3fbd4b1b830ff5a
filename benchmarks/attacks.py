"""Measure how long hostile requests delay other callers, and how much memory they cost.

    .venv/bin/python benchmarks/attacks.py            # print a table
    .venv/bin/python benchmarks/attacks.py --write    # also put it into benchmarks/README.md
    .venv/bin/python benchmarks/attacks.py --quick    # only check that it runs; ignore the figures
    .venv/bin/python benchmarks/attacks.py --only verify    # only the attacks whose name contains the word

A second client sends a valid request every 2 ms while an attack runs. The table shows the longest delay that it sees.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from attack_requests import FULL, QUICK, Attack, attacks
from commandline import MACHINE, CommandLine
from processes import cpu_seconds, resident_megabytes
from server import running_server

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The longest delay of the second client before and during an attack in ms, the server's CPU time in ms, and MB."""

    before: float
    during: float
    cpu: float
    megabytes: float


def measure(attack: Attack, *, rest: float) -> Result:
    """Run one attack against a new server. The second client runs for `rest` seconds before it."""
    with running_server(*attack.options) as (url, pid):
        port = urlsplit(url).port or 0
        attack.prepare(port)
        memory = resident_megabytes([pid])
        with probe(port) as measured, ExitStack() as stack:
            time.sleep(rest)
            start, cpu = time.monotonic(), cpu_seconds([pid])
            attack.run(port, stack)
            cpu, growth = cpu_seconds([pid]) - cpu, resident_megabytes([pid]) - memory
            # The effect of the attack may outlast its last reply.
            time.sleep(rest)
    before = [delay for sent, delay in measured if sent + delay < start]
    during = [delay for sent, delay in measured if sent + delay >= start]
    return Result(before=max(before) * 1000, during=max(during) * 1000, cpu=cpu * 1000, megabytes=growth)


@contextmanager
def probe(port: int) -> Iterator[list[tuple[float, float]]]:
    """Run the second client; the list that is yielded has its results when the context is left."""
    measured: list[tuple[float, float]] = []
    command = [sys.executable, str(PROBE), str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield measured
        output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the second client failed")
    measured += [(sent, delay) for sent, delay in json.loads(output)]


def best(attack: Attack, *, rounds: int, rest: float) -> Result:
    """The round with the shortest delay: a delay by the attack is in every round, one by the machine is not."""
    return min((measure(attack, rest=rest) for _ in range(rounds)), key=lambda result: result.during)


def main() -> None:
    """Run the benchmark."""
    command_line = CommandLine(__doc__, block="attacks")
    command_line.add_argument("--only", default="", metavar="WORD", help="only the attacks whose name contains WORD")
    arguments = command_line.read()
    rounds, rest = (1, 0.2) if arguments.quick else (3, 1.0)
    rows = [
        "| attack | longest delay before | longest delay during it | CPU time of the server | memory |",
        "|---|---|---|---|---|",
    ]
    for attack in attacks(QUICK if arguments.quick else FULL):
        if arguments.only in attack.name:
            result = best(attack, rounds=rounds, rest=rest)
            rows.append(
                f"| {attack.name} | {result.before:.0f} ms | {result.during:.0f} ms | {result.cpu:.0f} ms "
                f"| {result.megabytes:+.0f} MB |"
            )
    command_line.show([*rows, "", f"{MACHINE}; the best of {rounds} rounds."])


if __name__ == "__main__":
    main()
