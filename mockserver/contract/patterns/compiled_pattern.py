"""Regular expressions as JSON Schema means them (ECMA-262), matched in bounded time whatever text comes.

What needs no backtracking goes to Rust's linear engine; look-around and back references go to its backtracking
engine with a limit on the steps. In both, the work allowed shrinks as the text grows: a match that runs over the
bound counts as not matching. Ordinary patterns never meet it: one of 20 characters may search 5 MB.
"""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from mockserver.contract.patterns.regex_parser import parse_regex
from mockserver.contract.patterns.regex_tree import (
    Assertion,
    Characters,
    RegexNode,
    Repeat,
    Sequence,
    is_linear,
    weight,
    written,
)

__all__ = ["PATTERN_OPTIONS", "CompiledPattern", "compile_pattern", "linear_pattern"]

# Characters of the text times characters of the pattern (counted repeats written out): seconds at the very worst.
MOST_WORK = 100_000_000
# The same times steps back.
MOST_BACKTRACKING = 400_000_000
MOST_STEPS = 100_000
# What a schema compiled whole may search however long the body is.
MOST_LINEAR_WEIGHT = 100

PATTERN_OPTIONS = jsonschema_rs.RegexOptions()
"""The linear engine, for whole schemas whose patterns come from `linear_pattern`."""


def compile_pattern(text: str) -> CompiledPattern:
    """The pattern that searches for this expression; a ValueError says why there is none."""
    made = _made(text)
    if isinstance(made, str):
        raise ValueError(made)  # noqa: TRY004  # the value of the text is wrong, not its type
    return made


@lru_cache(maxsize=4096)
def _made(text: str) -> CompiledPattern | str:
    # What cannot be compiled is remembered too: finding out that it grows too large takes long.
    try:
        return CompiledPattern(text)
    except ValueError as error:
        return f"the pattern {shown(text)} cannot be used: {error}"


def linear_pattern(text: str) -> str:
    """The expression as the linear engine has to be given it, to mean the same; a ValueError says why it cannot."""
    tree = compile_pattern(text).tree
    if not is_linear(tree):
        raise ValueError(f"the pattern {shown(text)} needs backtracking")
    if weight(tree) > MOST_LINEAR_WEIGHT:
        raise ValueError(f"the pattern {shown(text)} has to be bounded by the length of the text")
    return written(tree, linear=True)


class CompiledPattern:
    """A compiled regular expression."""

    __slots__ = ("_engines", "_lengths", "_linear", "_searched", "_weight", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = self._searched = parse_regex(text)
        self._lengths: tuple[int, float] | None = None
        if repeat := lone_repeat(self.tree):
            # Rust writes counted repeats out, and `^[\p{L}]{1,2048}$` grows too large; its count is a length.
            self._lengths = (repeat.low, float("inf") if repeat.high is None else repeat.high)
            self._searched = Sequence((Assertion("^"), Repeat(repeat.body, 0, None), Assertion("$")))
        self._linear = is_linear(self.tree)
        self._weight = weight(self._searched)
        self._engines: dict[int, jsonschema_rs.Draft202012Validator] = {}
        self._engine(0)

    def search(self, value: str) -> bool:
        """Whether the expression matches anywhere in the value."""
        if self._lengths and not self._lengths[0] <= len(value) <= self._lengths[1]:
            return False
        if len(value) * self._weight > MOST_WORK:
            return False
        try:
            return self._engine(len(value)).is_valid(value)
        except UnicodeEncodeError:
            # A lone surrogate: no text of UTF-8 holds it.
            return False

    def _engine(self, length: int) -> jsonschema_rs.Draft202012Validator:
        """The engine for texts of this length; one that backtracks is built for each power of two."""
        size = 0 if self._linear else length.bit_length()
        engine = self._engines.get(size)
        if engine is None:
            engine = self._engines[size] = self._built(size)
        return engine

    def _built(self, size: int) -> jsonschema_rs.Draft202012Validator:
        steps = min(MOST_STEPS, MOST_BACKTRACKING // (self._weight << size) + 1)
        options = PATTERN_OPTIONS if self._linear else jsonschema_rs.FancyRegexOptions(steps)
        schema = {"pattern": written(self._searched, linear=self._linear)}
        try:
            return jsonschema_rs.Draft202012Validator(schema, pattern_options=options)
        except jsonschema_rs.ValidationError:
            raise ValueError("it is not a regular expression of ECMA-262, or too large a one") from None


def lone_repeat(tree: RegexNode) -> Repeat | None:
    """The repeat in `^[…]{m,n}$`, where the whole text is one kind of character."""
    match tree:
        case Sequence((Assertion("^" | "A"), Repeat(Characters()) as repeat, Assertion("$" | "z"))):
            return repeat
    return None


def shown(text: str) -> str:
    """The pattern as it stands in a message."""
    return repr(text if len(text) <= 100 else text[:100] + "…")
