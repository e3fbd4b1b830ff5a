"""Matchers: what one value of a request must be. A matcher reports how a value differs."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mockserver.errors import Miss
from mockserver.messages import ABSENT
from mockserver.parsing import json_pointers
from mockserver.parsing.json_values import are_equal
from mockserver.redaction.masks import is_masked
from mockserver.redaction.redact import redact

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_LONGEST_SHOWN: Final = 200
# Longer than what is shown: a secret that is cut in two is no longer recognized and redacted.
_LONGEST_READ: Final = 1000
_MOST_SHOWN: Final = 20


class SearchPattern(Protocol):
    """A regular expression that runs in linear time."""

    def search(self, text: str, /) -> bool:
        """Whether the pattern occurs in a text."""


class Matcher(Protocol):
    """What a value must be. ABSENT is the value of a missing part."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """Every difference between the value and what it must be; none if it fits."""

    def differences(self, actual: Any) -> Iterator[int]:
        """The number of misses, as numbers to add. It is counted without writing misses, one comparison at a time."""


class _ValueMatcher(ABC):
    """A matcher that compares a value as a whole."""

    __slots__ = ()

    @property
    @abstractmethod
    def expected(self) -> str:
        """What the value must be, for people to read."""

    @abstractmethod
    def fits(self, actual: Any) -> bool:
        """Whether the value is what it must be."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if the value does not fit."""
        if not self.fits(actual):
            yield Miss(where, self.expected, shown(actual))

    def differences(self, actual: Any) -> Iterator[int]:
        """One number: 1 if the value does not fit."""
        yield 0 if self.fits(actual) else 1


@dataclass(frozen=True, slots=True)
class Equal(_ValueMatcher):
    """The value equals another, compared as JSON."""

    value: Any

    @property
    def expected(self) -> str:
        """The other value."""
        return shown(self.value)

    def fits(self, actual: Any) -> bool:
        """Whether the values are equal."""
        return _are_the_same(self.value, actual)


@dataclass(frozen=True, slots=True)
class OneOf(_ValueMatcher):
    """The value equals one of several."""

    values: tuple[Any, ...]

    @property
    def expected(self) -> str:
        """The first of the values."""
        more = len(self.values) - _MOST_SHOWN
        listed = ", ".join(map(shown, self.values[:_MOST_SHOWN]))
        return f"one of {listed}{f' and {more} more' if more > 0 else ''}"

    def fits(self, actual: Any) -> bool:
        """Whether the value equals one of them."""
        return any(_are_the_same(value, actual) for value in self.values)


@dataclass(frozen=True, slots=True)
class Matches(_ValueMatcher):
    """The value is a text in which a regular expression occurs."""

    source: str
    pattern: SearchPattern = field(compare=False)

    @property
    def expected(self) -> str:
        """The regular expression."""
        return f"a text that matches {self.source}"

    def fits(self, actual: Any) -> bool:
        """Whether the value is a text in which the expression occurs."""
        return isinstance(actual, str) and self.pattern.search(actual)


@dataclass(frozen=True, slots=True)
class Presence(_ValueMatcher):
    """There is a value, or there is none. Null is a value."""

    present: bool

    @property
    def expected(self) -> str:
        """Anything or nothing."""
        return "anything" if self.present else shown(ABSENT)

    def fits(self, actual: Any) -> bool:
        """Whether there is a value, or none, as there must be."""
        return self.present is not (actual is ABSENT)


@dataclass(frozen=True, slots=True)
class Subset:
    """The value is an object whose members fit these matchers. It may have other members."""

    members: Mapping[str, Matcher]

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """The misses of every member, each with its JSON pointer. An absent value has no members."""
        absent = actual is ABSENT and self.members
        if not absent and not isinstance(actual, dict):
            yield Miss(where, "an object", shown(actual))
            return
        prefix = where if " " in where else f"{where} "
        for name, matcher in self.members.items():
            pointer = f"{prefix}/{json_pointers.escape(name)}"
            yield from matcher.misses(pointer, ABSENT if absent else actual.get(name, ABSENT))

    def differences(self, actual: Any) -> Iterator[int]:
        """The numbers of every member; 1 if the value is not an object."""
        absent = actual is ABSENT and self.members
        if not absent and not isinstance(actual, dict):
            yield 1
            return
        for name, matcher in self.members.items():
            yield from matcher.differences(ABSENT if absent else actual.get(name, ABSENT))


def _are_the_same(expected: Any, actual: Any) -> bool:
    """Whether two values are equal. The journal of a shared store has masks instead of credentials."""
    if are_equal(expected, actual):
        return True
    if isinstance(actual, str):
        return is_masked(actual, expected if isinstance(expected, str) else json.dumps(expected))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_are_the_same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(_are_the_same(expected[name], actual[name]) for name in actual)
    return False


def shown(value: Any) -> str:
    """A value for people to read: short JSON without secrets."""
    if value is ABSENT:
        return "nothing"
    text = ""
    # Encoded piece by piece: a body may be a megabyte, and misses are computed for every request.
    for piece in _ENCODER.iterencode(value):
        text += piece[:_LONGEST_READ]
        if len(text) >= _LONGEST_READ:
            break
    text = redact(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
