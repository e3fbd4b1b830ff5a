"""Functions that draw texts, numbers and listed values, prepared once for a schema."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from mockserver.contract.patterns.compiled_pattern import compile_pattern
from mockserver.parsing.json_values import are_equal
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.format_strings import format_maker, is_format
from mockserver.samples.numbers import integers, numbers, usual_multiples
from mockserver.samples.published_examples import can_be_sent
from mockserver.samples.schema_samples import MAX_LISTED_VALUES
from mockserver.samples.strings import strings
from mockserver.samples.words import text_for

DrawFunction = Callable[[random.Random], Any]
"""Makes a value. The same state of the random generator gives the same value."""


class Constant:
    """Draws always the same value."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self, _: random.Random) -> Any:
        """Return the value."""
        return self._value


def scalar_draw(kind: str, conjunction: Conjunction, name: str, made: Any) -> DrawFunction:
    """A function that draws values of a kind for a member of this name. `made` is a value that satisfies the schemas.

    It considers most keywords: the caller validates what is drawn. Raises NoSample if there is no value.
    """
    match kind:
        case "listed":
            return _listed(conjunction, made)
        case "string":
            return _text(conjunction, name)
        case "integer" | "number":
            return _number(conjunction, made, whole=kind == "integer")
        case "boolean":
            return lambda rng: rng.random() < 0.5
        case _:
            return Constant(made)


def _listed(conjunction: Conjunction, made: Any) -> DrawFunction:
    lists = conjunction.lists()
    shortest = min(lists, key=len)[:MAX_LISTED_VALUES]
    common = [value for value in shortest if all(any(are_equal(value, each) for each in values) for values in lists)]
    # Null is only chosen where nothing else is allowed.
    values = [value for value in common if can_be_sent(value) and (value is None) is (made is None)]
    count = len(values)
    return (lambda rng: values[int(rng.random() * count)]) if count > 1 else Constant(made)


def _text(conjunction: Conjunction, name: str) -> DrawFunction:
    low, high = conjunction.at_least("minLength"), conjunction.at_most("maxLength")
    patterns = [compile_pattern(text) for text in conjunction.each("pattern") if isinstance(text, str)]
    formats = [each for each in conjunction.each("format") if isinstance(each, str) and is_format(each)]
    make, suggested_format = text_for(name)
    if formats or suggested_format:
        make = format_maker(formats[0] if formats else suggested_format)
    if not (low or high is not None or patterns):
        return make
    limit = math.inf if high is None else high

    def text(rng: random.Random) -> str:
        first = make(rng)
        if low <= len(first) <= limit and all(pattern.search(first) for pattern in patterns):
            return first
        return next(strings(conjunction, rng, name))

    return text


def _number(conjunction: Conjunction, made: Any, *, whole: bool) -> DrawFunction:
    usual = usual_multiples(conjunction, whole=whole)
    if usual is None:
        make = integers if whole else numbers
        return lambda rng: next(make(conjunction, rng), made)
    first, last, step = usual
    count, numerator, denominator = last - first + 1, step.numerator, step.denominator
    if denominator == 1:
        return lambda rng: (first + int(rng.random() * count)) * numerator

    def number(rng: random.Random) -> int | float:
        product = (first + int(rng.random() * count)) * numerator
        return product / denominator if product % denominator else product // denominator

    return number
