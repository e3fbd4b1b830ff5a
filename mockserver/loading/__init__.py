"""Loads what the settings name: the contract, and the scenario files, which are checked against it.

May import: `engine`, `scenarios`, `payments`, `contract`, `settings` and the packages below them.
Start with `loader.py`.
"""

from mockserver.loading.loader import load_contract, load_engine, load_scenarios, load_snapshot
from mockserver.loading.scenario_lint import ScenarioLint

__all__ = ["ScenarioLint", "load_contract", "load_engine", "load_scenarios", "load_snapshot"]
