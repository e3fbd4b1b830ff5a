"""Scenarios: stubs that match calls and say what to reply, and the selection of the stub that answers.

May import: `contract`, `parsing`, `messages`, `errors`. Start with `scenario.py`; `format/` reads the files.
"""

from __future__ import annotations

from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.confirmations import OnConfirm
from mockserver.scenarios.durations import NO_DELAY, Delay
from mockserver.scenarios.faults import PlannedFault
from mockserver.scenarios.format.problems import BrokenScenariosError, Problem
from mockserver.scenarios.format.read_file import ReadFile
from mockserver.scenarios.library import Scenarios, read_file, read_folder
from mockserver.scenarios.matchers import Miss
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Scenario, Stub
from mockserver.scenarios.scenario_selector import NoStub, ScenarioSelector
from mockserver.scenarios.stub_replies import ABSENT_MEMBER, LiteralReply, PaymentSessionReply
from mockserver.scenarios.usage_counts import UsageCounts

__all__ = [
    "ABSENT_MEMBER",
    "NO_DELAY",
    "BrokenScenariosError",
    "Condition",
    "Delay",
    "Example",
    "ExampleReply",
    "ExampleRequest",
    "LiteralReply",
    "Miss",
    "NoStub",
    "OnConfirm",
    "PaymentSessionReply",
    "PlannedFault",
    "Problem",
    "ReadFile",
    "Scenario",
    "ScenarioSelector",
    "Scenarios",
    "Stub",
    "UsageCounts",
    "read_file",
    "read_folder",
]
