"""Objects that satisfy a conjunction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_mapping, as_names
from mockserver.samples.maker_protocol import MakerProtocol
from mockserver.samples.pattern_strings import matching
from mockserver.samples.sample_errors import NoSample
from mockserver.samples.sample_position import SamplePosition
from mockserver.samples.words import WORDS

__all__ = ["make_object"]

MOST_EXTRAS = 1000


def make_object(conjunction: Conjunction, place: SamplePosition, making: MakerProtocol) -> dict[str, Any]:
    """An object with the members it must have and, where there is room, those it may have."""
    return ObjectMaker(conjunction, place, making).make()


class ObjectMaker:
    """The members chosen so far."""

    def __init__(self, conjunction: Conjunction, place: SamplePosition, making: MakerProtocol) -> None:
        self.conjunction = conjunction
        self.place = place
        self.making = making
        self.declared = list(dict.fromkeys(name for part in conjunction.parts for name in declared_names(part)))
        self.required = list(dict.fromkeys(name for part in conjunction.parts for name in self.required_of(part)))
        self.low = conjunction.least("minProperties", 0)
        self.high = conjunction.most("maxProperties")
        self.made: dict[str, Any] = {}

    def make(self) -> dict[str, Any]:
        """The whole object. Raises NoSample."""
        required = self.with_dependents(self.required)
        if self.high is not None and len(required) > self.high:
            raise NoSample(f"it requires {len(required)} members and allows {self.high}", self.place.pointer)
        optional = self.optional(required)
        room = (self.place.room - len(optional)) // max(len(required) + len(optional), 1)
        for name in required:
            self.made[name] = self.member(name, room)
        for name in optional:
            self.try_member(name, room)
        self.fill(room)
        order = {name: index for index, name in enumerate(self.declared)}
        return dict(sorted(self.made.items(), key=lambda item: order.get(item[0], len(order))))

    def required_of(self, part: Mapping[str, Any]) -> Iterator[str]:
        """The names that a schema requires in a reply."""
        properties = as_mapping(part.get("properties"))
        for name in as_names(part.get("required")):
            # OpenAPI 3.0: what is only written is not required when it is read.
            if self.making.openapi_31 or as_mapping(properties.get(name)).get("writeOnly") is not True:
                yield name

    def with_dependents(self, names: list[str]) -> list[str]:
        """The names, and those that they bring along."""
        found = list(dict.fromkeys(names))
        for name in found:
            for dependents in self.conjunction.each("dependentRequired"):
                # The list grows while it is read, so that dependents bring theirs along.
                found += [other for other in as_names(as_mapping(dependents).get(name)) if other not in found]
        return found

    def optional(self, required: list[str]) -> list[str]:
        """The names of optional members that there is room for, with what they bring along."""
        chosen: list[str] = []
        refs = (*self.place.refs, *self.conjunction.refs)
        for name in self.declared:
            group = [other for other in self.with_dependents([name]) if other not in required and other not in chosen]
            if len(chosen) + len(group) > self.place.room:
                break
            count = len(required) + len(chosen) + len(group)
            if not group or (self.high is not None and count > self.high):
                continue
            wanted = all(self.is_allowed(other) and not self.is_hidden(other) for other in group)
            if wanted and not self.making.leads_back(self.schemas(name), refs):
                chosen += group
        return chosen

    def is_allowed(self, name: str) -> bool:
        """Whether the object may have a member of this name."""
        names_fit = all(self.making.satisfies(schema, name) for schema in self.conjunction.each("propertyNames"))
        return names_fit and name not in self.conjunction.forbidden and False not in self.schemas(name)

    def is_hidden(self, name: str) -> bool:
        """Whether the member is only ever written."""
        described = (side for schema in self.schemas(name) for side in (schema, self.making.followed(schema)))
        return any(as_mapping(side).get("writeOnly") is True for side in described)

    def schemas(self, name: str) -> tuple[Any, ...]:
        """What the member of this name has to satisfy: False among it when there may be none."""
        return tuple(schema for part in self.conjunction.parts for schema in member_schemas(part, name))

    def member(self, name: str, room: int) -> Any:
        """The value of a member."""
        below = self.place.below(name, refs=self.conjunction.refs, room=room)
        if name in self.conjunction.forbidden:
            raise NoSample("it is required, and must not be there", below.pointer)
        if False in self.schemas(name):
            raise NoSample("it is required, and no such member is allowed", below.pointer)
        if not self.making.openapi_31 and self.is_hidden(name):
            raise NoSample("it is required, and writeOnly keeps it out of replies", below.pointer)
        return self.making.make(self.schemas(name), below)

    def try_member(self, name: str, room: int) -> None:
        """Add an optional member, if it can be made."""
        with suppress(NoSample):
            self.made[name] = self.member(name, room)

    def fill(self, room: int) -> None:
        """Add members until there are enough; an object of any names gets one where there is room."""
        low = max(self.low, 1) if self.place.room and not self.declared and self.is_open() else self.low
        if self.high is not None:
            low = min(low, self.high)
        for name in self.declared:
            if len(self.made) < self.low and name not in self.made and self.is_allowed(name):
                self.try_member(name, room)
        for name in self.extra_names():
            if len(self.made) >= low:
                return
            if name not in self.made and name not in self.declared and self.is_allowed(name):
                self.try_member(name, room)
        if len(self.made) < self.low:
            raise NoSample(f"fewer than the {self.low} members it asks for can be made", self.place.pointer)

    def is_open(self) -> bool:
        """Whether a schema speaks of members that it does not name."""
        additional = any(isinstance(schema, Mapping) for schema in self.conjunction.each("additionalProperties"))
        return additional or any(self.conjunction.each("patternProperties"))

    def extra_names(self) -> Iterator[str]:
        """Names for members that no schema names."""
        for patterns in self.conjunction.each("patternProperties"):
            for text in as_mapping(patterns):
                with suppress(ValueError):
                    yield from matching(compile_pattern(text), self.making.rng, 1, None)
        if names := tuple(self.conjunction.each("propertyNames")):
            for _ in range(MOST_EXTRAS):
                yield self.making.make(({"type": "string"}, *names), self.place.afresh())
        start = self.making.rng.randrange(len(WORDS))
        for index in range(min(self.low + 1, MOST_EXTRAS)):
            word = WORDS[(start + index) % len(WORDS)]
            yield word if index < len(WORDS) else f"{word}{index}"


def declared_names(part: Mapping[str, Any]) -> list[str]:
    """The names that a schema has properties for."""
    return [name for name in as_mapping(part.get("properties")) if isinstance(name, str)]


def member_schemas(part: Mapping[str, Any], name: str) -> Iterator[Any]:
    """What one schema asks of the member of this name."""
    known = False
    properties = as_mapping(part.get("properties"))
    if name in properties:
        known = True
        yield properties[name]
    for pattern, schema in as_mapping(part.get("patternProperties")).items():
        if is_match(pattern, name):
            known = True
            yield schema
    if not known and part.get("additionalProperties", True) is not True:
        yield part["additionalProperties"]


def is_match(pattern: Any, name: str) -> bool:
    """Whether a name belongs to a pattern of names."""
    try:
        return isinstance(pattern, str) and compile_pattern(pattern).search(name)
    except ValueError:
        return False
