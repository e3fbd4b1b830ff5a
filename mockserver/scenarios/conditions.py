"""Conditions: matchers for every part of a request, which choose a scenario or a stub."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from mockserver.messages import ABSENT, Call
from mockserver.redaction.card_numbers import REDACTED
from mockserver.redaction.redact import is_secret_name
from mockserver.scenarios.matchers import Matcher, Miss, shown

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
        return next(self._all_misses(call), None) is None

    def misses(self, call: Call) -> list[Miss]:
        """Every way in which a call differs from the condition."""
        return list(self._all_misses(call))

    def _all_misses(self, call: Call) -> Iterator[Miss]:
        for name, matcher in self.path.items():
            yield from matcher.misses(f"path {name}", call.path.get(name, ABSENT))
        if self.query:
            query = call.request.query_values
            for name, matcher in self.query.items():
                yield from _redacted(name, _misses_of_any(f"query {name}", matcher, query.get(name, ())))
        for name, matcher in self.header.items():
            yield from _redacted(name, matcher.misses(f"header {name}", call.request.headers.get(name, ABSENT)))
        if self.cookie:
            cookies = call.request.cookies
            for name, matcher in self.cookie.items():
                yield from _redacted("cookie", matcher.misses(f"cookie {name}", cookies.get(name, ABSENT)))
        if self.body is not None:
            yield from self.body.misses("body", call.body)


ALWAYS: Final = Condition()


def _misses_of_any(where: str, matcher: Matcher, values: tuple[str, ...]) -> list[Miss]:
    """The misses of a repeated parameter: none if one of its values fits, else those of the first value."""
    found = [list(matcher.misses(where, value)) for value in values or (ABSENT,)]
    return [] if [] in found else found[0]


def _redacted(name: str, misses: Iterable[Miss]) -> Iterator[Miss]:
    """The misses. For the name of a credential, they only show whether there was a value."""
    for miss in misses:
        shown_values = (text if text == _NOTHING else REDACTED for text in (miss.expected, miss.actual))
        yield Miss(miss.where, *shown_values) if is_secret_name(name) else miss
