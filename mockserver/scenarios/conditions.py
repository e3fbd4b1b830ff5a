"""Conditions: matchers for every part of a request, which choose a scenario or a stub."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

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
        for _, _, misses in self._parts(call):
            for _ in misses:
                return False
        return True

    def misses(self, call: Call, credentials: CredentialNames = NO_CONTRACT) -> list[Miss]:
        """Every way in which a call differs from the condition. Of a credential, no value is shown."""
        return list(self.each_miss(call, credentials))

    def each_miss(self, call: Call, credentials: CredentialNames = NO_CONTRACT) -> Iterator[Miss]:
        """The misses, each found when it is asked for."""
        for place, name, misses in self._parts(call):
            for miss in misses:
                yield _without_values(miss) if credentials.hide(place, name) else miss

    def differences(self, call: Call) -> Iterator[int]:
        """The number of misses, as numbers to add. It is counted without writing misses, one comparison at a time."""
        for name, matcher in self.path.items():
            yield from matcher.differences(call.path.get(name, ABSENT))
        if self.query:
            query = call.request.query_values
            for name, matcher in self.query.items():
                yield from _differences_of_any(matcher, query.get(name, ()))
        for name, matcher in self.header.items():
            yield from matcher.differences(call.request.headers.get(name, ABSENT))
        if self.cookie:
            cookies = call.request.cookies
            for name, matcher in self.cookie.items():
                yield from matcher.differences(cookies.get(name, ABSENT))
        if self.body is not None:
            yield from self.body.differences(call.body)

    def _parts(self, call: Call) -> Iterator[tuple[str, str, Iterable[Miss]]]:
        """The misses of each part of the request, with its place and its name."""
        for name, matcher in self.path.items():
            yield "path", name, matcher.misses(f"path {name}", call.path.get(name, ABSENT))
        if self.query:
            query = call.request.query_values
            for name, matcher in self.query.items():
                yield "query", name, _misses_of_any(f"query {name}", matcher, query.get(name, ()))
        for name, matcher in self.header.items():
            yield "header", name, matcher.misses(f"header {name}", call.request.headers.get(name, ABSENT))
        if self.cookie:
            cookies = call.request.cookies
            for name, matcher in self.cookie.items():
                yield "cookie", name, matcher.misses(f"cookie {name}", cookies.get(name, ABSENT))
        if self.body is not None:
            yield "body", "", self.body.misses("body", call.body)


ALWAYS: Final = Condition()


def _misses_of_any(where: str, matcher: Matcher, values: tuple[str, ...]) -> list[Miss]:
    """The misses of a repeated parameter: none if one of its values fits, else those of the first value."""
    found = [list(matcher.misses(where, value)) for value in values or (ABSENT,)]
    return [] if [] in found else found[0]


def _differences_of_any(matcher: Matcher, values: tuple[str, ...]) -> Iterator[int]:
    """The number of misses of a repeated parameter, with a number for each of its values."""
    first = None
    for value in values or (ABSENT,):
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
