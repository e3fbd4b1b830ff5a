"""The regular expressions of one call: limited in size, not cached, and searched within a budget."""

from typing import Final

from mockserver.contract.patterns.compiled_pattern import CompiledPattern
from mockserver.errors import Refusal
from mockserver.limits.step_budget import StepBudget

MAX_LENGTH: Final = 1_000
"""How many characters a pattern may have."""
MAX_SIZE: Final = 1_000
"""How many states a pattern may have, which takes about 5 ms to compile. A class such as `\\p{L}` counts as 100."""
MAX_TOTAL_SIZE: Final = 3_000
"""How many states, and how many characters, all patterns of a call may have together."""
MAX_WORK: Final = 1 << 20
"""The most work of one search, as characters times states. The worst case takes about 30 ms."""
WORK_IN_A_STEP: Final = 50


class CallerPatterns:
    """Compiles the patterns of one call. Their searches take steps from a budget."""

    def __init__(self, budget: StepBudget) -> None:
        self._budget = budget
        self._left = MAX_TOTAL_SIZE

    def compile(self, text: str) -> "BoundedPattern":
        """The compiled pattern. Raises ValueError, with the reason, if it cannot be compiled or is too large."""
        try:
            pattern = self._compiled(text)
        except ValueError as error:
            shown = repr(text if len(text) <= 100 else f"{text[:100]}…")
            raise ValueError(f"the pattern {shown} cannot be used: {error}") from None
        return BoundedPattern(pattern, self._budget)

    def _compiled(self, text: str) -> CompiledPattern:
        if len(text) > MAX_LENGTH:
            raise ValueError(f"it has {len(text)} characters, at most {MAX_LENGTH} are allowed in a call")
        # The characters are counted first, because it takes long to read many patterns that are too large.
        self._take(len(text))
        pattern = CompiledPattern(text, max_size=MAX_SIZE)
        self._take(max(0, pattern.size - len(text)))
        return pattern

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ValueError(f"the patterns of this call together have more than {MAX_TOTAL_SIZE} characters or states")


class BoundedPattern:
    """A compiled pattern of a call."""

    __slots__ = ("_budget", "_pattern")

    def __init__(self, pattern: CompiledPattern, budget: StepBudget) -> None:
        self._pattern = pattern
        self._budget = budget

    def search(self, text: str) -> bool:
        """Whether the pattern occurs in a text. Raises Refusal too-much-to-compare, StepLimitReached."""
        work = self._pattern.work(text)
        if work > MAX_WORK:
            raise Refusal(
                "too-much-to-compare",
                f"Too much to compare: the pattern {self._pattern.text[:100]!r} has about {self._pattern.size} states, "
                f"and a text has {len(text)} characters. Their product may be at most {MAX_WORK}. Use a simpler "
                "pattern, or compare another part of the request.",
            )
        self._budget.spend(work // WORK_IN_A_STEP)
        return self._pattern.search(text)
