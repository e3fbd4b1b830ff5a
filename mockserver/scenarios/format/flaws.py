"""Flaws: what is wrong in one value, before it is known in which file the value is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

Path = tuple[str | int, ...]
"""The keys and indices that lead from a value to a part of it."""

_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Flaw:
    """One problem, with the path to it from the value that was read.

    `at_key` says that the problem is the last key of the path, not its value.
    """

    path: Path
    problem: str
    at_key: bool = False

    def under(self, path: Path) -> Flaw:
        """The flaw with its path from an outer value."""
        return replace(self, path=(*path, *self.path))


class FlawsError(ValueError):
    """A value is not valid. `flaws` has every problem."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(flaw.problem for flaw in self.flaws))

    @classmethod
    def one(cls, problem: str) -> FlawsError:
        """The error for a single problem of the value itself."""
        return cls([Flaw((), problem)])


@contextmanager
def below(*path: str | int) -> Iterator[None]:
    """Put a path before the flaws that are raised inside."""
    try:
        yield
    except FlawsError as error:
        raise FlawsError(flaw.under(path) for flaw in error.flaws) from None


@contextmanager
def collected_flaws() -> Iterator[list[Flaw]]:
    """Yield a list for flaws. At the end of the block they are raised together, if there are any."""
    flaws: list[Flaw] = []
    yield flaws
    if flaws:
        raise FlawsError(flaws)


@contextmanager
def collecting(flaws: list[Flaw], *path: str | int) -> Iterator[None]:
    """Add the flaws that are raised inside to a list, with a path before them."""
    try:
        yield
    except FlawsError as error:
        flaws += [flaw.under(path) for flaw in error.flaws]


def expected(what: str, value: Any) -> str:
    """The usual message: what was expected, and what was found."""
    return f"expected {what}, found {_found(value)}"


def _found(value: Any) -> str:
    """A short description of a value, on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= _LONGEST_SHOWN else f"the text {value[:_LONGEST_SHOWN]!r}…"
    return "a list" if isinstance(value, list) else "a mapping"
