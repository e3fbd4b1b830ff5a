"""Makes strings that satisfy several schemas at once: a conjunction."""

import math
import random
from collections.abc import Iterator

from mockserver.contract.patterns.compiled_pattern import CompiledPattern, compile_pattern
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.format_strings import format_strings, is_format
from mockserver.samples.pattern_strings import matching_strings
from mockserver.samples.sample_context import NoSample
from mockserver.samples.words import named_text, phrase

MAX_LENGTH = 1_000_000


def strings(conjunction: Conjunction, rng: random.Random, name: str) -> Iterator[str]:
    """Strings for a member of this name that have the required length and match the patterns.

    The caller checks the format. Raises NoSample at the end.
    """
    low, high = conjunction.at_least("minLength"), conjunction.at_most("maxLength")
    limit = math.inf if high is None else high
    if low > limit:
        raise NoSample(f"a string cannot have at least {low} and at most {high} characters")
    if low > MAX_LENGTH:
        raise NoSample(f"a string of at least {low} characters is too long to be made")
    formats = [each for each in conjunction.each("format") if isinstance(each, str) and is_format(each)]
    try:
        patterns = [compile_pattern(text) for text in conjunction.each("pattern") if isinstance(text, str)]
    except ValueError as error:
        raise NoSample(str(error)) from None
    for text in candidates(formats, patterns, low, high, name=name, rng=rng):
        if low <= len(text) <= limit and all(each.search(text) for each in patterns):
            yield text
    constraints = [f"of the format {each!r}" for each in formats]
    constraints += [f"that matches {each.text!r}" for each in patterns]
    constraints += [f"of at least {low} characters"] if low else []
    constraints += [] if high is None else [f"of at most {high} characters"]
    raise NoSample(f"no string {' and '.join(constraints)} was found")


def candidates(
    formats: list[str], patterns: list[CompiledPattern], low: int, high: int | None, *, name: str, rng: random.Random
) -> Iterator[str]:
    """Strings to try, the most readable first."""
    text, suggested_format = named_text(name, rng)
    for each in formats or [suggested_format]:
        yield from format_strings(each, rng, low)
    if not formats:
        yield text
        while len(text) < low:
            text += " " + phrase(rng, 1)
        # A text cut at a space would end in a space.
        yield text if high is None or len(text) <= high else text[:high].rstrip().ljust(low, "x")
    for pattern in patterns:
        yield from matching_strings(pattern, rng, low, high)
