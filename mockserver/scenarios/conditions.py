"""Conditions: the matchers over every part of a request that say whether a scenario or a stub is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from mockserver.messages import ABSENT, Call
from mockserver.redaction import REDACTED, is_secret_name
from mockserver.scenarios.matchers import Matcher, Miss, shown

__all__ = ["ALWAYS", "Condition"]

_NOTHING: Final = shown(ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a scenario file says under `when`. Names of headers are in lower case; `body` is None if not asked."""

    path: Mapping[str, Matcher] = field(default_factory=dict)
    query: Mapping[str, Matcher] = field(default_factory=dict)
    header: Mapping[str, Matcher] = field(default_factory=dict)
    cookie: Mapping[str, Matcher] = field(default_factory=dict)
    body: Matcher | None = None

    def fits(self, call: Call) -> bool:
        """Whether there is no miss; stops at the first."""
        return next(self._all_misses(call), None) is None

    def misses(self, call: Call) -> list[Miss]:
        """Every reason why this call is not the one that is meant."""
        return list(self._all_misses(call))

    def _all_misses(self, call: Call) -> Iterator[Miss]:
        for name, matcher in self.path.items():
            yield from matcher.misses(f"path {name}", call.path.get(name, ABSENT))
        if self.query:
            query = call.request.query_values
            for name, matcher in self.query.items():
                yield from _veiled(name, _any_of(f"query {name}", matcher, query.get(name, ())))
        for name, matcher in self.header.items():
            yield from _veiled(name, matcher.misses(f"header {name}", call.request.headers.get(name, ABSENT)))
        if self.cookie:
            cookies = call.request.cookies
            for name, matcher in self.cookie.items():
                yield from _veiled("cookie", matcher.misses(f"cookie {name}", cookies.get(name, ABSENT)))
        if self.body is not None:
            yield from self.body.misses("body", call.body)


ALWAYS: Final = Condition()


def _any_of(where: str, matcher: Matcher, values: tuple[str, ...]) -> list[Miss]:
    """The misses of a parameter that may be repeated: none if one of its values fits."""
    found = [list(matcher.misses(where, value)) for value in values or (ABSENT,)]
    return [] if [] in found else found[0]


def _veiled(name: str, misses: Iterable[Miss]) -> Iterator[Miss]:
    """The misses without their values if the name sounds like a credential; whether one was there still shows."""
    if not is_secret_name(name):
        yield from misses
        return
    for miss in misses:
        yield Miss(miss.where, *(text if text == _NOTHING else REDACTED for text in (miss.expected, miss.actual)))
