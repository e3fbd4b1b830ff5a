"""Compares a contract with another version of it: what breaks for scenarios, and for the operations that they use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.checks.causes import Cause
from mockserver.checks.comparison import Compared, Comparison, Finding
from mockserver.checks.drift import Drift, OperationDrift
from mockserver.checks.example_player import example_request
from mockserver.checks.file_checker import FileChecker
from mockserver.checks.file_report import FileReport
from mockserver.contract import Contract
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.suggestions import did_you_mean

_EXAMPLE: Final = re.compile(r"example\[(\d+)\]")
_REPLY: Final = re.compile(r"stubs\[(\d+)\]\.reply\.(status$|(?:payment_session|body)(?P<steps>.*))")
_INDEX: Final = re.compile(r"^(?:stubs|example)\[\d+\]\.?")


def compare(files: Sequence[ReadFile], before: Contract, after: Contract) -> Comparison:
    """What another version of the contract would break, of files without problems under the present one."""
    checker = FileChecker(files, after)
    reports = [checker.report(file, *_missing_operations(file, before, after)) for file in files]
    drift = Drift(before, after)
    used = dict.fromkeys(stub.operation for file in files if file.scenario for stub in file.scenario.stubs)
    pairs = {name: (before.operations[name], drift.counterpart(name)) for name in used}
    drifts = {name: drift.of_operation(old, new) for name, (old, new) in pairs.items() if new is not None}
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
            not_generated=tuple(f"{name} ({kind})" for name, each in drifts.items() for kind in each.missing),
        ),
    )


def _findings(
    files: Sequence[ReadFile], reports: Sequence[FileReport], drift: Drift, drifts: Mapping[str, OperationDrift]
) -> Iterator[Finding]:
    """One finding for each cause, with the operations that it concerns and the scenarios that it breaks."""
    causes = {(name, cause.key): cause for name, each in drifts.items() for cause in each.causes}
    broken: dict[tuple[str, tuple[str, ...]], list[tuple[str, Problem]]] = {key: [] for key in causes}
    for file, report in zip(files, reports, strict=True):
        for problem in report.problems:
            for operation, cause in _causes(file, problem, drift, drifts):
                causes.setdefault((operation, cause.key), cause)
                broken.setdefault((operation, cause.key), []).append((file.name, problem))
    grouped: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for key, cause in causes.items():
        grouped.setdefault(cause.message, []).append(key)
    for message, keys in grouped.items():
        found = [each for key in keys for each in broken[key]]
        yield Finding(
            message=message,
            operations=tuple(operation for operation, _ in keys if operation),
            scenarios=tuple(dict.fromkeys(name for name, _ in found)),
            problems=tuple(dict.fromkeys(problem for _, problem in found)),
        )


def _causes(
    file: ReadFile, problem: Problem, drift: Drift, drifts: Mapping[str, OperationDrift]
) -> list[tuple[str, Cause]]:
    """The causes of a problem, each with its operation. For an example, they are the causes in its request."""
    example, reply = _EXAMPLE.match(problem.key), _REPLY.match(problem.key)
    if example is not None and file.scenario is not None:
        request = example_request(file.scenario.example[int(example[1])].request, file.scenario, drift.after)
        operation, causes = drift.of_example(request)
        if causes:
            return [(operation, cause) for cause in causes]
    if reply is not None and file.scenario is not None:
        stub = file.scenario.stubs[int(reply[1])]
        if stub.operation in drifts and stub.reply is not None:
            # A key has dots and brackets, a pointer has slashes.
            pointer = None if reply["steps"] is None else re.sub(r"\.|\[", "/", reply["steps"]).replace("]", "")
            cause = drifts[stub.operation].reply_cause(str(stub.reply.status), pointer)
            if cause is not None:
                return [(stub.operation, cause)]
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
