"""A trial: scenario files tried out under one contract, in an engine of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mockserver.checks.example_player import play
from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import Snapshot
from mockserver.loading import ScenarioLint
from mockserver.scenarios import Scenarios, ScenarioSelector
from mockserver.scenarios.format import Problem, ReadFile

__all__ = ["Trial"]

_SEED: Final = 1


class Trial:
    """Files that are served together as far as they keep the contract; what does not is held back from the engine."""

    def __init__(self, files: Sequence[ReadFile], contract: Contract) -> None:
        self._vetting = ScenarioLint(contract)
        self._vetted = {file.file: self._vetting.problems(file) for file in files}
        kept = [file.scenario for file in files if file.scenario is not None and not self._vetted[file.file]]
        self._engine = Engine(
            snapshot=Snapshot(contract=contract, selector=ScenarioSelector(Scenarios(kept))), seed=_SEED
        )

    def vetted(self, file: ReadFile) -> list[Problem]:
        """How a file leaves the contract without saying so."""
        return self._vetted[file.file]

    def played(self, file: ReadFile) -> list[Problem]:
        """How the examples of a file that keeps the contract do not hold."""
        return play(self._engine, file)

    def notes(self, file: ReadFile) -> list[Problem]:
        """What a file says without need."""
        return self._vetting.notes(file)
