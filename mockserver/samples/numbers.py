"""Makes numbers that satisfy several schemas at once: a conjunction."""

import math
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from mockserver.contract.formats.number_formats import INTEGER_RANGES, MAX_SF_DECIMAL, SF_DECIMAL
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.keywords import as_number

# The width of a range whose numbers look like counts or amounts.
USUAL_WIDTH = 1000
MAX_TRIES = 60
FORMATS: dict[str, dict[str, float]] = {
    **{name: {"minimum": low, "maximum": high} for name, (low, high) in INTEGER_RANGES.items()},
    SF_DECIMAL: {"minimum": -MAX_SF_DECIMAL, "maximum": MAX_SF_DECIMAL},
    "float": {"minimum": -(2**127), "maximum": 2**127},
}


class Range:
    """The numbers that all parts of a conjunction allow. A bound is a number and whether it is exclusive."""

    def __init__(self, conjunction: Conjunction) -> None:
        lows: list[tuple[Fraction, bool]] = []
        highs: list[tuple[Fraction, bool]] = []
        formats = [FORMATS[name] for name in conjunction.each("format") if isinstance(name, str) and name in FORMATS]
        for part in (*conjunction.parts, *formats):
            lows += bounds(part.get("minimum"), part.get("exclusiveMinimum"))
            highs += bounds(part.get("maximum"), part.get("exclusiveMaximum"))
        # Of two equal bounds the exclusive one is tighter.
        self.low = max(lows, default=None)
        self.high = min(highs, key=lambda bound: (bound[0], not bound[1]), default=None)
        self.steps = [step for step in map(as_number, conjunction.each("multipleOf")) if step and step > 0]

    def contains(self, number: float) -> bool:
        """Whether a validator accepts the number."""
        exact = as_number(number)
        if exact is None:
            return False
        if self.low and (exact < self.low[0] or (self.low[1] and exact == self.low[0])):
            return False
        if self.high and (exact > self.high[0] or (self.high[1] and exact == self.high[0])):
            return False
        return all(divides(step, number) for step in self.steps)

    def usual(self) -> tuple[Fraction, Fraction]:
        """The part of the range to choose from: near zero if possible, and not wider than usual numbers need."""
        low = self.low[0] if self.low else None
        high = self.high[0] if self.high else None
        width = USUAL_WIDTH * max([Fraction(1), *self.steps])
        if (low is None or low < 0) and (high is None or high > 0):
            start = Fraction(0)
        elif low is not None:
            start = low
        else:
            start = (high or Fraction(0)) - width
        return start, start + width if high is None else min(high, start + width)


def bounds(bound: Any, exclusive: Any) -> Iterator[tuple[Fraction, bool]]:
    """The bounds of two keywords: in OpenAPI 3.0 `exclusiveMinimum` is a flag of `minimum`, in 3.1 a second bound."""
    number, second = as_number(bound), as_number(exclusive)
    if number is not None:
        yield number, exclusive is True
    if second is not None:
        yield second, True


def integers(conjunction: Conjunction, rng: random.Random) -> Iterator[int]:
    """Whole numbers that satisfy the conjunction."""
    allowed = Range(conjunction)
    step = common_multiple([Fraction(1), *allowed.steps])
    yield from filter(allowed.contains, map(int, multiples(step, *allowed.usual(), rng)))


def numbers(conjunction: Conjunction, rng: random.Random) -> Iterator[int | float]:
    """Numbers that satisfy the conjunction, with decimal places where they are allowed."""
    allowed = Range(conjunction)
    low, high = allowed.usual()
    if allowed.steps:
        step = common_multiple(allowed.steps)
    else:
        step = Fraction(1, 100)
        while 0 < high - low < 10 * step:
            step /= 1000
    # A very narrow range contains no round number.
    candidates = (*multiples(step, low, high, rng), (low + high) / 2, low, high)
    yield from filter(allowed.contains, map(as_json, candidates))


def usual_multiples(conjunction: Conjunction, *, whole: bool) -> tuple[int, int, Fraction] | None:
    """The lowest and the highest factor, and the step, whose products are the usual numbers of a conjunction.

    None if there are none, or if not every product satisfies the conjunction.
    """
    allowed = Range(conjunction)
    low, high = allowed.usual()
    if whole:
        step = common_multiple([Fraction(1), *allowed.steps])
    elif allowed.steps or high - low < 1:
        return None
    else:
        step = Fraction(1, 100)
    first, last = math.ceil(low / step), math.floor(high / step)
    # An exclusive bound is no usual number.
    first += not allowed.contains(as_json(step * first))
    last -= not allowed.contains(as_json(step * last))
    is_valid = first <= last and all(allowed.contains(as_json(step * factor)) for factor in (first, last))
    return (first, last, step) if is_valid and (not allowed.steps or step.denominator == 1) else None


def multiples(step: Fraction, low: Fraction, high: Fraction, rng: random.Random) -> Iterator[Fraction]:
    """Some multiples of a step within a range, in random order: all of them if there are few."""
    first, last = math.ceil(low / step), math.floor(high / step)
    if last - first < MAX_TRIES:
        factors = list(range(first, last + 1))
        rng.shuffle(factors)
        yield from (step * factor for factor in factors)
        return
    for _ in range(MAX_TRIES):
        yield step * rng.randint(first, last)
    yield from (step * factor for factor in range(first, first + MAX_TRIES))


def common_multiple(steps: list[Fraction]) -> Fraction:
    """The smallest number that is a multiple of every step."""
    common = steps[0]
    for step in steps[1:]:
        denominator = common.denominator * step.denominator
        common = Fraction(math.lcm(int(common * denominator), int(step * denominator)), denominator)
    return common


def as_json(number: Fraction) -> int | float:
    """The number as JSON writes it."""
    if number.denominator == 1 or abs(number) > sys.float_info.max:
        return int(number)
    return float(number)


def divides(step: Fraction, number: float) -> bool:
    """Whether the number is a multiple of the step, both exactly and in binary floating point."""
    if step.denominator == 1:
        return Fraction(number) % step == 0
    # Validators divide floats, so for them 0.07 is not a multiple of 0.01.
    try:
        return (number / float(step)).is_integer()
    except OverflowError:
        return False
