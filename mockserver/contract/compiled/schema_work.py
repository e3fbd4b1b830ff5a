"""Estimates how often a translated schema and the schemas inside it are applied to one part of a value.

jsonschema-rs applies a schema each time that it is referred to: the last of the schemas `L0: {allOf: [L1, L1]}`,
`L1: {allOf: [L2, L2]}` and so on is applied 2^n times. openapi-core checks such schemas within a budget of steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.contract.compiled.exclusive_alternatives import exclusive_groups
from mockserver.contract.compiled.keyword_values import Schema, Untranslatable, require

MAX_APPLICATIONS = 20_000
# A body has at most 64 levels.
MAX_LEVELS = 64
# Limits the time for the estimate itself, for the largest documents.
MAX_STEPS = 40_000

ALTERNATIVES = ("anyOf", "oneOf")
ONE_SCHEMA = ("not", "if", "then", "else", "propertyNames")
# Looking at this many names or values of a list takes as long as applying one schema.
ITEMS_IN_AN_APPLICATION = 20
# A pattern or format looks at each character, other keywords call Python.
EXPENSIVE = {"pattern": 1, "format": 20, "uniqueItems": 20, "x-multiple-of": 20, "x-not-an-integer": 20}

Node = Any
"""The name of a definition, or the identity of another schema."""

State = frozenset[tuple[Node, int]]
"""The schemas that are applied to one part of a value, each with the number of times."""


@dataclass(slots=True)
class _Applied:
    """What applying a schema does: the number of schemas for the same value, and the schemas for the parts of it."""

    count: int = 0
    # By the name of a member or the index of an item.
    parts: dict[str | int, Counter[Node]] = field(default_factory=dict)
    # For all members (str) or items (int), except those in the set.
    others: Counter[tuple[type, frozenset[Any], Node]] = field(default_factory=Counter)

    def add(self, other: _Applied, times: int) -> None:
        self.count = min(self.count + times * other.count, 2 * MAX_APPLICATIONS)
        for label, nodes in other.parts.items():
            mine = self.parts.setdefault(label, Counter())
            for node, count in nodes.items():
                mine[node] = min(mine[node] + times * count, 2 * MAX_APPLICATIONS)
        for each, count in other.others.items():
            self.others[each] = min(self.others[each] + times * count, 2 * MAX_APPLICATIONS)

    def add_alternative(self, other: _Applied) -> None:
        """Add a schema of which only one is applied: this one, or one that was added before with this method."""
        self.count = max(self.count, other.count)
        for label, nodes in other.parts.items():
            self.parts[label] = self.parts.get(label, Counter()) | nodes
        self.others |= other.others

    def below(self, label: str | int | type) -> Iterator[tuple[Node, int]]:
        """The schemas for a part of the value. A type stands for all parts that are not named."""
        if not isinstance(label, type):
            yield from self.parts.get(label, Counter()).items()
        kind = label if isinstance(label, type) else type(label)
        for (other_kind, excluded, node), count in self.others.items():
            if kind is other_kind and label not in excluded:
                yield node, count


class SchemaWork(NamedTuple):
    """The largest number of schemas applied to one part of a value, for values with at most `levels` levels."""

    applications: int
    levels: int


def schema_work(translated: Mapping[str, Any]) -> SchemaWork:
    """Estimates the work for a translated schema, for values with as many levels as possible.

    Raises Untranslatable if a value without any levels causes too much work. No schema may apply itself to the same
    value.
    """
    work = _Work(translated["definitions"])
    start: State = frozenset({(work.node(translated), 1)})
    states, seen, most = [start], {start}, 0
    for level in range(MAX_LEVELS + 1):
        try:
            count = max((work.count(state) for state in states), default=0)
            require(count <= MAX_APPLICATIONS)
            below = [each for state in states for each in work.below(state)]
        except Untranslatable:
            if level == 0:
                raise
            return SchemaWork(most, level - 1)
        most = max(most, count)
        states = [each for each in dict.fromkeys(below) if each not in seen]
        seen.update(states)
    return SchemaWork(most, MAX_LEVELS)


class _Work:
    """The schemas of one translation."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._schemas: dict[Node, Any] = {}
        self._applied: dict[Node, _Applied] = {}
        self._steps = 0

    def node(self, schema: Any) -> Node:
        """The node of a schema. The schema is examined later, because it may be recursive."""
        # References are translated into an `allOf` with one part.
        while isinstance(schema, dict) and schema.keys() == {"allOf"} and len(schema["allOf"]) == 1:
            schema = schema["allOf"][0]
        node: Node = id(schema)
        if isinstance(schema, dict) and schema.keys() == {"$ref"}:
            node = schema["$ref"].rpartition("/")[2]
            schema = self._definitions[node]
        self._schemas[node] = schema
        return node

    def applied(self, node: Node) -> _Applied:
        """What applying the schema of a node does."""
        found = self._applied.get(node)
        if found is None:
            found = self._applied[node] = self._apply(self._schemas[node])
        return found

    def count(self, state: State) -> int:
        """The number of schemas that are applied in a state."""
        return sum(self.applied(node).count * times for node, times in state)

    def below(self, state: State) -> Iterator[State]:
        """The states of the parts of a value."""
        applied = [(self.applied(node), times) for node, times in state]
        labels: set[Any] = {str, int}.union(*(each.parts for each, _ in applied))
        self._spend(len(labels) * (len(applied) + sum(len(each.others) for each, _ in applied)))
        for label in labels:
            found: Counter[Node] = Counter()
            for each, times in applied:
                for node, count in each.below(label):
                    found[node] = min(found[node] + times * count, 2 * MAX_APPLICATIONS)
            if found:
                yield frozenset(found.items())

    def _apply(self, schema: Any) -> _Applied:
        applied = _Applied(count=1)
        if not isinstance(schema, dict):
            return applied
        for keyword, value in schema.items():
            applied.count += EXPENSIVE.get(keyword, 0)
            if isinstance(value, dict | list) and keyword != "definitions":
                applied.count += len(value) // ITEMS_IN_AN_APPLICATION
        parts = list(_in_place(schema))
        alternatives = [exclusive_groups(schema[each], self._definitions) for each in ALTERNATIVES if each in schema]
        for group in (group for groups in alternatives for group in groups):
            if len(group) == 1:
                parts += group
                continue
            selected = _Applied()
            for part in group:
                selected.add_alternative(self._inner(self.node(part)))
            # Each alternative compares the value that selects.
            applied.count += len(group)
            applied.add(selected, 1)
        for node, times in Counter(map(self.node, parts)).items():
            applied.add(self._inner(node), times)
        self._add_parts(applied, schema)
        return applied

    def _inner(self, node: Node) -> _Applied:
        inner = self.applied(node)
        self._spend(1 + len(inner.parts) + len(inner.others))
        return inner

    def _spend(self, steps: int) -> None:
        self._steps += steps
        require(self._steps <= MAX_STEPS)

    def _add_parts(self, applied: _Applied, schema: Schema) -> None:
        named = {**schema.get("properties", {}), **dict(enumerate(schema.get("prefixItems", ())))}
        for label, part in named.items():
            applied.parts.setdefault(label, Counter())[self.node(part)] += 1
        others: list[tuple[type, frozenset[Any], Any]]
        others = [(str, frozenset(), part) for part in schema.get("patternProperties", {}).values()]
        others.append((int, frozenset(), schema.get("contains")))
        excluded = {"additionalProperties": (str, "properties"), "items": (int, "prefixItems")}
        for keyword, (kind, other) in excluded.items():
            if keyword in schema:
                names = schema.get(other, {})
                others.append((kind, frozenset(names if kind is str else range(len(names))), schema[keyword]))
        for kind, names, part in others:
            if isinstance(part, dict):
                applied.others[kind, names, self.node(part)] += 1


def _in_place(schema: Schema) -> Iterator[Any]:
    """The schemas that a schema applies to the same value, or to the names of its members."""
    if "$ref" in schema:
        yield {"$ref": schema["$ref"]}
    yield from (schema[keyword] for keyword in ONE_SCHEMA if keyword in schema)
    yield from schema.get("allOf", ())
    yield from schema.get("dependentSchemas", {}).values()
