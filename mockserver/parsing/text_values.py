"""Reads booleans, numbers and lists that are sent as text: in paths, queries, headers, cookies and forms.

Booleans and numbers are written as in JSON (RFC 8259): `true` and `false`, and numbers without spaces, plus sign or
leading zeros.
"""

import math
import re
from typing import Final

# Longer integers are not converted (sys.int_info.default_max_str_digits).
MAX_DIGITS: Final = 4300
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?P<float>(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)")
BOOLEANS: Final = {"true": True, "false": False}


def read_boolean(text: str) -> bool | None:
    """The boolean in a text, or None."""
    return BOOLEANS.get(text)


def read_number(text: str) -> int | float | None:
    """The number in a text, or None. It is an `int` if the text has neither a fraction nor an exponent.

    A number beyond the range of a double, such as `1e400`, is not read: no JSON reader of the mock accepts it either.
    """
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    if not found["float"]:
        return int(text) if len(text) <= MAX_DIGITS else None
    number = float(text)
    return number if math.isfinite(number) else None


def read_integer(text: str, *, is_31: bool) -> int | float | None:
    """The integer in a text, or None.

    `5.0` and `1e2` are integers in OpenAPI 3.1, which uses JSON Schema 2020-12: an integer is any number without a
    fractional part. In OpenAPI 3.0 they are not: an integer is written without fraction and exponent.
    """
    number = read_number(text)
    if isinstance(number, float) and not (is_31 and number.is_integer()):
        return None
    return number


def list_elements(text: str) -> list[str]:
    """The elements of a list in a header: without the spaces around them, and without empty ones (RFC 9110, 5.6.1)."""
    return [element for part in text.split(",") if (element := part.strip(" \t"))]
