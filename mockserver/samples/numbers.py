"""Numbers within bounds."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_number

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
        lows: list[tuple[Fraction, bool]] = []
        highs: list[tuple[Fraction, bool]] = []
        for part in conjunction.parts:
            lows += bounds(part.get("minimum"), part.get("exclusiveMinimum"))
            highs += bounds(part.get("maximum"), part.get("exclusiveMaximum"))
            if isinstance(name := part.get("format"), str) and name in FORMATS:
                lows.append((FORMATS[name][0], False))
                highs.append((FORMATS[name][1], False))
        # Of two equal bounds the exclusive one is the tighter.
        self.low = max(lows, default=None)
        self.high = min(highs, key=lambda bound: (bound[0], not bound[1]), default=None)
        self.steps = [step for step in map(as_number, conjunction.each("multipleOf")) if step and step > 0]

    def holds(self, number: float) -> bool:
        """Whether the number is in the range, as a validator reckons."""
        exact = as_number(number)
        if exact is None:
            return False
        if self.low and (exact < self.low[0] or (self.low[1] and exact == self.low[0])):
            return False
        if self.high and (exact > self.high[0] or (self.high[1] and exact == self.high[0])):
            return False
        return all(divides(step, number) for step in self.steps)

    def span(self) -> tuple[Fraction, Fraction]:
        """Where to look: all of a narrow range, of a wide one what people would expect."""
        low = self.low[0] if self.low else None
        high = self.high[0] if self.high else None
        width = USUAL * max([Fraction(1), *self.steps])
        if (low is None or low < 0) and (high is None or high > 0):
            start = Fraction(0)
        elif low is not None:
            start = low
        else:
            start = (high or Fraction(0)) - width
        return start, start + width if high is None else min(high, start + width)


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
    low, high = allowed.span()
    step = common_multiple([Fraction(1), *allowed.steps])
    for factor in drawn(math.ceil(low / step), math.floor(high / step), rng):
        number = int(step * factor)
        if allowed.holds(number):
            yield number


def numbers(conjunction: Conjunction, rng: random.Random) -> Iterator[int | float]:
    """Numbers that satisfy it, with a fraction where they may have one."""
    allowed = Range(conjunction)
    low, high = allowed.span()
    if allowed.steps:
        step = common_multiple(allowed.steps)
    else:
        step = Fraction(1, 100)
        while 0 < high - low < 10 * step:
            step /= 1000
    candidates = (step * factor for factor in drawn(math.ceil(low / step), math.floor(high / step), rng))
    # The narrowest ranges hold no round number.
    for candidate in (*candidates, (low + high) / 2, low, high):
        number = as_written(candidate)
        if allowed.holds(number):
            yield number


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


def common_multiple(steps: list[Fraction]) -> Fraction:
    """The least number that each step divides."""
    common = steps[0]
    for step in steps[1:]:
        denominator = common.denominator * step.denominator
        common = Fraction(math.lcm(int(common * denominator), int(step * denominator)), denominator)
    return common


def as_written(number: Fraction) -> int | float:
    """The number as JSON has it."""
    if number.denominator == 1 or abs(number) > sys.float_info.max:
        return int(number)
    return float(number)


def divides(step: Fraction, number: float) -> bool:
    """Whether the number is a multiple of the step, by exact and by binary reckoning."""
    if step.denominator == 1:
        return Fraction(number) % step == 0
    # A validator divides floats: to it 0.07 / 0.01 is no whole number.
    try:
        return (number / float(step)).is_integer()
    except OverflowError:
        return False
