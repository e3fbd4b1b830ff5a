"""Makes values like one that was made before: without searching, and without checking every part."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.limits.step_budget import StepBudget
from mockserver.parsing import json_pointers
from mockserver.samples.made_values import MadeValue, Path
from mockserver.samples.scalar_draws import Constant, DrawFunction, scalar_draw
from mockserver.samples.schema_samples import MAX_STEPS, SchemaSamples, ValueMaker


class ValuePlan:
    """Draws values with the members and items of a value that was made, and with new texts, numbers and choices.

    `draw` takes a random generator. The same state of it gives the same value, which must not be changed. The caller
    validates it. The parts in `searched` are not drawn: a value for their schemas is searched each time, and `draw`
    may raise NoSample or StepLimitReached.
    """

    def __init__(
        self,
        samples: SchemaSamples,
        value: Any,
        made: Mapping[Path, MadeValue],
        *,
        searched: frozenset[Path] = frozenset(),
    ) -> None:
        self._samples = samples
        self._value = value
        self._made = made
        self._searched = searched
        self.draw = self._part(value, ())

    def searching(self, pointers: Iterable[str]) -> ValuePlan | None:
        """The plan that searches values for the parts at these JSON pointers; None if it does so already or cannot."""
        paths = {self._path(json_pointers.split(pointer)) for pointer in pointers}
        if () in paths or paths <= self._searched:
            return None
        return ValuePlan(self._samples, self._value, self._made, searched=self._searched | paths)

    def _path(self, steps: Iterable[str]) -> Path:
        """The path to the part that the steps of a pointer lead to, or to the last part on the way that was made."""
        path: Path = ()
        node = self._value
        for step in steps:
            try:
                key = int(step) if isinstance(node, list) else step
                node = node[key]
            except (ValueError, LookupError, TypeError):
                break
            path = (*path, key)
        while path and path not in self._made:
            path = path[:-1]
        return path

    def _part(self, value: Any, path: Path) -> DrawFunction:
        made = self._made.get(path)
        if made is None or made.conjunction is None:
            return Constant(value)
        if path in self._searched:
            return self._search(made)
        if isinstance(value, dict):
            return _object({name: self._part(member, (*path, name)) for name, member in value.items()}, value)
        if isinstance(value, list):
            is_unique = any(each is True for each in made.conjunction.each("uniqueItems"))
            if is_unique and len(value) > 1:
                return self._search(made)
            return _array([self._part(item, (*path, index)) for index, item in enumerate(value)], value)
        return scalar_draw(made.kind, made.conjunction, made.position.name, value)

    def _search(self, made: MadeValue) -> DrawFunction:
        def search(rng: random.Random) -> Any:
            budget = StepBudget(MAX_STEPS, parent=self._samples.budget())
            return ValueMaker(self._samples, rng).make(made.schemas, replace(made.position, budget=budget))

        return search


def _object(members: Mapping[str, DrawFunction], made: dict[str, Any]) -> DrawFunction:
    varying = [(name, draw) for name, draw in members.items() if not isinstance(draw, Constant)]
    if not varying:
        return Constant(made)

    def draw_object(rng: random.Random) -> dict[str, Any]:
        drawn = made.copy()
        for name, draw in varying:
            drawn[name] = draw(rng)
        return drawn

    return draw_object


def _array(items: list[DrawFunction], made: list[Any]) -> DrawFunction:
    if all(isinstance(draw, Constant) for draw in items):
        return Constant(made)
    return lambda rng: [draw(rng) for draw in items]
