"""The values of scalars without quotes, and the scalars that YAML readers disagree about."""

import math
import re
from typing import Final

_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START: Final = frozenset("-0123456789")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")

# Python does not convert a longer text to an integer (sys.int_info.default_max_str_digits).
_MAX_DIGITS: Final = 4300

# The first row that matches names the other reading: that of YAML 1.1, as PyYAML and others implement it, or that of
# the core schema of YAML 1.2. In YAML 1.1, y and n are truth values too, but no reader implements this.
_OTHER_READINGS: Final = tuple(
    (re.compile(pattern, re.VERBOSE), read_as)
    for pattern, read_as in (
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
_AMBIGUOUS_START: Final = frozenset("yYnNoO0123456789-+.<=")


def scalar_value(text: str) -> str | int | float | bool | None:
    """Return the value of a scalar without quotes, as in JSON: `no`, `012`, `0x1f` and dates are text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_START:
        return text
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > _MAX_DIGITS:
        return text
    if number.lastindex is None:
        return int(text)
    value = float(text)
    # 61e5634 is the start of a commit's hash, and not a number beyond a double.
    return value if math.isfinite(value) else text


def other_reading(text: str) -> str | None:
    """Return what a YAML reader takes a text without quotes for, or None if every reader takes it for text."""
    value = scalar_value(text)
    if not isinstance(value, str):
        return "null" if value is None else "a truth value" if isinstance(value, bool) else "a number"
    if text[0] in _AMBIGUOUS_START:
        for pattern, read_as in _OTHER_READINGS:
            if pattern.fullmatch(text):
                return read_as
    return None
