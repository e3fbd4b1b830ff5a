"""Matching: conditions that are not written in a file but sent, as JSON of the same form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.format.field_parsers import parse_header_matchers
from mockserver.scenarios.format.flaws import Flaw, FlawsError, expected
from mockserver.scenarios.format.matcher_parsers import parse_matcher, parse_text_matcher
from mockserver.scenarios.matchers import Matcher

__all__ = ["PARTS", "parse_condition"]


def _text_matchers(value: Any) -> dict[str, Matcher]:
    if not isinstance(value, dict):
        raise FlawsError.one(expected("a mapping of names to matchers", value))
    flaws: list[Flaw] = []
    matchers = {}
    for name, item in value.items():
        try:
            matchers[name] = parse_text_matcher(item)
        except FlawsError as error:
            flaws += [flaw.under((name,)) for flaw in error.flaws]
    if flaws:
        raise FlawsError(flaws)
    return matchers


PARTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "path": _text_matchers,
    "query": _text_matchers,
    "header": parse_header_matchers,
    "cookie": _text_matchers,
    "body": parse_matcher,
}
"""The parts of a request that a condition asks about, and what reads the matchers of each."""


def parse_condition(value: Mapping[str, Any]) -> Condition:
    """The condition that these members describe, as under `when` in a scenario file; others are passed over.

    Raises FlawsError with all that is wrong, each at its path.
    """
    flaws: list[Flaw] = []
    parts = {}
    for name, parse in PARTS.items():
        if name in value:
            try:
                parts[name] = parse(value[name])
            except FlawsError as error:
                flaws += [flaw.under((name,)) for flaw in error.flaws]
    if flaws:
        raise FlawsError(flaws)
    return Condition(**parts)
