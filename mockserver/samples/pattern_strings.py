"""Makes strings that a regular expression is likely to match. The caller has to check them."""

import random
import string
from collections.abc import Iterator
from functools import lru_cache

from mockserver.contract.patterns import regex_tree as tree
from mockserver.contract.patterns.compiled_pattern import CompiledPattern, compile_pattern

MAX_TRIES = 60
MAX_LENGTH = 100_000
USUAL_EXTRA_LENGTH = 8
# In the order of preference: letters and digits, then ASCII signs, then characters of other scripts.
PLAIN = string.ascii_letters + string.digits
SIGNS = "-_.,:;/@#+*=!?&%$'\"()[]{}<>|~^`\\ \t\n"
OTHERS = "éßñøλжкאبあ漢한€™½²٣Ⅳⅷǅʰˈ‿«»…°¬¶\u0301\u00a0\u2028\u3000\x00\x01\x7f\U0001f600"


def matching_strings(pattern: CompiledPattern, rng: random.Random, low: int, high: int | None) -> Iterator[str]:
    """Strings that the pattern is likely to match, with lengths between `low` and `high` where possible."""
    least = shortest(pattern.tree)
    start = max(low, least)
    if start > MAX_LENGTH:
        return
    for attempt in range(MAX_TRIES):
        end = start + (USUAL_EXTRA_LENGTH if attempt < MAX_TRIES // 2 else 4 * USUAL_EXTRA_LENGTH)
        length = rng.randint(start, end if high is None else max(start, min(high, end)))
        yield MatchingString(rng, extra=length - least, greedy=attempt % 2 == 1).text(pattern.tree)


class MatchingString:
    """Makes one string. `extra` is how many characters it may have beyond the shortest match.

    With `greedy` the first repeat takes all the extra characters that it can.
    """

    def __init__(self, rng: random.Random, *, extra: int, greedy: bool) -> None:
        self.rng = rng
        self.extra = extra
        self.greedy = greedy
        self.groups: dict[int, str] = {}

    def text(self, node: tree.RegexNode) -> str:  # noqa: PLR0911  # one return for each kind of node
        """The text for a node; a node that matches no characters has an empty text."""
        match node:
            case tree.Characters():
                return self.rng.choice(members(node))
            case tree.Sequence(parts):
                return "".join(self.text(part) for part in parts)
            case tree.Alternation(options):
                return self.text(self.rng.choice(options))
            case tree.Group(body, number):
                text = self.text(body)
                if number is not None:
                    self.groups[number] = text
                return text
            case tree.BackReference(number):
                return self.groups.get(number, "")
            case tree.Repeat(body, low, high):
                return "".join(self.text(body) for _ in range(self.count(body, low, high)))
        return ""

    def count(self, body: tree.RegexNode, low: int, high: int | None) -> int:
        """How often a node is repeated."""
        length = max(shortest(body), 1)
        most = self.extra // length
        if high is not None:
            most = min(most, high - low)
        more = most if self.greedy else self.rng.randint(0, most)
        self.extra -= more * length
        return low + more


@lru_cache(maxsize=4096)
def shortest(node: tree.RegexNode) -> int:
    """The length of the shortest text that a node matches."""
    match node:
        case tree.Characters():
            return 1
        case tree.Alternation(options):
            return min(shortest(option) for option in options)
        case tree.Repeat(body, low):
            return low * shortest(body)
        case tree.Sequence() | tree.Group():
            return sum(shortest(part) for part in tree.parts(node))
    return 0


@lru_cache(maxsize=4096)
def members(node: tree.Characters) -> str:
    """Some characters of a class, plain ones if it has any."""
    is_member = compile_pattern(f"^{tree.as_text(node, linear=True)}$").search
    # Every named class contains one of the characters listed above. Other classes have ranges.
    ranges = [member for member in node.members if not isinstance(member, tree.ClassEscape)]
    from_ranges = "".join(chr(low + step) for low, high in ranges for step in range(min(high - low, 9) + 1))
    for characters in (PLAIN, SIGNS, OTHERS, from_ranges):
        if found := "".join(filter(is_member, characters)):
            return found
    return "?"
