"""Makes objects that satisfy several schemas at once: a conjunction."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.samples.alternatives import leads_back
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_names
from mockserver.samples.pattern_strings import matching_strings
from mockserver.samples.sample_context import NoSample, PartMaker, SamplePosition
from mockserver.samples.words import WORDS

MAX_EXTRA_NAMES = 1000


class ObjectMaker:
    """Makes one object: the members that it must have and, where there is room, those it may have."""

    def __init__(self, conjunction: Conjunction, position: SamplePosition, maker: PartMaker) -> None:
        self.conjunction = conjunction
        self.position = position
        self.maker = maker
        self.declared = list(
            dict.fromkeys(name for each in conjunction.each("properties") for name in as_mapping(each))
        )
        self.required = list(dict.fromkeys(name for part in conjunction.parts for name in self.required_by(part)))
        self.min_members = conjunction.at_least("minProperties")
        self.max_members = conjunction.at_most("maxProperties")
        self.members: dict[str, Any] = {}
        patterns = sum(len(as_mapping(each)) for each in conjunction.each("patternProperties"))
        self.steps_of_a_name = 1 + len(conjunction.parts) + patterns

    def make(self) -> dict[str, Any]:
        """The whole object. Raises NoSample."""
        required = self.with_dependents(self.required)
        if self.max_members is not None and len(required) > self.max_members:
            raise NoSample(f"it requires {len(required)} members and allows {self.max_members}", self.position.pointer)
        optional = self.optional(required)
        room = (self.position.room - len(optional)) // max(len(required) + len(optional), 1)
        for name in required:
            self.members[name] = self.value(name, room)
        for name in optional:
            self.try_to_add(name, room)
        self.fill(room)
        order = {name: index for index, name in enumerate(self.declared)}
        return dict(sorted(self.members.items(), key=lambda item: order.get(item[0], len(order))))

    def required_by(self, part: Mapping[str, Any]) -> Iterator[str]:
        """The names that a schema requires in a reply."""
        properties = as_mapping(part.get("properties"))
        for name in as_names(part.get("required")):
            # `required` does not apply to a writeOnly member of a reply.
            if as_mapping(properties.get(name)).get("writeOnly") is not True:
                yield name

    def with_dependents(self, names: list[str]) -> list[str]:
        """The names, and the names that `dependentRequired` adds for them."""
        found = list(dict.fromkeys(names))
        for name in found:
            for dependents in self.conjunction.each("dependentRequired"):
                # The list grows during the loop, so the dependents of dependents are found too.
                found += [other for other in as_names(as_mapping(dependents).get(name)) if other not in found]
        return found

    def optional(self, required: list[str]) -> list[str]:
        """The names of the optional members that there is room for, each with its dependents."""
        chosen: list[str] = []
        required_names = frozenset(required)
        refs = (*self.position.refs, *self.conjunction.refs)
        for name in self.declared:
            group = [
                other for other in self.with_dependents([name]) if other not in required_names and other not in chosen
            ]
            if len(chosen) + len(group) > self.position.room:
                break
            count = len(required) + len(chosen) + len(group)
            if not group or (self.max_members is not None and count > self.max_members):
                continue
            allowed = all(self.is_allowed(other) and not self.is_write_only(other) for other in group)
            if allowed and not any(leads_back(schema, refs) for schema in self.schemas(name)):
                chosen += group
        return chosen

    def is_allowed(self, name: str) -> bool:
        """Whether the object may have a member of this name."""
        names_fit = all(self.maker.satisfies(schema, name) for schema in self.conjunction.each("propertyNames"))
        return names_fit and name not in self.conjunction.forbidden and False not in self.schemas(name)

    def is_write_only(self, name: str) -> bool:
        """Whether the member does not belong in replies."""
        schemas = self.schemas(name)
        described = map(as_mapping, (*schemas, *map(self.maker.followed, schemas)))
        return any(each.get("writeOnly") is True for each in described)

    def schemas(self, name: str) -> tuple[Any, ...]:
        """The schemas that the member of this name has to satisfy; False is one of them if it is not allowed."""
        self.position.budget.spend(self.steps_of_a_name)
        return tuple(schema for part in self.conjunction.parts for schema in member_schemas(part, name))

    def value(self, name: str, room: int) -> Any:
        """The value of a member. Raises NoSample."""
        position = self.position.child(name, refs=self.conjunction.refs, room=room)
        if name in self.conjunction.forbidden:
            raise NoSample("it is required, but the schema forbids it elsewhere", position.pointer)
        if False in self.schemas(name):
            raise NoSample("it is required, but no member of this name is allowed", position.pointer)
        if not self.maker.openapi_31 and self.is_write_only(name):
            raise NoSample("it is required, but writeOnly excludes it from replies", position.pointer)
        return self.maker.make(self.schemas(name), position)

    def try_to_add(self, name: str, room: int) -> None:
        """Add an optional member if a value can be made for it."""
        with suppress(NoSample):
            self.members[name] = self.value(name, room)

    def fill(self, room: int) -> None:
        """Add members until there are enough. A map with any names gets one member where there is room."""
        wants_one = self.position.room and not self.declared and self.is_map()
        low = max(self.min_members, 1) if wants_one else self.min_members
        if self.max_members is not None:
            low = min(low, self.max_members)
        for name in self.declared:
            if len(self.members) < self.min_members and name not in self.members and self.is_allowed(name):
                self.try_to_add(name, room)
        for name in self.extra_names():
            if len(self.members) >= low:
                return
            if name not in self.members and name not in self.declared and self.is_allowed(name):
                self.try_to_add(name, room)
        if len(self.members) < self.min_members:
            reason = f"minProperties is {self.min_members}, but only {len(self.members)} members can be made"
            raise NoSample(reason, self.position.pointer)

    def is_map(self) -> bool:
        """Whether a schema describes members without naming them."""
        additional = any(isinstance(schema, Mapping) for schema in self.conjunction.each("additionalProperties"))
        return additional or any(self.conjunction.each("patternProperties"))

    def extra_names(self) -> Iterator[str]:
        """Names for members that no schema names."""
        for patterns in self.conjunction.each("patternProperties"):
            for text in as_mapping(patterns):
                with suppress(ValueError):
                    yield from matching_strings(compile_pattern(text), self.maker.rng, 1, None)
        if names := tuple(self.conjunction.each("propertyNames")):
            for _ in range(MAX_EXTRA_NAMES):
                yield self.maker.make(({"type": "string"}, *names), self.position.without_examples())
        start = self.maker.rng.randrange(len(WORDS))
        for index in range(min(self.min_members + 1, MAX_EXTRA_NAMES)):
            word = WORDS[(start + index) % len(WORDS)]
            yield word if index < len(WORDS) else f"{word}{index}"


def member_schemas(part: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The schemas that one schema has for the member of this name."""
    described = False
    properties = as_mapping(part.get("properties"))
    if name in properties:
        described = True
        yield properties[name]
    for pattern, schema in as_mapping(part.get("patternProperties")).items():
        with suppress(ValueError):
            if compile_pattern(pattern).search(name):
                described = True
                yield schema
    if not described and part.get("additionalProperties", True) is not True:
        yield part["additionalProperties"]
