"""Checks scenario files against the contract before they are served."""

from collections.abc import Iterable, Iterator

from mockserver.contract import Contract
from mockserver.contract.router import PARAMETER
from mockserver.loading.reply_lint import ReplyLint
from mockserver.scenarios import Scenario
from mockserver.scenarios.format import Problem, ReadFile
from mockserver.scenarios.format.flaws import Flaw, Path
from mockserver.scenarios.suggestions import did_you_mean


class ScenarioLint:
    """Checks scenarios against one contract. Stubs for operations that it does not have are ignored."""

    def __init__(self, contract: Contract) -> None:
        self._operations = contract.operations
        self._replies = ReplyLint(contract)

    def problems(self, file: ReadFile) -> list[Problem]:
        """Every way in which the scenario breaks the contract without `off_contract`."""
        return [] if file.scenario is None else [file.problem(flaw) for flaw in self._flaws(file.scenario)]

    def notes(self, file: ReadFile) -> list[Problem]:
        """Each `off_contract` of a reply that always matches the contract."""
        message = "off_contract is unnecessary here: the reply matches the contract"
        return [
            file.problem(Flaw(("stubs", index, "reply", "off_contract"), message, at_key=True))
            for index, stub in enumerate(file.scenario.stubs if file.scenario is not None else ())
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
            yield from self._unknown_parameters(("when", "path"), scenario.when.path, operations)
        for index, stub in stubs:
            path: Path = ("stubs", index)
            yield from self._unknown_parameters((*path, "when", "path"), stub.when.path, [stub.operation])
            if stub.reply is not None and stub.reply.off_contract is None:
                for flaw in self._replies.flaws(stub, stub.reply):
                    yield flaw.under((*path, "reply"))

    def _unknown_parameters(self, path: Path, names: Iterable[str], operations: list[str]) -> Iterator[Flaw]:
        templates = [self._operations[operation].template for operation in operations]
        known = [name for template in templates for name in PARAMETER.findall(template)]
        for name in names:
            if name not in known:
                message = f"no path parameter of {' or '.join(operations)} has this name{did_you_mean(name, known)}"
                yield Flaw((*path, name), message, at_key=True)
