"""Checks single scenario files under a contract."""

from collections.abc import Sequence

from mockserver.checks.example_player import play
from mockserver.checks.file_report import FileReport
from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import Snapshot
from mockserver.loading import ScenarioLint
from mockserver.scenarios import Scenarios, ScenarioSelector
from mockserver.scenarios.format import Problem, ReadFile


class FileChecker:
    """Checks files under one contract. The examples are played with all scenarios that match the contract."""

    def __init__(self, files: Sequence[ReadFile], contract: Contract) -> None:
        self._lint = ScenarioLint(contract)
        self._lint_problems = {file.file: self._lint.problems(file) for file in files}
        scenarios = [
            file.scenario for file in files if file.scenario is not None and not self._lint_problems[file.file]
        ]
        snapshot = Snapshot(
            contract=contract, selector=ScenarioSelector(Scenarios(scenarios), credentials=contract.credential_names)
        )
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
