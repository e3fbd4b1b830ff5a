"""Selects the stub that answers a call: first the scenario, then its first stub that fits and is not used up."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from mockserver.errors import Miss, Refusal
from mockserver.messages import Call
from mockserver.redaction.credential_names import NO_CONTRACT, CredentialNames
from mockserver.scenarios.library import Scenarios
from mockserver.scenarios.scenario import Scenario, Stub
from mockserver.scenarios.stub_replies import StubReply
from mockserver.scenarios.suggestions import nearest_names
from mockserver.scenarios.usage_counts import Usage, UsageCounts
from mockserver.storage.namespace_setting import NamespaceSetting, Setting

DEFAULT = "happy_path"
HEADER = "mock-scenario"
SHOWN_NAMES = 30


class SelectedStub(NamedTuple):
    """The stub that answers, and its scenario."""

    scenario: Scenario
    stub: Stub


class NoStub(Refusal):  # a refusal is a reply, not an error
    """No stub of the scenario fits. `stub` is the name of the nearest one, `misses` are its misses."""

    def __init__(self, scenario: Scenario, stubs: list[Stub], call: Call, credentials: CredentialNames) -> None:
        tried = sorted(((stub, _misses(stub, call, credentials)) for stub in stubs), key=lambda each: len(each[1]))
        nearest, misses = tried[0]
        super().__init__(
            "no-stub",
            f"No stub of scenario {scenario.name} fits. "
            f"The nearest is {nearest.name!r}: {'; '.join(map(str, misses))}.",
            extra={
                "stubs": [{"stub": stub.name, "misses": [miss.as_json() for miss in found]} for stub, found in tried]
            },
        )
        self.scenario = scenario.name
        self.stub = nearest.name
        self.misses = misses


class ScenarioSelector:
    """Selects among the scenarios of a library. It knows what each namespace has activated and used up.

    `credentials` are the names of credentials in the contract, whose values misses do not show.
    """

    def __init__(
        self, scenarios: Scenarios, *, server_wide: str | None = None, credentials: CredentialNames = NO_CONTRACT
    ) -> None:
        self.scenarios = scenarios
        self._default = scenarios.get(DEFAULT)
        self._credentials = credentials
        self._usage: Usage = UsageCounts()
        self._activated: Setting[str | None] = NamespaceSetting(server_wide)
        self._stubs: dict[tuple[str, str], list[Stub]] = {}

    def keep_in(self, activated: Setting[str | None], usage: Usage) -> None:
        """Keep activated scenarios and usage counts elsewhere: servers can share them."""
        self._activated, self._usage = activated, usage

    def activate(self, name: str | None, *, namespace: str | None = None) -> None:
        """Activate a scenario for one namespace or for the whole server (None). The name None deactivates it.

        The usage counts of the scenario start again. Raises Refusal unknown-scenario.
        """
        if name is not None and name not in self.scenarios:
            raise self._unknown(name)
        if namespace is None:
            # None also deactivates the scenario that --scenario names.
            self._activated.server_wide = name
        else:
            self._activated.set(name, namespace)
        self._usage.reset(namespace, name)

    def activated(self, namespace: str | None = None) -> str | None:
        """The name of the scenario that is activated for one namespace or for the whole server (None)."""
        return self._activated.server_wide if namespace is None else self._activated.own(namespace)

    def reset(self, namespace: str | None) -> None:
        """Return to the initial state, in one namespace or on the whole server (None)."""
        self._activated.reset(namespace)
        self._usage.reset(namespace)

    def take_over(self, before: ScenarioSelector) -> None:
        """Continue with the state of another selector: activated scenarios, and usage counts of unchanged files."""
        self._activated, self._usage = before._activated, before._usage
        for name in self.scenarios.differing(before.scenarios):
            self._usage.reset(scenario=name)

    @property
    def lost(self) -> set[str]:
        """The names that are activated but no longer exist. Such a scenario is selected again when it comes back."""
        return set(filter(None, {*self._activated.all_own(), self._activated.server_wide})) - set(self.scenarios)

    def scenario(self, call: Call, namespace: str) -> Scenario | None:
        """The scenario for a call of a namespace. Raises Refusal unknown-scenario."""
        name = call.request.headers.get(HEADER)
        if name is not None:
            if name not in self.scenarios:
                raise self._unknown(name)
            return self.scenarios[name]
        return (
            self._named(self._activated.own(namespace))
            or self.scenarios.fitting(call)
            or self._named(self._activated.server_wide)
            or self._default
        )

    def stub(self, call: Call, namespace: str) -> SelectedStub | None:
        """The stub that answers. None if no stub names the operation: the reply is then made from its schema.

        Raises Refusal: unknown-scenario, no-stub.
        """
        scenario, stubs = self._candidates(call, namespace)
        if scenario is None:
            return None
        for stub in stubs:
            if stub.fits(call) and self._usage.claim(namespace, scenario.name, stub):
                return SelectedStub(scenario, stub)
        raise NoStub(scenario, stubs, call, self._credentials)

    def nearest(self, call: Call, namespace: str) -> tuple[str, str, tuple[Miss, ...]] | None:
        """The names of the scenario and the stub that come nearest to a call, and the misses. Counts no answer."""
        scenario, stubs = self._candidates(call, namespace)
        if scenario is None:
            return None
        misses, stub = min(
            ((stub.misses(call, self._credentials), stub) for stub in stubs), key=lambda each: len(each[0])
        )
        return scenario.name, stub.name, tuple(misses)

    def default_reply(self, call: Call) -> StubReply | None:
        """The reply of the default scenario to a call, if it has one."""
        for stub in self._default.stubs if self._default else ():
            if stub.reply is not None and stub.fits(call):
                return stub.reply
        return None

    def _candidates(self, call: Call, namespace: str) -> tuple[Scenario | None, list[Stub]]:
        """The scenario for a call and its stubs for the operation; None and no stubs if no stub names the operation.

        A scenario without a stub for an operation leaves it to the default scenario: a scenario about one operation
        does not break the others.
        """
        for scenario in (self.scenario(call, namespace), self._default):
            if scenario is not None:
                key = scenario.name, call.operation
                stubs = self._stubs.get(key)
                if stubs is None:
                    stubs = self._stubs[key] = [stub for stub in scenario.stubs if stub.operation == call.operation]
                if stubs:
                    return scenario, stubs
        return None, []

    def _named(self, name: str | None) -> Scenario | None:
        return None if name is None else self.scenarios.get(name)

    def _unknown(self, name: str) -> Refusal:
        nearest = nearest_names(name, self.scenarios, count=3)
        more = len(self.scenarios) - SHOWN_NAMES
        shown = [*islice(self.scenarios, SHOWN_NAMES), *([f"and {more} more"] if more > 0 else [])]
        hint = f"the nearest: {', '.join(nearest)}" if nearest else f"there are: {', '.join(shown)}"
        return Refusal("unknown-scenario", f"There is no scenario {name[:100]!r}; {hint}.")


def _misses(stub: Stub, call: Call, credentials: CredentialNames) -> tuple[Miss, ...]:
    used_up = Miss("times", f"at most {stub.times}", "used up; activation or reset starts it again")
    return tuple(stub.misses(call, credentials)) or (used_up,)
