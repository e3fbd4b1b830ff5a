"""The comparison with another version of the contract: which scenarios it would break, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.checks.report import Comparison, FileReport
from mockserver.checks.trial import Trial
from mockserver.contract import Contract
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["compare"]


def compare(files: Sequence[ReadFile], before: Contract, after: Contract) -> Comparison:
    """What becomes of files, all of which hold under the contract as it was before."""
    trial = Trial(files, after)
    broken = []
    for file in files:
        problems = [*_without_operation(file, before, after), *trial.vetted(file)] or trial.played(file)
        if problems:
            examples = len(file.scenario.example) if file.scenario is not None else 0
            broken.append(
                FileReport(file=file.file, scenario=file.name, examples=examples, problems=tuple(sorted(problems)))
            )
    document = after.document
    return Comparison(spec=str(document.path), version=document.version, broken=tuple(broken))


def _without_operation(file: ReadFile, before: Contract, after: Contract) -> Iterator[Problem]:
    """The stubs whose operation is gone, each with what it has become."""
    for index, stub in enumerate(file.scenario.stubs if file.scenario is not None else ()):
        if stub.operation not in after.operations:
            message = f"the contract no longer has this operation{_successor(stub.operation, before, after)}"
            yield file.problem(Flaw(("stubs", index, "operation"), message))


def _successor(name: str, before: Contract, after: Contract) -> str:
    """What an operation has become: the one of its method and path, else the one with the nearest name."""
    old = before.operations[name]
    for new in after.operations.values():
        if (new.method, new.template) == (old.method, old.template):
            return f"; {old.method} {old.template} is {new.id!r} there"
    return did_you_mean(name, after.operations)
