"""The library: all scenarios that a server has, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from mockserver.messages import Call
from mockserver.scenarios.condition_index import ConditionIndex
from mockserver.scenarios.scenario import Scenario


class Scenarios(Mapping[str, Scenario]):
    """Scenarios by name, sorted by name. Immutable. `operations` are those that any stub names."""

    def __init__(self, scenarios: Iterable[Scenario] = ()) -> None:
        self._by_name = {scenario.name: scenario for scenario in sorted(scenarios, key=lambda each: each.name)}
        self.operations = frozenset(stub.operation for scenario in self.values() for stub in scenario.stubs)
        self._conditional = [(each, each.when) for each in self._by_name.values() if each.when is not None]
        self._index = ConditionIndex(when for _, when in self._conditional)

    def __getitem__(self, name: str) -> Scenario:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def differing(self, other: Scenarios) -> list[str]:
        """The names of scenarios that only one of two libraries has, or whose files differ."""
        mine, others = ({(each.name, each.digest) for each in library.values()} for library in (self, other))
        return sorted({name for name, _ in mine ^ others})

    def fitting(self, call: Call) -> Scenario | None:
        """The first scenario whose file-level `when` fits the call.

        Scenarios without a `when`, and those that name another value than the call has, are not looked at.
        """
        if not call.request.is_shared:
            return self._fitting(call)
        known = call.fitting
        if known is None or known[0] is not self:
            known = self, self._fitting(call)
            call.remember_fitting(known)
        return cast("Scenario | None", known[1])

    def _fitting(self, call: Call) -> Scenario | None:
        for number in self._index.candidates(call):
            scenario, when = self._conditional[number]
            if when.fits(call):
                return scenario
        return None
