"""Remembers the results of functions for recent arguments, in a bounded number of bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sized
from typing import Any, Generic, Protocol, TypeVar

Result = TypeVar("Result")


class SizedKey(Hashable, Sized, Protocol):
    """An argument that can be remembered: a text, bytes."""


Key = TypeVar("Key", bound=SizedKey)
Other = TypeVar("Other", bound=Hashable)


class Memo(dict[Other, Result], Generic[Other, Result]):
    """The results of a function of one argument, by argument. `memo[argument]` calls the function if necessary.

    At most `entries` results are remembered; after that it starts again. An argument whose `size` is more than
    `longest` is not remembered, so that clients cannot fill the memory with long texts.
    """

    def __init__(
        self, function: Callable[[Other], Result], *, entries: int, longest: int, size: Callable[[Any], int] = len
    ) -> None:
        super().__init__()
        self._function = function
        self._entries = entries
        self._longest = longest
        self._size = size

    def __missing__(self, argument: Other) -> Result:
        result = self._function(argument)
        if self._size(argument) <= self._longest:
            if len(self) >= self._entries:
                self.clear()
            self[argument] = result
        return result


def length_of_fields(pairs: Iterable[tuple[Sized, Sized]]) -> int:
    """The length of all names and values of header fields."""
    return sum([len(name) + len(value) for name, value in pairs])


def remembered(*, entries: int, longest: int) -> Callable[[Callable[[Key], Result]], Callable[[Key], Result]]:
    """Remember the results of a function of one text. A result that is found costs less than a call."""

    def decorate(function: Callable[[Key], Result]) -> Callable[[Key], Result]:
        return Memo(function, entries=entries, longest=longest).__getitem__

    return decorate
