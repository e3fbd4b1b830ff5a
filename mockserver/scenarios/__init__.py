"""Scenarios: stubs that match calls and define the reply, and the selection of the stub that answers.

May import: `payments`, `delivery`, `contract`, `parsing`, `messages`, `errors`.
Start with `scenario.py`; `format/` reads the files.
"""

from mockserver.errors import Miss
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.library import Scenarios
from mockserver.scenarios.scenario import Example, ExampleRequest, Scenario, Stub
from mockserver.scenarios.scenario_selector import NoStub, ScenarioSelector
from mockserver.scenarios.stub_replies import LiteralReply, PaymentSessionReply, StubReply

__all__ = [
    "Condition",
    "Example",
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
]
