"""Finds the documented name that a client probably meant with a name that it has misspelled."""

import re
from collections.abc import Iterable
from typing import Final

MAX_LENGTH: Final = 60
"""Longer names are not compared."""

# The length of the longer name from which one edit is allowed, and from which two are.
ONE_EDIT: Final = 4
TWO_EDITS: Final = 8

_SEPARATORS: Final = re.compile(r"[\W_]+")
_REPEATED: Final = re.compile(r"(.)\1+")
_DIGITS: Final = re.compile(r"\d+")


def similar_names(name: str, documented: Iterable[str]) -> list[str]:
    """The documented names that are similar to a name, the most similar first."""
    if len(name) > MAX_LENGTH or not (folded := _folded(name)):
        return []
    ranked = [(rank, other) for other in documented if (rank := _difference(folded, other)) is not None]
    return [other for _, other in sorted(ranked, key=lambda each: each[0])]


def _difference(folded: str, other: str) -> int | None:
    """How much a folded name differs from another name; None if the two are not similar."""
    target = _folded(other)
    longer = max(len(folded), len(target))
    if abs(len(folded) - len(target)) > longer // 2 or longer > MAX_LENGTH:
        return None
    if folded == target:
        return 0
    # `line1` and `line2` are different names, not a misspelling.
    if longer < ONE_EDIT or _DIGITS.findall(folded) != _DIGITS.findall(target):
        return None
    if _REPEATED.sub(r"\1", folded) == _REPEATED.sub(r"\1", target) or _within(folded, target, 1):
        return 1
    return 2 if longer >= TWO_EDITS and _within(folded, target, 2) else None


def _folded(name: str) -> str:
    """The name in lower case, without the characters that separate words or enclose a name."""
    return _SEPARATORS.sub("", name).lower()


def _within(left: str, right: str, edits: int) -> bool:
    """Whether at most `edits` edits turn one name into the other. An edit adds, removes, replaces or swaps letters."""
    start, end = 0, min(len(left), len(right))
    if abs(len(left) - len(right)) > edits:
        return False
    while start < end and left[start] == right[start]:
        start += 1
    left, right = left[start:], right[start:]
    if not left or not right:
        return len(left) + len(right) <= edits
    if edits == 0:
        return False
    is_swapped = left[:2] == right[1::-1]
    return (
        _within(left[1:], right[1:], edits - 1)
        or _within(left[1:], right, edits - 1)
        or _within(left, right[1:], edits - 1)
        or (is_swapped and _within(left[2:], right[2:], edits - 1))
    )
