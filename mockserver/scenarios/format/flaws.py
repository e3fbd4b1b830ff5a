"""What is wrong inside one value of a scenario file, before anybody knows in which file it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

__all__ = ["Flaw", "FlawsError", "Path", "below", "did_you_mean", "expected", "found", "nearest"]

Path = tuple[str | int, ...]
"""Leads from a value to a part of it: keys and indices."""

_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Flaw:
    """One problem, and the path that leads to it from the value that was being read.

    `at_key` says that it is the last key of the path that is wrong, not what stands there.
    """

    path: Path
    problem: str
    at_key: bool = False

    def under(self, path: Path) -> Flaw:
        """The same flaw, seen from further up."""
        return replace(self, path=(*path, *self.path))


class FlawsError(ValueError):
    """A value cannot be used; `flaws` says why."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(flaw.problem for flaw in self.flaws))

    @classmethod
    def one(cls, problem: str) -> FlawsError:
        """The error for a single flaw, in the value itself."""
        return cls([Flaw((), problem)])

    @classmethod
    def unknown_key(cls, key: str, keys: Collection[str]) -> FlawsError:
        """The error for a key that is none of those that may stand there."""
        return cls([Flaw((key,), f"unknown key{did_you_mean(key, keys)}", at_key=True)])


@contextmanager
def below(*path: str | int) -> Iterator[None]:
    """Flaws that are found inside stand below a path."""
    try:
        yield
    except FlawsError as error:
        raise FlawsError(flaw.under(path) for flaw in error.flaws) from None


def expected(what: str, value: Any) -> str:
    """The usual sentence: what was expected, and what was found instead."""
    return f"expected {what}, found {found(value)}"


def found(value: Any) -> str:
    """A value in words, short and on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= _SHOWN else f"the text {value[:_SHOWN]!r}…"
    return "a list" if isinstance(value, list) else "a mapping"


def nearest(name: str, names: Iterable[str], *, count: int = 1) -> list[str]:
    """Those of the names that look most like a name, the nearest first."""
    # Imported here: only a mistake needs it.
    from difflib import get_close_matches

    name = name[:_SHOWN]  # comparing takes the square of the length
    by_lower = {known.lower(): known for known in names}
    return [by_lower[match] for match in get_close_matches(name.lower(), list(by_lower), n=count, cutoff=0.5)]


def did_you_mean(name: str, names: Collection[str]) -> str:
    """How a message about an unknown name ends: the nearest one, or all if there are few."""
    close = nearest(name, names)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(names))}" if 0 < len(names) <= 12 else ""
