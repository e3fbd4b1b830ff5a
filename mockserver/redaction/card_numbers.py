"""Finds card numbers in text.

The time is proportional to the length of the text, with a small factor: any client can put any text into the journal.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from urllib.parse import unquote

REDACTED: Final = "[redacted]"

_MIN_DIGITS, _MAX_DIGITS = 12, 19
# A run of more groups of digits is not meant to be read, and searching all of its groups would take too long.
_MAX_GROUPS: Final = 200
# The same applies to the groups of all runs in a text.
_MAX_TEXT_GROUPS: Final = 2000
# A run of this many characters is not even divided into groups.
_MAX_RUN: Final = 10_000

# The number ranges of card schemes (ISO/IEC 7812). Without them, one in five numbers of the right length would match.
_ISSUED: Final = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"
    r"|(?:5[1-5]|2[2-7])\d{14}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}"
    r"|35\d{14}"
    r"|(?:5[0678]|6\d)\d{10,17}",
    re.ASCII,
)
_FIRST_DIGITS: Final = frozenset("23456")
# Digits with separators, from the first digit to the last. The lookahead requires twelve digits; what follows it has no
# alternatives to try again.
_RUN: Final = re.compile(
    r"[0-9](?<![0-9][0-9])(?=(?:[ \u00a0+._/-]{0,4}+[0-9]){11})[0-9]*+(?:[ \u00a0+._/-]{1,4}+[0-9]++)*+"
)
# Every run has twelve digits without other bytes than these between them. Deleting single bytes of other characters
# does no harm: at worst, a search finds nothing.
_SEPARATORS: Final = " \u00a0+._/-".encode()
_SAME_DIGIT: Final = bytes.maketrans(b"123456789", b"000000000")
_TWELVE: Final = b"0" * _MIN_DIGITS
_GROUP: Final = re.compile(r"[0-9]+")
_UUID: Final = re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")

# A separate number of the length of a card number. It can be percent-encoded and can belong to no card scheme.
_LONG_NUMBER: Final = re.compile(
    r"""
      (?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))                         # not the digits of a UUID
      (?:[0-9]|%3[0-9])(?:(?:[ +-]|%20|%2[BbDd])?(?:[0-9]|%3[0-9])){11,18}(?![\w-])
    """,
    re.VERBOSE,
)
# Its longest match: 19 digits and the separators between them, each with three characters.
_LONGEST_NUMBER: Final = 3 * (2 * _MAX_DIGITS - 1)
# A search in more characters takes so long that other threads have to wait.
_WINDOW: Final = 65_536
_NO_DIGIT: Final = re.compile(r"[^0-9]")

# The digits of a number, doubled; the digits of a product are added.
_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")


def is_card_number(digits: str) -> bool:
    """Tell whether digits have the length and the check digit of a card number (ISO/IEC 7812, Luhn)."""
    if not (digits.isascii() and digits.isdigit() and _MIN_DIGITS <= len(digits) <= _MAX_DIGITS):
        return False
    code = digits.encode("ascii")
    return (sum(code[-1::-2]) + sum(code[-2::-2].translate(_DOUBLED)) - ord("0") * len(code)) % 10 == 0


def hide_issued_numbers(text: str, hide: Callable[[str], str]) -> str:
    """Return a text in which `hide` has replaced the card numbers, as they are written there.

    Only numbers of card schemes are replaced. One in ten other numbers has a valid check digit, too, for example one in
    ten times in milliseconds.
    """

    def hide_issued(number: str) -> str:
        return hide(number) if _ISSUED.fullmatch(_NO_DIGIT.sub("", unquote(number))) else number

    return without_card_numbers(text, hide_issued)


def may_have_card_numbers(text: str) -> bool:
    """Tell in a short time whether a text, which is not encoded in any way, can have card numbers."""
    return _TWELVE in text.encode("utf-8", "replace").translate(_SAME_DIGIT, _SEPARATORS)


def redacted(_: str) -> str:
    """Return the text that is shown instead of a secret. The argument, the secret, is ignored."""
    return REDACTED


def without_card_numbers(text: str, hide: Callable[[str], str] = redacted) -> str:
    """Replace every card number in a text, also one that is written in groups. The digits of a UUID are kept.

    `hide` returns what is shown instead of a number.
    """
    is_encoded = "%" in text
    if is_encoded:
        text = _without_separate_numbers(text, hide)
    # Five times as fast as the search for a run, and most texts have none.
    if not may_have_card_numbers(text):
        return text
    # Digits in a text without percent signs are all in runs, which are found faster.
    clear = _RunClearer(hide, of_any_scheme=not is_encoded).clear
    if "-" not in text:
        return _RUN.sub(clear, text)
    if _RUN.search(text) is None:
        return text
    # Every second part is a UUID.
    parts = _UUID.split(text)
    parts[::2] = [_RUN.sub(clear, part) for part in parts[::2]]
    return "".join(parts)


def _without_separate_numbers(text: str, hide: Callable[[str], str]) -> str:
    """The same as `_LONG_NUMBER.sub`. Between two windows of a long text, other threads run."""
    parts, end = [], 0
    for start in range(0, len(text), _WINDOW):
        window_end = start + _WINDOW
        for number in _LONG_NUMBER.finditer(text, max(start, end), window_end + _LONGEST_NUMBER + 1):
            if number.start() >= window_end:
                break
            parts += [text[end : number.start()], _cleared_number(number, hide)]
            end = number.end()
    return "".join([*parts, text[end:]]) if parts else text


def _cleared_number(number: re.Match[str], hide: Callable[[str], str]) -> str:
    return hide(number[0]) if is_card_number(_NO_DIGIT.sub("", unquote(number[0]))) else number[0]


class _RunClearer:
    """Replaces the card numbers in the runs of one text, with what `hide` returns for them.

    `of_any_scheme` also finds numbers of no card scheme.
    """

    def __init__(self, hide: Callable[[str], str], *, of_any_scheme: bool) -> None:
        self._hide = hide
        self._of_any_scheme = of_any_scheme
        self._groups_left = _MAX_TEXT_GROUPS

    def clear(self, run: re.Match[str]) -> str:
        """Replace the card numbers in a run of digits and separators."""
        text = run[0]
        if text.isdigit():
            # One group, as most long numbers are; longer than any card number, or with the digits of one.
            if len(text) > _MAX_DIGITS or not is_card_number(text):
                return text
            return self._hide(text) if _ISSUED.fullmatch(text) or self._stands_alone(run) else text
        if self._groups_left < 0 or len(text) > _MAX_RUN:
            return self._hide(text)
        groups = len(_GROUP.findall(text))
        self._groups_left -= groups
        if groups > _MAX_GROUPS or self._groups_left < 0:
            return self._hide(text)
        return _without_grouped_numbers(self._without_numbers_of_their_own(run), self._hide)

    def _stands_alone(self, run: re.Match[str]) -> bool:
        return self._of_any_scheme and _LONG_NUMBER.match(run.string, run.start()) is not None

    def _without_numbers_of_their_own(self, run: re.Match[str]) -> str:
        if not self._of_any_scheme:
            return run[0]
        # The characters on both sides decide whether the first and the last number stand alone.
        before, after = run.string[max(0, run.start() - 1) : run.start()], run.string[run.end() : run.end() + 1]
        text = _LONG_NUMBER.sub(partial(_cleared_number, hide=self._hide), f"{before}{run[0]}{after}")
        return text[len(before) : len(text) - len(after)]


def _without_grouped_numbers(run: str, hide: Callable[[str], str]) -> str:
    groups = list(_GROUP.finditer(run))
    parts, end, first = [], 0, 0
    while first < len(groups):
        last = _last_group(groups, first) if run[groups[first].start()] in _FIRST_DIGITS else None
        if last is None:
            first += 1
            continue
        parts += [run[end : groups[first].start()], hide(run[groups[first].start() : groups[last].end()])]
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
        if len(digits) >= _MIN_DIGITS and _ISSUED.fullmatch(digits) and is_card_number(digits):
            return index
    return None
