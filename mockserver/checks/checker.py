"""Checks scenario files: reads them, compares their replies with the contract, and plays their examples."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from mockserver.checks.example_player import play
from mockserver.checks.report import Comparison, FileReport, Report
from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import Snapshot
from mockserver.loading import ScenarioLint
from mockserver.scenarios import Scenarios, ScenarioSelector
from mockserver.scenarios.format import Problem, ReadFile, read_folder
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.suggestions import did_you_mean
from mockserver.settings import Settings


def check(settings: Settings, *, against: Path | None = None) -> Report:
    """Check the scenario files that a server with these settings would load.

    `against` is another version of the contract: the report lists the files that would break under it.
    Raises UsageError if a contract or the folder cannot be read.
    """
    contract = Contract.load(settings.spec_file)
    version = None if against is None else Contract.load(against)
    folder = None if settings.scenarios_folder is None else _relative(settings.scenarios_folder)
    files = [] if folder is None else read_folder(folder, operations=contract.operations)
    checker = FileChecker(files, contract)
    reports = [checker.report(file) for file in files]
    sound = [file for file, report in zip(files, reports, strict=True) if report.ok]
    return Report(
        spec=str(_relative(settings.spec_file)),
        version=contract.document.version,
        scenarios=None if folder is None else str(folder),
        files=tuple(reports),
        against=None if version is None else _compare(sound, contract, version),
    )


class FileChecker:
    """Checks files under one contract. The examples are played with all scenarios that match the contract."""

    def __init__(self, files: Sequence[ReadFile], contract: Contract) -> None:
        self._lint = ScenarioLint(contract)
        self._lint_problems = {file.file: self._lint.problems(file) for file in files}
        scenarios = [
            file.scenario for file in files if file.scenario is not None and not self._lint_problems[file.file]
        ]
        snapshot = Snapshot(contract=contract, selector=ScenarioSelector(Scenarios(scenarios)))
        self._engine = Engine(snapshot=snapshot, seed=1)

    def report(self, file: ReadFile, *problems: Problem) -> FileReport:
        """The report on a file that already has `problems`. Its examples are played only if it has no other problem."""
        found = [*file.problems, *problems, *self._lint_problems[file.file]] or play(self._engine, file)
        return FileReport(
            file=file.file,
            scenario=file.name,
            examples=len(file.scenario.example) if file.scenario is not None else 0,
            problems=tuple(sorted(found)),
            notes=tuple(self._lint.notes(file)),
        )


def _compare(files: Sequence[ReadFile], before: Contract, after: Contract) -> Comparison:
    """What another version of the contract would break, of files without problems under the present one."""
    checker = FileChecker(files, after)
    reports = [checker.report(file, *_missing_operations(file, before, after)) for file in files]
    broken = tuple(report for report in reports if not report.ok)
    return Comparison(spec=str(after.document.path), version=after.document.version, broken=broken)


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


def _relative(path: Path) -> Path:
    """The path, relative to the current folder if it is inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
