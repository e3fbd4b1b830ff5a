"""Conditions: matchers for every part of a request, which choose a scenario or a stub."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.errors import Miss
from mockserver.messages import ABSENT, Call
from mockserver.redaction.card_numbers import REDACTED
from mockserver.redaction.credential_names import NO_CONTRACT, CredentialNames
from mockserver.scenarios.matchers import Matcher, shown

_NOTHING: Final = shown(ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The matchers under `when` in a scenario file. Header names are in lower case; without a `body`, any body fits."""

    path: Mapping[str, Matcher] = field(default_factory=dict)
    query: Mapping[str, Matcher] = field(default_factory=dict)
    header: Mapping[str, Matcher] = field(default_factory=dict)
    cookie: Mapping[str, Matcher] = field(default_factory=dict)
    body: Matcher | None = None

    def fits(self, call: Call) -> bool:
        """Whether there is no miss. Stops at the first miss."""
        return not any(self.differences(call))

    def misses(self, call: Call, credentials: CredentialNames = NO_CONTRACT) -> list[Miss]:
        """Every way in which a call differs from the condition. Of a credential, no value is shown."""
        return list(self.each_miss(call, credentials))

    def each_miss(self, call: Call, credentials: CredentialNames = NO_CONTRACT) -> Iterator[Miss]:
        """The misses, each found when it is asked for."""
        for place, name, matcher, values in self._compared(call):
            where = f"{place} {name}" if name else place
            for miss in _misses(where, matcher, values):
                yield _without_values(miss) if credentials.hide(place, name) else miss

    def differences(self, call: Call) -> Iterator[int]:
        """The number of misses, as numbers to add. It is counted without writing misses, one comparison at a time."""
        for _, _, matcher, values in self._compared(call):
            yield from _differences(matcher, values)

    def _compared(self, call: Call) -> Iterator[tuple[str, str, Matcher, Sequence[Any]]]:
        """What is compared with each matcher: the place and the name in the request, and the values there."""
        for name, matcher in self.path.items():
            yield "path", name, matcher, (call.path.get(name, ABSENT),)
        if self.query:
            query = call.request.query_values
            for name, matcher in self.query.items():
                yield "query", name, matcher, query.get(name, (ABSENT,))
        for name, matcher in self.header.items():
            yield "header", name, matcher, (call.request.headers.get(name, ABSENT),)
        if self.cookie:
            cookies = call.request.cookies
            for name, matcher in self.cookie.items():
                yield "cookie", name, matcher, (cookies.get(name, ABSENT),)
        if self.body is not None:
            yield "body", "", self.body, (call.body,)


ALWAYS: Final = Condition()


def _misses(where: str, matcher: Matcher, values: Sequence[Any]) -> Iterable[Miss]:
    """The misses of a part of a request. A repeated part has none if one value fits, else those of the first value."""
    if len(values) == 1:
        return matcher.misses(where, values[0])
    found = [list(matcher.misses(where, value)) for value in values]
    return [] if [] in found else found[0]


def _differences(matcher: Matcher, values: Sequence[Any]) -> Iterator[int]:
    """The number of the same misses; for a repeated part, with a number for each of its values."""
    if len(values) == 1:
        yield from matcher.differences(values[0])
        return
    first = None
    for value in values:
        found = sum(matcher.differences(value))
        if not found:
            yield 0
            return
        if first is None:
            first = found
        else:
            yield 0
    yield first or 0


def _without_values(miss: Miss) -> Miss:
    """The miss. It only shows whether there was a value."""
    expected, actual = (text if text == _NOTHING else REDACTED for text in (miss.expected, miss.actual))
    return Miss(miss.where, expected, actual)
