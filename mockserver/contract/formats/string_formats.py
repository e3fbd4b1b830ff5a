"""The formats of strings: those of JSON Schema 2020-12, and those of OpenAPI's registry that have a grammar.

All versions of OpenAPI use the same formats: the registry (https://spec.openapis.org/registry/format/) also lists those
of JSON Schema. A format that is not listed here accepts every string, such as `password`, `binary` and `commonmark`.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Final

from mockserver.contract.formats.number_formats import is_in_range
from mockserver.contract.rust_validators import jsonschema_rs

JSON_SCHEMA_FORMATS: Final = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T10:00:00Z",
    "duration": "P1DT12H",
    "email": "name@example.com",
    "hostname": "www.example.com",
    "idn-email": "name@example.com",
    "idn-hostname": "www.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/",
    "iri-reference": "/path",
    "json-pointer": "/a/0",
    "regex": "^[a-z]+$",
    "relative-json-pointer": "1/a",
    "time": "10:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "/path",
    "uri-template": "/users/{id}",
    "uuid": "c40bea18-c0c9-44b1-bd0c-43f5283e1670",
}
"""An example of each format of JSON Schema 2020-12. jsonschema-rs checks these formats."""

_SHORT_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
_DAY_OF_MONTH = "(?:0[1-9]|[12][0-9]|3[01])"
# RFC 9110, section 5.6.7: the format that is sent, and two that are obsolete.
_HTTP_DATE = (
    f"{_SHORT_DAY}, {_DAY_OF_MONTH} {_MONTH} [0-9]{{4}} {_CLOCK} GMT"
    f"|{_LONG_DAY}, {_DAY_OF_MONTH}-{_MONTH}-[0-9]{{2}} {_CLOCK} GMT"
    f"|{_SHORT_DAY} {_MONTH} (?: [1-9]|{_DAY_OF_MONTH}) {_CLOCK} [0-9]{{4}}"
)
_BASE64 = "(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_BASE64URL = "(?:[A-Za-z0-9_-]{4})*+(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?"

_WORD = "[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
# RFC 9110, section 12.5.1: a type and a subtype, each of which may be `*`, and parameters.
_MEDIA_RANGE = rf"{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|{_QUOTED}))*+"

# For each format of the registry an example and its grammar.
GRAMMARS: Final = {
    "base64url": ("YWI_", _BASE64URL),
    "byte": ("YWJj", _BASE64),
    "char": ("a", r"[\s\S]"),
    "decimal": ("12.50", "-?[0-9]++(?:\\.[0-9]++)?"),
    "http-date": ("Wed, 31 Jan 2024 10:00:00 GMT", _HTTP_DATE),
    "int64": ("42", "-?[0-9]{1,20}"),
    "media-range": ("text/*", _MEDIA_RANGE),
    "sf-binary": (":YWJj:", f":{_BASE64}:"),
    "sf-boolean": ("?1", r"\?[01]"),
    "sf-string": ('"text"', r'"(?:[ !#-\[\]-~]|\\["\\])*+"'),
    "sf-token": ("text/html", r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*+"),
    "uint64": ("42", "[0-9]{1,20}"),
}
# These are the formats of RFC 3339 without an offset.
LOCAL: Final = {"date-time-local": ("2024-01-31T10:00:00", "date-time"), "time-local": ("10:00:00", "time")}

EXAMPLES: Final = {
    **JSON_SCHEMA_FORMATS,
    **{name: example for name, (example, _) in (*GRAMMARS.items(), *LOCAL.items())},
}
"""An example of each format that restricts strings."""


def string_check(name: str) -> Callable[[str], bool]:
    """A function that tells whether a string has the format."""
    if name in JSON_SCHEMA_FORMATS:
        return partial(_is_valid, name)
    if name in LOCAL:
        return partial(_is_local, LOCAL[name][1])
    if name in GRAMMARS:
        return partial(_has_grammar, name)
    return _accept


def has_format(name: str, value: object) -> bool:
    """Whether a value has a format. A format of strings accepts all other values, and a format of integers too."""
    return string_check(name)(value) if isinstance(value, str) else is_in_range(name, value)


def _accept(_: str) -> bool:
    return True


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)


def _is_valid(name: str, text: str) -> bool:
    try:
        return _validator(name).is_valid(text)
    except UnicodeEncodeError:
        # A lone surrogate, which no format allows.
        return False


def _is_local(name: str, text: str) -> bool:
    # The offset of a leap second is unknown, so every minute may have one.
    return text[-1:].isdigit() and _is_valid(name, re.sub(r":60(?=$|\.)", ":59", text) + "Z")


@cache
def _grammar(name: str) -> re.Pattern[str]:
    return re.compile(GRAMMARS[name][1])


def _has_grammar(name: str, text: str) -> bool:
    if _grammar(name).fullmatch(text) is None:
        return False
    return name not in {"int64", "uint64"} or is_in_range(name, int(text))
