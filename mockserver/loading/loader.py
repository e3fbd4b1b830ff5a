"""Loads what the settings name: the contract, the scenarios, and the engine that answers with them."""

import time
from collections.abc import Callable
from pathlib import Path

from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.snapshot import Snapshot
from mockserver.engine.state import State
from mockserver.errors import ScenarioError
from mockserver.loading.scenario_lint import ScenarioLint
from mockserver.redaction.redactor import Redactor
from mockserver.scenarios import Scenarios, ScenarioSelector
from mockserver.scenarios.format import library_of, read_file, read_folder
from mockserver.scenarios.scenario_selector import DEFAULT
from mockserver.scenarios.suggestions import did_you_mean
from mockserver.settings import Settings, own_file


def load_engine(settings: Settings, *, open_state: Callable[[Redactor], State] | None = None) -> Engine:
    """An engine that answers with the contract and the scenarios of the settings. Raises SpecError, ScenarioError.

    Its state is in memory, or what `open_state` returns.
    """
    snapshot = load_snapshot(settings)
    return Engine(
        snapshot=snapshot,
        open_state=open_state,
        seed=settings.seed,
        report_violations=settings.on_violation == "report",
        strict=settings.strict,
        account_required=settings.stripe_account == "required",
    )


def load_snapshot(settings: Settings, *, contract: Contract | None = None) -> Snapshot:
    """Read the contract, unless one is given, and the scenarios. Raises SpecError, ScenarioError."""
    read_at = time.time()
    if contract is None:
        contract = load_contract(settings)
    return Snapshot(contract=contract, selector=_load_selector(settings, contract), read_at=read_at)


def load_contract(settings: Settings) -> Contract:
    """Read the contract that the settings name. Raises SpecError."""
    return Contract.load(
        settings.spec_file,
        accepted_keys=frozenset(settings.api_keys) if settings.api_keys else None,
        max_body=settings.max_body,
        compiled=settings.validation == "compiled",
    )


def load_scenarios(folder: Path, contract: Contract) -> Scenarios:
    """The scenarios of a folder. Raises ScenarioError; BrokenScenariosError has the problems of all files."""
    files = read_folder(folder, operations=contract.operations)
    lint = ScenarioLint(contract)
    return library_of(files, problems=[problem for file in files for problem in lint.problems(file)])


def _load_selector(settings: Settings, contract: Contract) -> ScenarioSelector | None:
    """The selector over the scenarios of the settings' folder; None without a folder. Raises ScenarioError."""
    folder, name = settings.scenarios_folder, settings.scenario
    if folder is None:
        if name is not None:
            raise ScenarioError(f"there is no scenario {name!r}: no scenario files are loaded; add --scenarios")
        return None
    scenarios = _with_default(load_scenarios(folder, contract), contract)
    if name is not None and name not in scenarios:
        raise ScenarioError(f"{folder}: there is no scenario {name!r}{did_you_mean(name, scenarios)}")
    stubs = [stub for scenario in scenarios.values() for stub in scenario.stubs]
    contract.compile(dict.fromkeys(stub.operation for stub in stubs if stub.operation in contract.operations))
    return ScenarioSelector(scenarios, server_wide=name, credentials=contract.credential_names)


def _with_default(scenarios: Scenarios, contract: Contract) -> Scenarios:
    """The scenarios, and the bundled default if they have none and the contract has its operations.

    So a folder that has only special cases still has coherent replies in all other cases.
    """
    if DEFAULT in scenarios:
        return scenarios
    file = read_file(own_file(f"{DEFAULT}.yaml"))
    default = file.scenario
    if default is None or not {stub.operation for stub in default.stubs} <= contract.operations.keys():
        return scenarios
    return scenarios if ScenarioLint(contract).problems(file) else Scenarios([*scenarios.values(), default])
