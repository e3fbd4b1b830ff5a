"""Finds card numbers in text."""

import re
from collections.abc import Sequence
from typing import Final

REDACTED: Final = "[redacted]"

_MIN_DIGITS, _MAX_DIGITS = 12, 19
# A run of more groups of digits is not meant to be read, and searching all of its groups would take too long.
_MAX_GROUPS: Final = 200

# The number ranges of card schemes (ISO/IEC 7812). Without them, one in five numbers of the right length would match.
_ISSUED: Final = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"
    r"|(?:5[1-5]|2[2-7])\d{14}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}"
    r"|35\d{14}"
    r"|(?:5[0678]|6\d)\d{10,17}"
)
_RUN: Final = re.compile(r"\d(?:[ \u00a0+._/-]{0,4}\d){11,}")
_GROUP: Final = re.compile(r"\d+")
_UUID: Final = re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")


def is_card_number(digits: str) -> bool:
    """Tell whether digits have the length and the check digit of a card number (ISO/IEC 7812, Luhn)."""
    if not (digits.isascii() and digits.isdigit() and _MIN_DIGITS <= len(digits) <= _MAX_DIGITS):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(number - 9 * (number > 9) for number in doubled)) % 10 == 0


def without_card_numbers(text: str) -> str:
    """Replace every card number in a text, also one that is written in groups. The digits of a UUID are kept."""
    if _RUN.search(text) is None:
        return text
    # Every second part is a UUID.
    parts = _UUID.split(text)
    parts[::2] = [_RUN.sub(lambda run: _cleared(run[0]), part) for part in parts[::2]]
    return "".join(parts)


def _cleared(run: str) -> str:
    """Replace the card numbers in a run of digits and separators."""
    groups = list(_GROUP.finditer(run))
    if len(groups) > _MAX_GROUPS:
        return REDACTED
    parts, end, first = [], 0, 0
    while first < len(groups):
        last = _last_group(groups, first)
        if last is None:
            first += 1
            continue
        parts += [run[end : groups[first].start()], REDACTED]
        end, first = groups[last].end(), last + 1
    return "".join([*parts, run[end:]])


def _last_group(groups: Sequence[re.Match[str]], first: int) -> int | None:
    """Return the index of the last group of the card number that begins with the group `first`, if one does."""
    digits, separator = "", ""
    for index in range(first, len(groups)):
        between = groups[index].string[groups[index - 1].end() : groups[index].start()] if index > first else ""
        # A card number may mix spaces and hyphens. Other separators have to be the same throughout: dots, for example,
        # are those of IP addresses, which spaces only separate.
        between = between.strip(" \u00a0+-")
        if index > first + 1 and between != separator:
            break
        digits, separator = digits + groups[index][0], between
        if len(digits) > _MAX_DIGITS:
            break
        if _ISSUED.fullmatch(digits) and is_card_number(digits):
            return index
    return None
