"""Matchers: what one value of a request must be, and in which ways it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mockserver.messages import ABSENT
from mockserver.parsing import json_pointers
from mockserver.redaction import redact

__all__ = [
    "AbsentMatcher",
    "Equal",
    "Matcher",
    "Matches",
    "Miss",
    "OneOf",
    "Present",
    "SearchPattern",
    "Subset",
    "json_equal",
    "shown",
]

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_LONGEST_SHOWN: Final = 200
# More than is shown, so that no secret is cut in two before it is seen to be one.
_LONGEST_READ: Final = 1000


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a matcher said no: where, as in `body /provider`, what was expected there and what was found."""

    where: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {self.actual}"

    def as_json(self) -> dict[str, str]:
        """The miss as it stands in a refusal and in the journal."""
        return {"where": self.where, "expected": self.expected, "actual": self.actual}


class SearchPattern(Protocol):
    """A regular expression that runs in linear time."""

    def search(self, text: str, /) -> bool:
        """Whether it occurs in a text."""


class Matcher(Protocol):
    """What a value must be; ABSENT stands for a value that is not there."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """Every way in which the value is not what it must be; none means that it fits."""


@dataclass(frozen=True, slots=True)
class Equal:
    """The value is this one, compared as JSON."""

    value: Any

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if it is another."""
        if not json_equal(self.value, actual):
            yield Miss(where, shown(self.value), shown(actual))


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these, each compared as a whole."""

    values: tuple[Any, ...]

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if it is none of them."""
        if not any(json_equal(value, actual) for value in self.values):
            yield Miss(where, f"one of {', '.join(map(shown, self.values))}", shown(actual))


@dataclass(frozen=True, slots=True)
class Matches:
    """The value is a text in which a regular expression occurs."""

    source: str
    pattern: SearchPattern = field(compare=False)

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if it does not occur, or if the value is not text."""
        if not isinstance(actual, str) or not self.pattern.search(actual):
            yield Miss(where, f"a text that matches {self.source}", shown(actual))


@dataclass(frozen=True, slots=True)
class Present:
    """The value is there, be it null."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if it is not there."""
        if actual is ABSENT:
            yield Miss(where, "anything", shown(actual))


@dataclass(frozen=True, slots=True)
class AbsentMatcher:
    """The value is not there; null is there."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if it is there."""
        if actual is not ABSENT:
            yield Miss(where, shown(ABSENT), shown(actual))


@dataclass(frozen=True, slots=True)
class Subset:
    """The value is an object whose members are what they must be; it may have others."""

    members: Mapping[str, Matcher]

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """The misses of every member, each at its JSON pointer; in a value that is not there, no member is."""
        absent = actual is ABSENT and self.members
        if not absent and not isinstance(actual, dict):
            yield Miss(where, "an object", shown(actual))
            return
        prefix = where if " " in where else f"{where} "
        for name, matcher in self.members.items():
            yield from matcher.misses(
                f"{prefix}{json_pointers.join([name])}", ABSENT if absent else actual.get(name, ABSENT)
            )


def json_equal(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON: true is not 1, 1 is 1.0, the order of members does not count."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(json_equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(json_equal, left, right))
    return bool(left == right)


def shown(value: Any) -> str:
    """A value as people read it: JSON, short, without secrets."""
    if value is ABSENT:
        return "nothing"
    text = ""
    # Piece by piece, because a body may be a megabyte and misses are counted on every request.
    for piece in _ENCODER.iterencode(value):
        text += piece[:_LONGEST_READ]
        if len(text) >= _LONGEST_READ:
            break
    text = redact(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
