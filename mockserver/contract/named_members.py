"""The members that a document names for the values in messages, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mockserver.contract.document.document import Document
from mockserver.contract.document.subschemas import as_list, as_mapping
from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.contract.schema_parts import SchemaPart, schema_parts
from mockserver.contract.similar_names import MAX_LENGTH, similar_names
from mockserver.limits.step_budget import StepBudget

MAX_NODES: Final = 20_000
"""How many descriptions of values are kept."""
MAX_SIMILAR: Final = 200
"""The similar names are kept for at most this many misspelled names of one value."""

# Only a schema with one of these says something about the members or the items of a value.
_DESCRIBING: Final = frozenset(
    {"additionalProperties", "items", "patternProperties", "prefixItems", "properties", "required"}
    | {"unevaluatedProperties"}
)


class Members:
    """What the schemas of one value document about its members and items.

    A member counts as documented if any of the schemas names it. `names` are the documented members. `is_open` is true
    if members of any name are allowed; `names` is empty then. `is_flat` is true if nothing is documented below.
    """

    def __init__(self, owner: DocumentedMembers, schemas: list[Any], budget: StepBudget) -> None:
        parts = list(owner.parts(schemas, budget))
        self._owner = owner
        self._parts = [part.schema for part in parts]
        self._properties: dict[str, list[Any]] = {}
        self._patterns: list[tuple[str, Any]] = []
        others: list[Any] = []
        named: dict[str, None] = {}
        for part in self._parts:
            for name, schema in as_mapping(part.get("properties")).items():
                self._properties.setdefault(name, []).append(schema)
            named |= dict.fromkeys(as_list(part.get("required")))
            named[as_mapping(part.get("discriminator")).get("propertyName", "")] = None
            self._patterns += as_mapping(part.get("patternProperties")).items()
            others += [part.get("additionalProperties"), part.get("unevaluatedProperties")]
        self._ordered = [name for name in {**self._properties, **named} if isinstance(name, str) and name]
        self._others = [schema for schema in others if schema not in (None, False)]
        is_free = not self._ordered and not self._patterns and False not in others
        self.is_open = is_free or bool(self._others) or any(part.is_open for part in parts)
        self.names = frozenset(() if self.is_open else self._ordered)
        self._children: dict[str, Members | None] = {}
        self._similar: dict[str, list[str]] = {}
        self.is_flat = not any(owner.describes([schema], budget) for schema in self._inner())

    def documents(self, name: str) -> bool:
        """Whether a member of this name is documented, or any name is allowed."""
        return self.is_open or name in self.names or any(_matches(pattern, name) for pattern, _ in self._patterns)

    def member(self, name: str, budget: StepBudget) -> Members | None:
        """What is documented about the value of a member, or None. Raises StepLimitReached."""
        if name in self._children:
            return self._children[name]
        described = self._properties.get(name, [])
        matching = [schema for pattern, schema in self._patterns if _matches(pattern, name)]
        found = self._owner.of([*described, *matching] or self._others, budget)
        if described:
            self._children[name] = found
        return found

    def item(self, index: int, budget: StepBudget) -> Members | None:
        """What is documented about an item of an array, or None. Raises StepLimitReached."""
        described = [
            prefix[index] if index < len(prefix := as_list(part.get("prefixItems"))) else part.get("items")
            for part in self._parts
        ]
        return self._owner.of(described, budget)

    def similar(self, name: str) -> list[str]:
        """The documented names that are similar to a name, the most similar first."""
        found = self._similar.get(name)
        if found is None:
            found = similar_names(name, self._ordered)
            if len(self._similar) < MAX_SIMILAR and len(name) <= MAX_LENGTH:
                self._similar[name] = found
        return found

    def _inner(self) -> Iterator[Any]:
        """The schemas of all members and items."""
        for schemas in (*self._properties.values(), self._others):
            yield from schemas
        yield from (schema for _, schema in self._patterns)
        for part in self._parts:
            yield part.get("items")
            yield from as_list(part.get("prefixItems"))


class DocumentedMembers:
    """The members that one document names. Each description is made when a value is first sent."""

    def __init__(self, document: Document) -> None:
        self.document = document
        # By the identities of the schemas. Each entry keeps its schemas, so that no other object gets the same id.
        self._known: dict[tuple[int, ...], tuple[list[Any], Members | None]] = {}

    def of(self, schemas: list[Any], budget: StepBudget) -> Members | None:
        """What schemas document about the members and items of a value; None if they document nothing.

        Reading a schema for the first time takes steps. Raises StepLimitReached.
        """
        key = tuple(map(id, schemas))
        entry = self._known.get(key)
        if entry is None:
            if len(self._known) >= MAX_NODES:
                self._known.clear()
            members = Members(self, schemas, budget) if self.describes(schemas, budget) else None
            entry = self._known[key] = (schemas, members)
        return entry[1]

    def describes(self, schemas: list[Any], budget: StepBudget) -> bool:
        """Whether schemas document members or items of a value."""
        return any(not _DESCRIBING.isdisjoint(part.schema) for part in self.parts(schemas, budget))

    def parts(self, schemas: list[Any], budget: StepBudget) -> Iterator[SchemaPart]:
        """The schemas that apply to the same value as the given ones."""
        for part in schema_parts(self.document, schemas):
            budget.spend()
            yield part


def _matches(pattern: str, name: str) -> bool:
    try:
        return compile_pattern(pattern).search(name)
    except ValueError:
        # The validator reports the pattern.
        return True
