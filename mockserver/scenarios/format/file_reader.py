"""Reads the text of one scenario file: a scenario, or every problem of the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

from mockserver.parsing.positions import TextError
from mockserver.parsing.text_reader import read_with_positions
from mockserver.scenarios.format.flaws import Flaw, FlawsError
from mockserver.scenarios.format.problems import Problem, ReadFile, key_of
from mockserver.scenarios.format.scenario_format import SCENARIO
from mockserver.scenarios.scenario import Scenario
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["ScenarioReader"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioReader:
    """Reads scenario files. `operations` are the operationIds of the contract; with None they are not checked."""

    operations: Collection[str] | None = None

    def read(self, text: bytes, *, file: str, name: str) -> ReadFile:
        """Read the text of a file."""
        read = ReadFile(file=file, name=name)
        problems: list[Problem] = []
        if not _NAME.fullmatch(name):
            message = f"expected a file name of lower-case letters, digits, - and _, found {name!r}"
            problems.append(read.problem(Flaw((), message)))
        try:
            positions = read_with_positions(text, name=file)
        except TextError as error:
            problems.append(Problem(file, error.position.line, error.position.column, "", error.problem))
            return replace(read, problems=tuple(problems))
        read = replace(read, positions=positions)
        try:
            digest = blake2b(text, digest_size=16).digest()
            read = replace(read, scenario=Scenario(name=name, digest=digest, **SCENARIO.parse(positions.data)))
        except FlawsError as error:
            problems += map(read.problem, error.flaws)
        ambiguous = [
            Problem(
                file,
                each.position.line,
                each.position.column,
                key_of(each.path),
                f"other YAML readers read {each.text} without quotes as {each.read_as}; write it in quotes",
            )
            for each in positions.ambiguous
        ]
        for problem in (*ambiguous, *map(read.problem, self._unknown_operations(positions.data))):
            # One problem per key is enough: `times: 012` is not a number, with or without quotes.
            if problem.key not in {known.key for known in problems}:
                problems.append(problem)
        return replace(read, scenario=None, problems=tuple(sorted(problems))) if problems else read

    def _unknown_operations(self, data: Any) -> Iterator[Flaw]:
        # Checked on the data, so that a file with other problems shows this one too.
        stubs = data.get("stubs") if isinstance(data, dict) else None
        if self.operations is None or not isinstance(stubs, list):
            return
        for index, stub in enumerate(stubs):
            operation = stub.get("operation") if isinstance(stub, dict) else None
            if isinstance(operation, str) and operation not in self.operations:
                message = f"the contract has no operation {operation!r}{did_you_mean(operation, self.operations)}"
                yield Flaw(("stubs", index, "operation"), message)
