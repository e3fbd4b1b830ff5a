"""Reads the text of one scenario file: a scenario, or every problem of the file."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

from mockserver.parsing.positions import TextError
from mockserver.parsing.text_reader import read_with_positions
from mockserver.scenarios.format.flaws import Flaw, FlawsError
from mockserver.scenarios.format.problems import Problem, ReadFile
from mockserver.scenarios.format.scenario_format import SCENARIO
from mockserver.scenarios.scenario import Scenario
from mockserver.scenarios.suggestions import did_you_mean

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_AMBIGUOUS: Final = "other YAML readers read {text} without quotes as {read_as}; write it in quotes"


def read_text(text: bytes, *, file: str, name: str, operations: Collection[str] | None = None) -> ReadFile:
    """Read the text of a file. `operations` are the operationIds of the contract; with None they are not checked."""
    read = ReadFile(file=file, name=name)
    problems: list[Problem] = []
    if not _NAME.fullmatch(name):
        message = f"expected a file name of lower-case letters, digits, - and _, found {name!r}"
        problems.append(read.problem(Flaw((), message)))
    try:
        positions = read_with_positions(text, name=file)
    except TextError as error:
        problems.append(read.problem(Flaw((), error.problem), error.position))
        return replace(read, problems=tuple(problems))
    read = replace(read, positions=positions)
    try:
        digest = blake2b(text, digest_size=16).digest()
        read = replace(read, scenario=Scenario(name=name, digest=digest, **SCENARIO.parse(positions.data)))
    except FlawsError as error:
        problems += map(read.problem, error.flaws)
    ambiguous = [
        read.problem(Flaw(each.path, _AMBIGUOUS.format(text=each.text, read_as=each.read_as)), each.position)
        for each in positions.ambiguous
    ]
    for problem in (*ambiguous, *map(read.problem, _unknown_operations(positions.data, operations))):
        # One problem per key is enough: `times: 012` is not a number, with or without quotes.
        if problem.key not in {known.key for known in problems}:
            problems.append(problem)
    return replace(read, scenario=None, problems=tuple(sorted(problems))) if problems else read


def _unknown_operations(data: Any, operations: Collection[str] | None) -> Iterator[Flaw]:
    # Checked on the data, so that a file with other problems shows this one too.
    stubs = data.get("stubs") if isinstance(data, dict) else None
    if operations is None or not isinstance(stubs, list):
        return
    for index, stub in enumerate(stubs):
        operation = stub.get("operation") if isinstance(stub, dict) else None
        if isinstance(operation, str) and operation not in operations:
            message = f"the contract has no operation {operation!r}{did_you_mean(operation, operations)}"
            yield Flaw(("stubs", index, "operation"), message)
