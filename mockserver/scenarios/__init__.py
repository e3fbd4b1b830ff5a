"""What the mock is told to do: scenario files, read into stubs that match calls and say what to answer."""

from __future__ import annotations

from mockserver.scenarios.choice import Choice, NoStub
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.confirmations import OnConfirm
from mockserver.scenarios.durations import NO_DELAY, Delay
from mockserver.scenarios.faults import PlannedFault
from mockserver.scenarios.library import Scenarios, read_file, read_folder
from mockserver.scenarios.matchers import Miss
from mockserver.scenarios.problems import BrokenScenariosError, Problem
from mockserver.scenarios.readfile import ReadFile
from mockserver.scenarios.replies import ABSENT_MEMBER, LiteralReply, PaymentSessionReply
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Scenario, Stub
from mockserver.scenarios.sequences import Sequences

__all__ = [
    "ABSENT_MEMBER",
    "NO_DELAY",
    "BrokenScenariosError",
    "Choice",
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
    "Scenarios",
    "Sequences",
    "Stub",
    "read_file",
    "read_folder",
]
