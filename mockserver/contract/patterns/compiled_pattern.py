"""Compiles the patterns of JSON Schema (regular expressions of ECMA-262), so that no text takes long to match.

Rust's linear engine matches expressions that need no backtracking. Expressions with lookaround or back references go to
Rust's backtracking engine, with a limit on its steps. For both, the longer the text, the less work is allowed per
character: a match that exceeds the limit counts as no match. An ordinary pattern of 20 characters can search 5 MB.
"""

from __future__ import annotations

from math import inf

from mockserver.contract.patterns.pattern_cache import PatternCache
from mockserver.contract.patterns.regex_parser import parse_regex
from mockserver.contract.patterns.regex_tree import (
    Assertion,
    Characters,
    Repeat,
    Sequence,
    as_text,
    is_linear,
    program_size,
    weight,
)
from mockserver.contract.rust_validators import jsonschema_rs

# Characters of the text times weight of the pattern. The worst case takes seconds.
MAX_WORK = 100_000_000
# The same times the steps of backtracking.
MAX_BACKTRACKING_WORK = 400_000_000
MAX_BACKTRACKING_STEPS = 100_000
# So few states take one step for each character: all combinations of them fit into the memory of the linear engine.
SMALL_SIZE = 10
# The cached patterns take at most about 200 MB.
MAX_CACHED_PATTERNS = 4096
MAX_CACHED_SIZE = 200_000
# A compiled schema searches patterns up to this weight in a body of any length.
MAX_LINEAR_WEIGHT = 100

PATTERN_OPTIONS = jsonschema_rs.RegexOptions()
"""Selects the linear engine, for schemas whose patterns come from `linear_pattern`."""


def compile_pattern(text: str) -> CompiledPattern:
    """The compiled pattern. Raises ValueError, with the reason, for a pattern that cannot be compiled."""
    compiled = _CACHE.get(text)
    if isinstance(compiled, str):
        raise ValueError(compiled)  # noqa: TRY004  # the value of the text is wrong, not its type
    return compiled


def linear_pattern(text: str) -> str:
    """The pattern as the linear engine has to read it. Raises ValueError if the engine cannot match it safely."""
    tree = compile_pattern(text).tree
    if not is_linear(tree):
        raise ValueError(f"the pattern {_shown(text)} needs backtracking")
    if weight(tree) > MAX_LINEAR_WEIGHT:
        raise ValueError(f"the pattern {_shown(text)} is too large to search texts of any length")
    return as_text(tree, linear=True)


class CompiledPattern:
    """A compiled pattern. Raises ValueError for one that cannot be compiled, or that is larger than `max_size`.

    `size` is about the number of its states.
    """

    __slots__ = ("_engines", "_linear", "_max_length", "_min_length", "_searched", "_weight", "size", "text", "tree")

    def __init__(self, text: str, *, max_size: int | None = None) -> None:
        self.text = text
        self.tree = self._searched = parse_regex(text)
        self._min_length, self._max_length = 0, inf
        match self.tree:
            case Sequence((Assertion("^" | "A"), Repeat(Characters() as body, low, high), Assertion("$" | "z"))):
                # Rust writes counted repeats out, so `^[\p{L}]{1,2048}$` is too large. The length is checked instead.
                self._min_length, self._max_length = low, inf if high is None else high
                self._searched = Sequence((Assertion("^"), Repeat(body, 0, None), Assertion("$")))
        self.size = program_size(self._searched)
        if max_size is not None and self.size > max_size:
            raise ValueError(f"it has about {self.size} states, at most {max_size} are allowed")
        self._linear = is_linear(self.tree)
        self._weight = weight(self._searched)
        self._engines: dict[int, jsonschema_rs.Draft202012Validator] = {}
        self._engine(0)

    def search(self, value: str) -> bool:
        """Whether the pattern matches anywhere in the value."""
        if not self._min_length <= len(value) <= self._max_length or len(value) * self._weight > MAX_WORK:
            return False
        try:
            return self._engine(len(value)).is_valid(value)
        except UnicodeEncodeError:
            # The value has a lone surrogate, which UTF-8 cannot encode.
            return False

    def work(self, value: str) -> int:
        """How much work a search is at worst: characters times states, without the states of a small pattern.

        It is 0 if the length decides.
        """
        if not self._min_length <= len(value) <= self._max_length:
            return 0
        return len(value) if self._linear and self.size <= SMALL_SIZE else len(value) * self.size

    def _engine(self, length: int) -> jsonschema_rs.Draft202012Validator:
        """The engine for texts of this length. One that backtracks is built for each power of two."""
        size = 0 if self._linear else length.bit_length()
        engine = self._engines.get(size)
        if engine is None:
            engine = self._engines[size] = self._build(size)
        return engine

    def _build(self, size: int) -> jsonschema_rs.Draft202012Validator:
        steps = min(MAX_BACKTRACKING_STEPS, MAX_BACKTRACKING_WORK // (self._weight << size) + 1)
        options = PATTERN_OPTIONS if self._linear else jsonschema_rs.FancyRegexOptions(steps)
        schema = {"pattern": as_text(self._searched, linear=self._linear)}
        try:
            return jsonschema_rs.Draft202012Validator(schema, pattern_options=options)
        except jsonschema_rs.ValidationError:
            raise ValueError("it is not a valid regular expression of ECMA-262, or it is too large") from None


def _compile(text: str) -> tuple[CompiledPattern | str, int]:
    """The compiled pattern, or why there is none; and its size. Finding out that a pattern is too large takes long."""
    try:
        compiled = CompiledPattern(text)
    except ValueError as error:
        return f"the pattern {_shown(text)} cannot be used: {error}", 1 + len(text) // 1000
    return compiled, compiled.size


_CACHE: PatternCache[CompiledPattern | str] = PatternCache(
    _compile, max_number=MAX_CACHED_PATTERNS, max_size=MAX_CACHED_SIZE
)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else text[:100] + "…")
