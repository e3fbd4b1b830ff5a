"""Card numbers in texts: what can be one, and a text without any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["is_card_number", "without_card_numbers"]

_SHORTEST, _LONGEST = 12, 19

# The ranges that card schemes have (ISO/IEC 7812): one in five numbers of the right length would do.
_ISSUED: Final = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"
    r"|(?:5[1-5]|2[2-7])\d{14}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}"
    r"|35\d{14}"
    r"|(?:5[0678]|6\d)\d{10,17}"
)
_RUN: Final = re.compile(r"\d(?:[ \u00a0+._/-]{0,4}\d){11,}")
# Nobody writes so many groups to be read, and to look through them all would take long.
_MOST_GROUPS: Final = 200
_GROUP: Final = re.compile(r"\d+")
_UUID: Final = re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")


def is_card_number(digits: str) -> bool:
    """Whether digits can be the number of a card: their length, and the check digit of ISO/IEC 7812 (Luhn)."""
    if not (digits.isascii() and digits.isdigit() and _SHORTEST <= len(digits) <= _LONGEST):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (
        sum(int(digit) for digit in digits[-1::-2]) + sum(number - 9 * (number > 9) for number in doubled)
    ) % 10 == 0


def without_card_numbers(text: str, *, instead: str) -> str:
    """The text with something else in the place of each card number, in groups or not; a UUID has none."""
    if _RUN.search(text) is None:
        return text
    # Every second part is a UUID.
    parts = _UUID.split(text)
    parts[::2] = [_RUN.sub(lambda run: _cleared(run[0], instead), part) for part in parts[::2]]
    return "".join(parts)


def _cleared(run: str, instead: str) -> str:
    """A run of digits and separators without the groups that make a number together."""
    groups = list(_GROUP.finditer(run))
    if len(groups) > _MOST_GROUPS:
        return instead
    kept, done, first = [], 0, 0
    while first < len(groups):
        last = _number_from(groups, first)
        if last is None:
            first += 1
            continue
        kept += [run[done : groups[first].start()], instead]
        done, first = groups[last].end(), last + 1
    return "".join([*kept, run[done:]])


def _number_from(groups: Sequence[re.Match[str]], first: int) -> int | None:
    """The place of the last group of a number that begins with this one; None if none begins there."""
    digits, between = "", ""
    for place in range(first, len(groups)):
        here = groups[place].string[groups[place - 1].end() : groups[place].start()] if place > first else ""
        # Spaces and hyphens are as good as each other; but numbers with dots are addresses of machines, say, and spaces
        # only part them.
        here = here.strip(" \u00a0+-")
        if place > first + 1 and here != between:
            break
        digits, between = digits + groups[place][0], here
        if len(digits) > _LONGEST:
            break
        if _ISSUED.fullmatch(digits) and is_card_number(digits):
            return place
    return None
