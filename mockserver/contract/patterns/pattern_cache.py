"""Keeps compiled patterns, bounded in number and in size."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Compiled = TypeVar("Compiled")


class PatternCache(Generic[Compiled]):
    """The compiled patterns of documents by their text; the oldest are dropped first. Thread-safe.

    `compile_text` returns the compiled pattern and its size. A pattern that is larger than `max_size` is kept until
    the next pattern is added.
    """

    def __init__(self, compile_text: Callable[[str], tuple[Compiled, int]], *, max_number: int, max_size: int) -> None:
        self._compile = compile_text
        self._max_number = max_number
        self._max_size = max_size
        self._compiled: OrderedDict[str, tuple[Compiled, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, text: str) -> Compiled:
        """The compiled pattern of a text."""
        found = self._compiled.get(text)
        if found is None:
            found = self._compile(text)
            self._add(text, found)
        return found[0]

    def _add(self, text: str, compiled: tuple[Compiled, int]) -> None:
        with self._lock:
            if text in self._compiled:
                return
            self._compiled[text] = compiled
            self._size += compiled[1]
            while len(self._compiled) > 1 and (len(self._compiled) > self._max_number or self._size > self._max_size):
                self._size -= self._compiled.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._compiled)
