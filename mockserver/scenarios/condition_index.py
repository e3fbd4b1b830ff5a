"""An index of conditions by the values that they name, so that the number of conditions does not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.messages import Call
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.matchers import Equal, Matcher, OneOf, Subset

_Value = tuple[bool, Any]
_Place = tuple[str, ...]

_SCALARS: Final = (str, int, float, type(None))


@dataclass(frozen=True, slots=True)
class _Term:
    """A place in a request, such as `("body", "provider")`, and the scalar values that a condition accepts there."""

    place: _Place
    values: tuple[_Value, ...]


@dataclass(slots=True)
class _PlaceNode:
    """A place in a request: the conditions by the value there, and the places of its members."""

    conditions: dict[_Value, list[int]] = field(default_factory=dict)
    members: dict[str, _PlaceNode] = field(default_factory=dict)

    def found(self, value: Any) -> Iterator[int]:
        """The conditions that name this value or one of its members. The time depends on the smaller of the two."""
        if type(value) is dict or isinstance(value, Mapping):
            names = self.members if len(self.members) < len(value) else value
            for name in names:
                if name in self.members and name in value:
                    yield from self.members[name].found(value[name])
        elif type(value) is not list:
            yield from self.conditions.get(_key(value), ())

    def found_among_texts(self, values: Mapping[str, str]) -> list[int]:
        """The same as `found` for path parameters. Most conditions are about them, so this takes a short way."""
        found: list[int] = []
        for name, member in self.members.items():
            if name in values:
                found += member.conditions.get((False, values[name]), ())
        return found

    def found_among(self, values: Mapping[str, tuple[str, ...]]) -> Iterator[int]:
        """The conditions that name one of the values of a repeated parameter."""
        for name in self.members.keys() & values.keys():
            for value in set(values[name]):
                yield from self.members[name].found(value)


class ConditionIndex:
    """The conditions that may fit a call. Each is filed under its rarest value; one without any is always a candidate.

    A value is what a condition requires to be equal to a text, number, boolean or null anywhere in the request.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        terms = [list(_terms(condition)) for condition in conditions]
        counts = Counter((term.place, value) for each in terms for term in each for value in term.values)
        self._root = _PlaceNode()
        self._always: list[int] = []
        for number, choices in enumerate(terms):
            if not choices:
                self._always.append(number)
                continue
            rarest = min(choices, key=lambda term: sum(counts[term.place, value] for value in term.values))
            node = self._root
            for name in rarest.place:
                node = node.members.setdefault(name, _PlaceNode())
            for value in dict.fromkeys(rarest.values):
                node.conditions.setdefault(value, []).append(number)

    def candidates(self, call: Call) -> list[int]:
        """The numbers of the conditions that may fit a call, in ascending order."""
        found = list(self._always)
        for part, node in self._root.members.items():
            match part:
                case "path":
                    found += node.found_among_texts(call.path)
                case "query":
                    found += node.found_among(call.request.query_values)
                case "header":
                    found += node.found(call.request.headers)
                case "cookie":
                    found += node.found(call.request.cookies)
                case _:
                    found += node.found(call.body)
        return sorted(set(found)) if len(found) > 1 else found


def _terms(condition: Condition) -> Iterator[_Term]:
    parts = {"path": condition.path, "query": condition.query, "header": condition.header, "cookie": condition.cookie}
    for part, matchers in parts.items():
        for name, matcher in matchers.items():
            yield from _terms_of(matcher, (part, name))
    if condition.body is not None:
        yield from _terms_of(condition.body, ("body",))


def _terms_of(matcher: Matcher, place: _Place) -> Iterator[_Term]:
    if isinstance(matcher, Subset):
        for name, member in matcher.members.items():
            yield from _terms_of(member, (*place, name))
        return
    values = (matcher.value,) if isinstance(matcher, Equal) else matcher.values if isinstance(matcher, OneOf) else ()
    if values and all(isinstance(value, _SCALARS) for value in values):
        yield _Term(place, tuple(map(_key, values)))


def _key(value: Any) -> _Value:
    """Return a key; the keys of two scalars are equal exactly if the values are equal in JSON."""
    return isinstance(value, bool), value
