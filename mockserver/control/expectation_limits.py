"""Limits the size of a verification, before it is read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.control.expectations import CONDITION_MEMBERS
from mockserver.scenarios.format.flaws import Flaw, FlawsError, Path

MAX_MATCHERS: Final = 1_000
"""How many matchers and values a call may have."""


def check_size(body: Mapping[str, Any]) -> None:
    """Raises FlawsError if a verification has too many matchers."""
    for number, path in enumerate(_matchers(body), 1):
        if number > MAX_MATCHERS:
            problem = (
                f"the verification has more than {MAX_MATCHERS} matchers and values; this is the first above the limit"
            )
            raise FlawsError([Flaw(path, problem)])


def _matchers(body: Mapping[str, Any]) -> Iterator[Path]:
    """The path of each expected call, and of each value that it is compared with."""
    expectations: dict[Path, Mapping[str, Any]] = {
        ("in_order", n): each for n, each in enumerate(body.get("in_order", ()))
    }
    for path, expectation in (expectations or {(): body}).items():
        yield path
        for name in CONDITION_MEMBERS:
            if name in expectation:
                yield from _values((*path, name), expectation[name])


def _values(path: Path, value: Any) -> Iterator[Path]:
    """The path of each value without members, also of an empty list or object."""
    if not value or not isinstance(value, dict | list):
        yield path
        return
    for step, member in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _values((*path, step), member)
