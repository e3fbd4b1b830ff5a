"""Matchers: what one value of a request must be. A matcher reports how a value differs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mockserver.messages import ABSENT
from mockserver.parsing import json_pointers
from mockserver.parsing.json_values import are_equal
from mockserver.redaction.redact import redact

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_LONGEST_SHOWN: Final = 200
# Longer than what is shown: a secret that is cut in two is no longer recognized and redacted.
_LONGEST_READ: Final = 1000


@dataclass(frozen=True, slots=True)
class Miss:
    """One difference: where, such as `body /provider`, what was expected there and what was found."""

    where: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {self.actual}"

    def as_json(self) -> dict[str, str]:
        """The miss for a refusal and for the journal."""
        return {"where": self.where, "expected": self.expected, "actual": self.actual}


class _SearchPattern(Protocol):
    """A regular expression that runs in linear time."""

    def search(self, text: str, /) -> bool:
        """Whether the pattern occurs in a text."""


class Matcher(Protocol):
    """What a value must be. ABSENT is the value of a missing part."""

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """Every difference between the value and what it must be; none if it fits."""


@dataclass(frozen=True, slots=True)
class Equal:
    """The value equals another, compared as JSON."""

    value: Any

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if the value differs."""
        if not are_equal(self.value, actual):
            yield Miss(where, shown(self.value), shown(actual))


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value equals one of several."""

    values: tuple[Any, ...]

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if the value equals none of them."""
        if not any(are_equal(value, actual) for value in self.values):
            yield Miss(where, f"one of {', '.join(map(shown, self.values))}", shown(actual))


@dataclass(frozen=True, slots=True)
class Matches:
    """The value is a text in which a regular expression occurs."""

    source: str
    pattern: _SearchPattern = field(compare=False)

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if the pattern does not occur, or if the value is not text."""
        if not isinstance(actual, str) or not self.pattern.search(actual):
            yield Miss(where, f"a text that matches {self.source}", shown(actual))


@dataclass(frozen=True, slots=True)
class Presence:
    """There is a value, or there is none. Null is a value."""

    present: bool

    def misses(self, where: str, actual: Any) -> Iterator[Miss]:
        """One miss if there is a value that must be absent, or no value where there must be one."""
        if self.present is (actual is ABSENT):
            yield Miss(where, "anything" if self.present else shown(ABSENT), shown(actual))


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
