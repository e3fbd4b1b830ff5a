"""The library: all scenarios that a server has, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.messages import Call
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.matchers import Equal
from mockserver.scenarios.scenario import Scenario

_Conditional = tuple[Scenario, Condition]


class Scenarios(Mapping[str, Scenario]):
    """Scenarios by name, sorted by name. Immutable."""

    def __init__(self, scenarios: Iterable[Scenario] = ()) -> None:
        self._by_name = {scenario.name: scenario for scenario in sorted(scenarios, key=lambda each: each.name)}
        # Most conditions name an exact path parameter. This index finds them in constant time.
        self._by_parameter: dict[tuple[str, str], list[_Conditional]] = {}
        self._others: list[_Conditional] = []
        for scenario in self._by_name.values():
            if scenario.when is not None:
                parameter = _exact_parameter(scenario.when)
                indexed = self._others if parameter is None else self._by_parameter.setdefault(parameter, [])
                indexed.append((scenario, scenario.when))

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

        Scenarios without a `when`, and those that name another value of a path parameter, are not looked at.
        """
        candidates = self._others
        for parameter in call.path.items():
            if parameter in self._by_parameter:
                candidates = [*candidates, *self._by_parameter[parameter]]
        if candidates is not self._others:
            candidates.sort(key=lambda each: each[0].name)
        return next((scenario for scenario, when in candidates if when.fits(call)), None)


def _exact_parameter(when: Condition) -> tuple[str, str] | None:
    """The name and value of a path parameter that must have exactly one value."""
    return next(((name, each.value) for name, each in when.path.items() if isinstance(each, Equal)), None)
