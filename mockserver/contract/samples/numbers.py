"""Numbers within bounds."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from mockserver.contract.samples.conjunction import Conjunction
from mockserver.contract.samples.keywords import as_number
from mockserver.contract.samples.nosample import NoSample

__all__ = ["integers", "numbers"]

# A span that looks like somebody's count or amount.
USUAL = 1000
MOST_TRIES = 60
FORMATS: dict[str, tuple[Fraction, Fraction]] = {
    "int32": (Fraction(-(2**31)), Fraction(2**31 - 1)),
    "int64": (Fraction(-(2**63)), Fraction(2**63 - 1)),
    "float": (Fraction(-(2**127)), Fraction(2**127)),
}


class Range:
    """The numbers that every part of a conjunction allows."""

    def __init__(self, conjunction: Conjunction) -> None:
        lows, highs = [], []
        for part in conjunction.parts:
            lows += bounds(part.get("minimum"), part.get("exclusiveMinimum"))
            highs += bounds(part.get("maximum"), part.get("exclusiveMaximum"))
            if isinstance(name := part.get("format"), str) and name in FORMATS:
                lows.append((FORMATS[name][0], False))
                highs.append((FORMATS[name][1], False))
        # Of two equal bounds the exclusive one is the tighter.
        self.low = max(lows, default=None)
        self.high = min(highs, key=lambda bound: (bound[0], not bound[1]), default=None)
        self.steps = [step for step in map(as_number, conjunction.each("multipleOf")) if step]

    def holds(self, number: int | float) -> bool:
        """Whether the number is in the range, as a validator reckons."""
        exact = Fraction(number)
        if self.low and (exact < self.low[0] or (self.low[1] and exact == self.low[0])):
            return False
        if self.high and (exact > self.high[0] or (self.high[1] and exact == self.high[0])):
            return False
        # A validator divides floats; 0.07 / 0.01 is no whole number to it.
        return all(float(number / as_written(step)).is_integer() for step in self.steps)

    def span(self) -> tuple[Fraction, Fraction]:
        """Where to look: all of a narrow range, of a wide one what people would expect."""
        low = self.low[0] if self.low else None
        high = self.high[0] if self.high else None
        width = USUAL * max([Fraction(1), *self.steps])
        if low is None or low < 0 < (1 if high is None else high):
            low = max(low, -width) if low is not None and high is not None and high <= 1 else Fraction(0)
            low = min(low, high - width) if high is not None and high <= 0 else low
        if high is None or high > low + width:
            high = low + width
        if low > high:
            raise NoSample(f"there is no number between {as_written(low)} and {as_written(high)}")
        return low, high


def bounds(bound: Any, exclusive: Any) -> Iterator[tuple[Fraction, bool]]:
    """The bounds that a pair of keywords sets: OpenAPI 3.0 makes `minimum` exclusive, 3.1 has a second bound."""
    number, second = as_number(bound), as_number(exclusive)
    if number is not None:
        yield number, exclusive is True
    if second is not None:
        yield second, True


def integers(conjunction: Conjunction, rng: random.Random) -> Iterator[int]:
    """Whole numbers that satisfy it."""
    allowed = Range(conjunction)
    step = Fraction(1)
    for other in allowed.steps:
        step = common_multiple(step, abs(other))
    low, high = allowed.span() if step <= USUAL else (Fraction(0), step * USUAL)
    first, last = math.ceil(low / step), math.floor(high / step)
    yield from kept((int(step * factor) for factor in drawn(first, last, rng)), allowed)


def numbers(conjunction: Conjunction, rng: random.Random) -> Iterator[int | float]:
    """Numbers that satisfy it, with a fraction where they may have one."""
    allowed = Range(conjunction)
    low, high = allowed.span()
    step = Fraction(1, 100)
    for other in allowed.steps:
        step = common_multiple(step, abs(other)) if step != Fraction(1, 100) else abs(other)
    if not allowed.steps:
        while high > low and high - low < 10 * step:
            step /= 1000
    first, last = math.ceil(low / step), math.floor(high / step)
    yield from kept((as_written(step * factor) for factor in drawn(first, last, rng)), allowed)
    # The narrowest ranges hold no round number.
    yield from kept([float(low), float(high), float((low + high) / 2)], allowed)


def drawn(first: int, last: int, rng: random.Random) -> Iterator[int]:
    """Some numbers of a range, all of them where there are few."""
    if last - first < MOST_TRIES:
        few = list(range(first, last + 1))
        rng.shuffle(few)
        yield from few
        return
    for _ in range(MOST_TRIES):
        yield rng.randint(first, last)
    yield from range(first, first + MOST_TRIES)


def kept[T: (int, int | float)](candidates: Iterable[T], allowed: Range) -> Iterator[T]:
    """The candidates in the range."""
    return (number for number in candidates if allowed.holds(number))
