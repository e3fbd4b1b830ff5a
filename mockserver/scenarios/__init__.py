"""Scenarios: stubs that match calls and define the reply, and the selection of the stub that answers.

May import: `payments`, `delivery`, `contract`, `parsing`, `messages`, `errors`. Start with `scenario.py`; `format/` reads the
files.
"""

from __future__ import annotations

from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.library import Scenarios
from mockserver.scenarios.matchers import Miss
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Scenario, Stub
from mockserver.scenarios.scenario_selector import NoStub, ScenarioSelector
from mockserver.scenarios.stub_replies import LiteralReply, PaymentSessionReply, StubReply
from mockserver.scenarios.usage_counts import UsageCounts

__all__ = [
    "Condition",
    "Example",
    "ExampleReply",
    "ExampleRequest",
    "LiteralReply",
    "Miss",
    "NoStub",
    "PaymentSessionReply",
    "Scenario",
    "ScenarioSelector",
    "Scenarios",
    "Stub",
    "StubReply",
    "UsageCounts",
]
