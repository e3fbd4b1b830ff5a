"""Which stub answers a call: first the scenario is chosen, then its first stub that fits and is not used up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from mockserver.errors import Refusal
from mockserver.messages import Call
from mockserver.scenarios.library import Scenarios
from mockserver.scenarios.matchers import Miss
from mockserver.scenarios.scenario import Scenario, Stub
from mockserver.scenarios.stub_replies import LiteralReply, PaymentSessionReply
from mockserver.scenarios.usage_counts import UsageCounts

__all__ = ["DEFAULT", "HEADER", "NoStub", "ScenarioSelector", "SelectedStub"]

DEFAULT = "happy_path"
HEADER = "mock-scenario"
SHOWN_NAMES = 30
MOST_ACTIVATED = 10_000


@dataclass(frozen=True, slots=True)
class SelectedStub:
    """The stub that answers, and its scenario."""

    scenario: Scenario
    stub: Stub


class NoStub(Refusal):  # a refusal, which is an answer
    """No stub of the scenario fits: the nearest stub, and every miss of every stub."""

    def __init__(self, scenario: Scenario, stubs: list[Stub], call: Call) -> None:
        tried = sorted(((stub, _misses(stub, call)) for stub in stubs), key=lambda each: len(each[1]))
        nearest, misses = tried[0]
        super().__init__(
            "no-stub",
            f"No stub of scenario {scenario.name} fits. The nearest is {nearest.name!r}: {'; '.join(map(str, misses))}.",
            extra={
                "stubs": [{"stub": stub.name, "misses": [miss.as_json() for miss in found]} for stub, found in tried]
            },
        )
        self.scenario = scenario.name
        self.stub = nearest.name
        self.misses = misses


class ScenarioSelector:
    """Chooses among the scenarios of a library; remembers which are activated, for whom, and what is used up."""

    def __init__(self, scenarios: Scenarios, *, server_wide: str | None = None) -> None:
        self.scenarios = scenarios
        self.sequences = UsageCounts()
        self._at_start = server_wide
        self._server_wide = server_wide
        self._activated: OrderedDict[str, str] = OrderedDict()
        self._stubs: dict[tuple[str, str], list[Stub]] = {}
        self._lock = Lock()

    def activate(self, name: str | None, *, namespace: str | None = None) -> None:
        """Activate a scenario for one namespace or, with None, for the whole server; None for the name ends it.

        Its sequences start again. Raises Refusal unknown-scenario.
        """
        if name is not None and name not in self.scenarios.names:
            raise self._unknown(name)
        with self._lock:
            if namespace is None:
                self._server_wide = name
            else:
                self._activated.pop(namespace, None)
                if name is not None:
                    self._activated[namespace] = name
                    if len(self._activated) > MOST_ACTIVATED:
                        self._activated.popitem(last=False)
        self.sequences.reset(namespace, name)

    def activated(self, namespace: str | None = None) -> str | None:
        """The name of the scenario that is activated for one namespace or, with None, for the whole server."""
        return self._server_wide if namespace is None else self._activated.get(namespace)

    def reset(self, namespace: str | None) -> None:
        """Begin again, for one namespace or for the whole server (None): what is activated, and all sequences."""
        with self._lock:
            if namespace is None:
                self._activated.clear()
                self._server_wide = self._at_start
            else:
                self._activated.pop(namespace, None)
        self.sequences.reset(namespace)

    def take_over(self, before: ScenarioSelector) -> None:
        """Go on where another choice is: what is activated stays, and so do the sequences of files that are the same."""
        self._activated, self._lock, self.sequences = before._activated, before._lock, before.sequences
        self._server_wide, self._at_start = before._server_wide, before._at_start
        for name in self.scenarios.differing(before.scenarios):
            self.sequences.reset(scenario=name)

    @property
    def lost(self) -> set[str]:
        """The names that are activated though there is no such scenario any more; each is chosen again once it is back."""
        with self._lock:
            return {*self._activated.values(), *filter(None, [self._server_wide])} - set(self.scenarios)

    def scenario(self, call: Call, namespace: str) -> Scenario | None:
        """The scenario that is chosen for a call of a namespace. Raises Refusal unknown-scenario."""
        asked = call.request.headers.get(HEADER)
        if asked is not None:
            if asked not in self.scenarios.names:
                raise self._unknown(asked)
            return self.scenarios[asked]
        return (
            self._named(self._activated.get(namespace))
            or self.scenarios.fitting(call)
            or self._named(self._server_wide)
            or self._named(DEFAULT)
        )

    def stub(self, call: Call, namespace: str) -> SelectedStub | None:
        """The stub that answers; none when its operation answers from its schema, as no stub names it.

        A scenario that says nothing of the operation leaves it to the default one: what a test makes rare in one
        operation does not break the others. Raises Refusal: unknown-scenario, no-stub.
        """
        for scenario in (self.scenario(call, namespace), self._named(DEFAULT)):
            stubs = self._stubs_of(scenario, call)
            if scenario is None or not stubs:
                continue
            for stub in stubs:
                if stub.fits(call) and self.sequences.claim(namespace, scenario.name, stub):
                    return SelectedStub(scenario, stub)
            raise NoStub(scenario, stubs, call)
        return None

    def nearest(self, call: Call, namespace: str) -> tuple[str, str, tuple[Miss, ...]] | None:
        """The scenario and the stub that would answer a call, or come nearest to it, and its misses; uses nothing up."""
        for scenario in (self.scenario(call, namespace), self._named(DEFAULT)):
            stubs = self._stubs_of(scenario, call)
            if scenario is not None and stubs:
                misses, stub = min(((stub.misses(call), stub) for stub in stubs), key=lambda each: len(each[0]))
                return scenario.name, stub.name, tuple(misses)
        return None

    def default_reply(self, call: Call) -> PaymentSessionReply | LiteralReply | None:
        """What the default scenario replies to a call, if it does."""
        default = self._named(DEFAULT)
        for stub in default.stubs if default else ():
            if stub.reply is not None and stub.fits(call):
                return stub.reply
        return None

    def _stubs_of(self, scenario: Scenario | None, call: Call) -> list[Stub]:
        """The stubs of a scenario that name the operation of a call, in their order."""
        if scenario is None:
            return []
        key = scenario.name, call.operation
        found = self._stubs.get(key)
        if found is None:
            found = self._stubs[key] = [stub for stub in scenario.stubs if stub.operation == call.operation]
        return found

    def _named(self, name: str | None) -> Scenario | None:
        return None if name is None else self.scenarios.get(name)

    def _unknown(self, name: str) -> Refusal:
        nearest = self.scenarios.nearest(name)
        more = len(self.scenarios) - SHOWN_NAMES
        shown = [*islice(self.scenarios.names, SHOWN_NAMES), *([f"and {more} more"] if more > 0 else [])]
        hint = f"the nearest: {', '.join(nearest)}" if nearest else f"there are: {', '.join(shown)}"
        return Refusal("unknown-scenario", f"There is no scenario {name[:100]!r}; {hint}.")


def _misses(stub: Stub, call: Call) -> tuple[Miss, ...]:
    used_up = Miss("times", f"at most {stub.times}", "used up; activation or reset starts it again")
    return tuple(stub.misses(call)) or (used_up,)
