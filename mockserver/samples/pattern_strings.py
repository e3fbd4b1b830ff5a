"""Texts that a regular expression matches, made from its tree; whoever asks still has to try them."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from functools import lru_cache

from mockserver.contract.patterns.compiled_pattern import CompiledPattern, compile_pattern
from mockserver.contract.patterns.regex_tree import (
    Alternation,
    BackReference,
    Characters,
    ClassEscape,
    Group,
    RegexNode,
    Repeat,
    Sequence,
    parts,
    written,
)

__all__ = ["matching"]

MOST_TRIES = 60
LONGEST = 100_000
USUAL_GROWTH = 8
# What a person would type first: letters and digits, then signs, then what other scripts have.
PLAIN = string.ascii_letters + string.digits
SIGNS = "-_.,:;/@#+*=!?&%$'\"()[]{}<>|~^`\\ \t\n"
OTHERS = "éßñøλжкאबあ漢한€™½²٣Ⅳⅷǅʰˈ‿«»…°¬¶\u0301\u00a0\u2028\u3000\x00\x01\x7f\U0001f600"


def matching(pattern: CompiledPattern, rng: random.Random, low: int, high: int | None) -> Iterator[str]:
    """Texts of a length between `low` and `high` that the pattern is likely to match."""
    tree = pattern.tree
    least = shortest(tree)
    if least > LONGEST or low > LONGEST:
        return
    for attempt in range(MOST_TRIES):
        most = max(low, least) + (USUAL_GROWTH if attempt < MOST_TRIES // 2 else 4 * USUAL_GROWTH)
        wanted = rng.randint(max(low, least), most if high is None else max(least, low, min(high, most)))
        yield PatternString(rng, spare=wanted - least, greedy=attempt % 2 == 1).text(tree)


class PatternString:
    """One text in the making; `spare` is how many characters may be more than there must be."""

    def __init__(self, rng: random.Random, *, spare: int, greedy: bool) -> None:
        self.rng = rng
        self.spare = spare
        self.greedy = greedy
        self.groups: dict[int, str] = {}

    def text(self, node: RegexNode) -> str:  # noqa: PLR0911  # one for each kind of part
        """A text for a part of the expression; what only looks around adds nothing."""
        match node:
            case Characters():
                return self.rng.choice(members(node))
            case Sequence(parts):
                return "".join(self.text(part) for part in parts)
            case Alternation(options):
                return self.text(self.rng.choice(options))
            case Group(body, number):
                text = self.text(body)
                if number is not None:
                    self.groups[number] = text
                return text
            case BackReference(number):
                return self.groups.get(number, "")
            case Repeat(body, low, high):
                return "".join(self.text(body) for _ in range(self.count(body, low, high)))
        return ""

    def count(self, body: RegexNode, low: int, high: int | None) -> int:
        """How often a part is repeated."""
        most = self.spare // max(shortest(body), 1)
        if high is not None:
            most = min(most, high - low)
        more = most if self.greedy else self.rng.randint(0, most)
        self.spare -= more * max(shortest(body), 1)
        return low + more


@lru_cache(maxsize=4096)
def shortest(node: RegexNode) -> int:
    """How many characters the shortest text has."""
    match node:
        case Characters():
            return 1
        case Alternation(options):
            return min(shortest(option) for option in options)
        case Repeat(body, low):
            return low * shortest(body)
        case Sequence() | Group():
            return sum(shortest(part) for part in parts(node))
    return 0


@lru_cache(maxsize=4096)
def members(node: Characters) -> str:
    """Some characters of a set, plain ones where it has them."""
    is_member = compile_pattern(f"^{written(node, linear=True)}$").search
    for characters in (PLAIN, SIGNS, OTHERS):
        if kept := "".join(filter(is_member, characters)):
            return kept
    # Named classes hold a plain sign or another that was tried; what is left are ranges.
    bounds = [member for member in node.members if not isinstance(member, ClassEscape)]
    kept = "".join(
        filter(is_member, (chr(low + step) for low, high in bounds for step in range(min(high - low, 9) + 1)))
    )
    return kept or "?"
