"""What a scalar without quotes means, and which of them readers of YAML disagree about."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["AmbiguousScalar", "meaning", "other_reading"]

_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START: Final = frozenset("-0123456789")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")

# Python converts no more digits than this to an integer (sys.int_info.default_max_str_digits).
_MOST_DIGITS: Final = 4300

# The first row that fits says what some reader makes of it: YAML 1.1 as PyYAML and others resolve it, or the
# core schema of YAML 1.2. That 1.1 has y and n for truth values is left out, for the readers left it out too.
_BENDS: Final = tuple(
    (re.compile(pattern, re.VERBOSE), taken_for)
    for pattern, taken_for in (
        (r"[yY]es | YES | [oO]n | ON", "the truth value true"),
        (r"[nN]o | NO | [oO]ff | OFF", "the truth value false"),
        (r"[-+]? 0b [01_]+", "a binary number"),
        (r"[-+]? 0o? [0-7_]+", "an octal number"),
        (r"[-+]? 0x [0-9a-fA-F_]+", "a hexadecimal number"),
        (r"[-+]? [0-9] [0-9_]* (?: : [0-5]? [0-9] )+ (?: \. [0-9_]* )?", "a number to the base of 60"),
        (r"[0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: [Tt\ \t] .* )?", "a date"),
        (r"[-+]? \. (?: inf | Inf | INF ) | \. (?: nan | NaN | NAN )", "a number that JSON does not have"),
        (r"[-+]? (?: \. [0-9] | [0-9] ) [0-9_]* (?: \. [0-9_]* )? (?: [eE] [-+]? [0-9]+ )?", "a number"),
        (r"<<", "the merge of another mapping"),
        (r"=", "a default value"),
    )
)
_BENDABLE_START: Final = frozenset("yYnNoO0123456789-+.<=")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousScalar:
    """A scalar without quotes that is text here and something else elsewhere.

    `path` leads to it from the root of the document; `key` says that it is the last key of the path itself.
    """

    path: tuple[str | int, ...]
    key: bool
    line: int
    column: int
    text: str
    taken_for: str


def meaning(text: str) -> str | int | float | bool | None:
    """The value of a scalar without quotes, as JSON has it: `no`, `012`, `0x1f` and dates are text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_START:
        return text
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > _MOST_DIGITS:
        return text
    if number.lastindex is None:
        return int(text)
    value = float(text)
    # The start of a commit's hash, 61e5634, is a number without an end; nobody means that one.
    return value if math.isfinite(value) else text


def other_reading(text: str) -> str | None:
    """What this or another reader of YAML takes a text for if it stands without quotes; None if all read text."""
    value = meaning(text)
    if not isinstance(value, str):
        return "null" if value is None else "a truth value" if isinstance(value, bool) else "a number"
    if text[0] in _BENDABLE_START:
        for pattern, taken_for in _BENDS:
            if pattern.fullmatch(text):
                return taken_for
    return None
