"""Loads the scenarios that a server answers with: all files are read and held against the contract, or none counts."""

from __future__ import annotations

from pathlib import Path

from mockserver.contract import Contract
from mockserver.errors import ScenarioError
from mockserver.payments import knows_fake
from mockserver.scenarios import Choice, Scenarios, read_file, read_folder
from mockserver.scenarios.choice import DEFAULT
from mockserver.scenarios.flaws import did_you_mean
from mockserver.settings import Settings, own
from mockserver.vetting.vetting import Vetting

__all__ = ["load_choice", "load_scenarios"]


def load_choice(settings: Settings, contract: Contract) -> Choice | None:
    """The scenarios of the settings' folder, the one for the whole server chosen; None without a folder.

    Raises ScenarioError, also when there is no scenario of that name.
    """
    folder, name = settings.scenarios_folder, settings.scenario
    if folder is None:
        if name is not None:
            raise ScenarioError(
                f"there is no scenario {name!r}: no scenario files are loaded, name them by --scenarios"
            )
        return None
    scenarios = _with_default(load_scenarios(folder, contract), contract)
    if name is not None and name not in scenarios.names:
        raise ScenarioError(f"{folder}: there is no scenario {name!r}{did_you_mean(name, scenarios.names)}")
    stubs = [stub for scenario in scenarios.values() for stub in scenario.stubs]
    contract.compile(dict.fromkeys(stub.operation for stub in stubs if stub.operation in contract.operations))
    return Choice(scenarios, server_wide=name)


def _with_default(scenarios: Scenarios, contract: Contract) -> Scenarios:
    """The scenarios, with the bundled default beside them where they have none and the contract has its operations.

    A folder with one rare thing in it must not make the ordinary one incoherent.
    """
    if DEFAULT in scenarios.names:
        return scenarios
    file = read_file(own(f"{DEFAULT}.yaml"), knows_fake=knows_fake)
    default = file.scenario
    if default is None or not {stub.operation for stub in default.stubs} <= contract.operations.keys():
        return scenarios
    return scenarios if Vetting(contract).problems(file) else Scenarios([*scenarios.values(), default])


def load_scenarios(folder: Path, contract: Contract) -> Scenarios:
    """The scenarios of a folder, to be served under a contract.

    Raises ScenarioError: BrokenScenariosError with every problem of every file, or that there is no file.
    """
    files = read_folder(folder, operations=contract.operations, knows_fake=knows_fake)
    vetting = Vetting(contract)
    return Scenarios.of(files, problems=[problem for file in files for problem in vetting.problems(file)])
