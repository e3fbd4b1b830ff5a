"""Strings that satisfy a conjunction."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.contract.patterns.compiled_pattern import CompiledPattern, compile_pattern
from mockserver.samples.conjunction import Conjunction
from mockserver.samples.format_strings import formatted, is_format
from mockserver.samples.pattern_strings import matching
from mockserver.samples.sample_errors import NoSample
from mockserver.samples.words import named_text, phrase

__all__ = ["strings"]

LONGEST = 1_000_000


def strings(conjunction: Conjunction, rng: random.Random, name: str) -> Iterator[str]:
    """Texts for a member of this name, of the length and the patterns asked for; a format may still say no."""
    asked = string_constraints(conjunction)
    for text in asked.candidates(rng, name):
        if asked.length_fits(text) and all(pattern.search(text) for pattern in asked.patterns):
            yield text
    raise NoSample(f"no text {asked.in_words()} was found")


@dataclass(frozen=True, slots=True, kw_only=True)
class StringConstraints:
    """What every part of a conjunction asks of a text."""

    low: int
    high: int | None
    formats: tuple[str, ...]
    patterns: tuple[CompiledPattern, ...]

    def length_fits(self, text: str) -> bool:
        """Whether it is neither too short nor too long."""
        return len(text) >= self.low and (self.high is None or len(text) <= self.high)

    def candidates(self, rng: random.Random, name: str) -> Iterator[str]:
        """Texts to try, the most readable first."""
        text, suited = named_text(name, rng)
        for format_name in self.formats or (suited,):
            yield from formatted(format_name, rng, self.low)
        if not self.formats:
            yield text
            yield self.fitted(text, rng)
        for pattern in self.patterns:
            yield from matching(pattern, rng, self.low, self.high)

    def fitted(self, text: str, rng: random.Random) -> str:
        """The text, made as long as it has to be."""
        while len(text) < self.low:
            text += " " + phrase(rng, 1)
        # A cut that ends in a space would not look like a text.
        return text if self.length_fits(text) else text[: self.high].rstrip().ljust(self.low, "x")

    def in_words(self) -> str:
        """What was asked for in vain."""
        wishes = [f"of the format {name!r}" for name in self.formats]
        wishes += [f"that matches {pattern.text!r}" for pattern in self.patterns]
        wishes += [f"of at least {self.low} characters"] if self.low else []
        wishes += [] if self.high is None else [f"of at most {self.high} characters"]
        return " and ".join(wishes)


def string_constraints(conjunction: Conjunction) -> StringConstraints:
    """What is asked. Raises NoSample for lengths that exclude each other and for a pattern that cannot be used."""
    low, high = conjunction.least("minLength", 0), conjunction.most("maxLength")
    if high is not None and low > high:
        raise NoSample(f"a text cannot have at least {low} and at most {high} characters")
    if low > LONGEST:
        raise NoSample(f"a text of at least {low} characters is too long to be made")
    formats = [name for name in conjunction.each("format") if isinstance(name, str) and is_format(name)]
    try:
        patterns = [compile_pattern(text) for text in conjunction.each("pattern") if isinstance(text, str)]
    except ValueError as error:
        raise NoSample(str(error)) from None
    return StringConstraints(low=low, high=high, formats=tuple(formats), patterns=tuple(patterns))
