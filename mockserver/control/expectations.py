"""Expectations: which calls should have been made, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockserver.scenarios import Condition
from mockserver.scenarios.conditions import ALWAYS
from mockserver.scenarios.format.flaws import FlawsError, below
from mockserver.scenarios.format.formats import ValueFormat

CONDITION_MEMBERS: Final = ("path", "query", "header", "cookie", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A call that should have been made: its operation, the scenario that answered, and its request.

    A member that is None matches every call.
    """

    operation: str | None = None
    scenario: str | None = None
    when: Condition = ALWAYS

    @classmethod
    def parse(cls, value: Mapping[str, Any], condition: ValueFormat[Condition]) -> Expectation:
        """The expectation of a request body, whose matchers have the format of a condition. Raises FlawsError."""
        parts = {name: value[name] for name in CONDITION_MEMBERS if name in value}
        when = condition.parse(parts) if parts else ALWAYS
        return cls(operation=value.get("operation"), scenario=value.get("scenario"), when=when)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How often a call should have been made. None means no limit."""

    least: int | None = None
    most: int | None = None

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> CallCount:
        """The count of a request body: `count`, or `at_least` and `at_most`; without any of them, at least 1."""
        if "count" in value:
            return cls(least=value["count"], most=value["count"])
        if "at_least" not in value and "at_most" not in value:
            return cls(least=1)
        least, most = value.get("at_least"), value.get("at_most")
        if least is not None and most is not None and least > most:
            with below("at_least"):
                raise FlawsError.one(f"no number of calls is at least {least} and at most {most}")
        return cls(least=least, most=most)

    def allows(self, count: int) -> bool:
        """Whether a number of calls is allowed."""
        return (self.least is None or count >= self.least) and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.least == self.most:
            return "no call" if self.least == 0 else f"exactly {calls(self.least)}"
        if self.most is None:
            return f"at least {calls(self.least)}"
        return f"at most {calls(self.most)}" if not self.least else f"{self.least} to {calls(self.most)}"


def calls(count: int | None) -> str:
    """A number of calls in words."""
    return f"{count} call{'' if count == 1 else 's'}"
