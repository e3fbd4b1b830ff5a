"""Compares a contract with another version of it: what breaks for scenarios, and for the operations that they use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.checks.comparison import Compared, Comparison, Finding
from mockserver.checks.drift import Cause, Drift, OperationDrift
from mockserver.checks.example_player import example_request
from mockserver.checks.file_checker import FileChecker
from mockserver.checks.file_report import FileReport
from mockserver.contract import Contract
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.suggestions import did_you_mean

_EXAMPLE: Final = re.compile(r"example\[(\d+)\]")
_INDEX: Final = re.compile(r"^(?:stubs|example)\[\d+\]\.?")


def compare(files: Sequence[ReadFile], before: Contract, after: Contract) -> Comparison:
    """What another version of the contract would break, of files without problems under the present one."""
    checker = FileChecker(files, after)
    reports = [checker.report(file, *_missing_operations(file, before, after)) for file in files]
    drift = Drift(before, after)
    used = dict.fromkeys(stub.operation for file in files if file.scenario for stub in file.scenario.stubs)
    drifts = {name: drift.of_operation(name) for name in used if name in after.operations}
    return Comparison(
        spec=str(after.document.path),
        version=after.document.version,
        broken=tuple(report for report in reports if not report.ok),
        findings=tuple(_findings(files, reports, drift, drifts)),
        compared=Compared(
            scenarios=len(files),
            requests=sum(each.requests for each in drifts.values()),
            replies=sum(each.replies for each in drifts.values()),
            operations=tuple(drifts),
            not_generated=tuple(name for name, each in drifts.items() if not each.requests),
        ),
    )


def _findings(
    files: Sequence[ReadFile], reports: Sequence[FileReport], drift: Drift, drifts: Mapping[str, OperationDrift]
) -> Iterator[Finding]:
    """One finding for each cause, with the scenarios that it breaks."""
    messages = {(name, cause.key): f"{name}: {cause.message}" for name, each in drifts.items() for cause in each.causes}
    broken: dict[tuple[str, tuple[str, ...]], list[tuple[str, Problem]]] = {key: [] for key in messages}
    for file, report in zip(files, reports, strict=True):
        for problem in report.problems:
            for operation, cause in _causes(file, problem, drift):
                key = (operation, cause.key)
                messages.setdefault(key, f"{operation}: {cause.message}" if operation else cause.message)
                broken.setdefault(key, []).append((file.name, problem))
    for key, found in broken.items():
        yield Finding(
            message=messages[key],
            scenarios=tuple(dict.fromkeys(name for name, _ in found)),
            problems=tuple(dict.fromkeys(problem for _, problem in found)),
        )


def _causes(file: ReadFile, problem: Problem, drift: Drift) -> list[tuple[str, Cause]]:
    """The causes of a problem, each with its operation: those of the request if it is an example's, else its text."""
    example = _EXAMPLE.match(problem.key)
    if example is not None and file.scenario is not None:
        request = example_request(file.scenario.example[int(example[1])].request, file.scenario, drift.after)
        operation, causes = drift.of_example(request)
        if causes:
            return [(operation, cause) for cause in causes]
    # Without the index, the problems of several scenarios have the same text.
    place = _INDEX.sub("", problem.key)
    message = f"{place}: {problem.message}" if place else problem.message
    return [("", Cause(("scenario", message), message))]


def _missing_operations(file: ReadFile, before: Contract, after: Contract) -> Iterator[Problem]:
    """A problem for each stub whose operation does not exist after the change."""
    for index, stub in enumerate(file.scenario.stubs if file.scenario is not None else ()):
        if stub.operation not in after.operations:
            message = f"the contract no longer has this operation{_successor(stub.operation, before, after)}"
            yield file.problem(Flaw(("stubs", index, "operation"), message))


def _successor(name: str, before: Contract, after: Contract) -> str:
    """The end of the message: the operation that now has the method and path, else the one with the nearest name."""
    old = before.operations[name]
    for new in after.operations.values():
        if (new.method, new.template) == (old.method, old.template):
            return f"; {old.method} {old.template} is {new.id!r} there"
    return did_you_mean(name, after.operations)
