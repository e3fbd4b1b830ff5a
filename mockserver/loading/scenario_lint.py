"""Vetting: what a scenario file says, held against the contract before anybody is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.contract import Contract
from mockserver.loading.reply_lint import ReplyLint
from mockserver.loading.typical_calls import path_names
from mockserver.scenarios import Scenario
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.suggestions import did_you_mean

__all__ = ["ScenarioLint"]


class ScenarioLint:
    """Holds scenarios against one contract; a stub whose operation it does not have is left out."""

    def __init__(self, contract: Contract) -> None:
        self._operations = contract.operations
        self._replies = ReplyLint(contract)

    def problems(self, file: ReadFile) -> list[Problem]:
        """Every way in which the scenario of a file leaves the contract without saying so."""
        return [] if file.scenario is None else [file.problem(flaw) for flaw in self._flaws(file.scenario)]

    def notes(self, file: ReadFile) -> list[Problem]:
        """What is untrue without doing harm: `off_contract` beside a reply that keeps the contract, whatever is sent."""
        stubs = file.scenario.stubs if file.scenario is not None else ()
        return [
            file.problem(
                Flaw(
                    ("stubs", index, "reply", "off_contract"),
                    "off_contract is unnecessary here: the reply matches the contract",
                    at_key=True,
                )
            )
            for index, stub in enumerate(stubs)
            if stub.operation in self._operations
            and stub.reply is not None
            and stub.reply.off_contract is not None
            and stub.reply.static
            and not any(self._replies.flaws(stub, stub.reply))
        ]

    def _flaws(self, scenario: Scenario) -> Iterator[Flaw]:
        stubs = [(index, stub) for index, stub in enumerate(scenario.stubs) if stub.operation in self._operations]
        if scenario.when is not None and stubs:
            operations = list(dict.fromkeys(stub.operation for _, stub in stubs))
            yield from self._unknown_names(("when", "path"), scenario.when.path, operations)
        for index, stub in stubs:
            where: Path = ("stubs", index)
            yield from self._unknown_names((*where, "when", "path"), stub.when.path, [stub.operation])
            if stub.reply is not None and stub.reply.off_contract is None:
                for flaw in self._replies.flaws(stub, stub.reply):
                    yield flaw.under((*where, "reply"))

    def _unknown_names(self, where: Path, given: Iterable[str], operations: list[str]) -> Iterator[Flaw]:
        known = [name for operation in operations for name in path_names(self._operations[operation])]
        for name in given:
            if name not in known:
                message = f"no path parameter of {' or '.join(operations)} has this name{did_you_mean(name, known)}"
                yield Flaw((*where, name), message, at_key=True)
