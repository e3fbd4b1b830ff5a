"""Makes strings of the formats that OpenAPI and JSON Schema know."""

import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from mockserver.samples.words import WORDS

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_strings(name: str, rng: Random, low: int) -> Iterator[str]:
    """Strings of a format, some with at least `low` characters; none for a format that allows any string."""
    if name in FIXED:
        yield FIXED[name](rng)
    elif name in GROWING:
        make, short = GROWING[name]
        yield make(rng, 0)
        yield short
        for longer in range(4):
            yield make(rng, low + longer)


def format_maker(name: str) -> Callable[[Random], str]:
    """A function that makes the first of the strings that `format_strings` makes for a format."""
    if name in FIXED:
        return FIXED[name]
    make, _ = GROWING[name]
    return lambda rng: make(rng, 0)


def is_format(name: str) -> bool:
    """Whether the format restricts a string."""
    return name in FIXED or name in GROWING


def _date(rng: Random) -> str:
    return f"20{rng.randint(20, 29)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _time(rng: Random) -> str:
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}Z"


def _joined_words(rng: Random, length: int, separator: str) -> str:
    """Words with at least `length` characters together."""
    text = rng.choice(WORDS)
    while len(text) < length:
        text += separator + rng.choice(WORDS)
    return text


def _email(rng: Random, length: int) -> str:
    """An email address, whose local part has at most 64 characters (RFC 5321)."""
    domain = "example.com"
    local = _joined_words(rng, min(length - len(domain) - 1, 50), ".")
    missing = length - len(local) - 1 - len(domain)
    return f"{local}@{_joined_words(rng, missing - 1, '.')}.{domain}" if missing > 0 else f"{local}@{domain}"


def _hostname(rng: Random, length: int) -> str:
    """A host name under the reserved domain example.com (RFC 1123, RFC 2606)."""
    return f"{_joined_words(rng, length - len('.example.com'), '.')}.example.com"


def _uri(rng: Random, length: int) -> str:
    start = "https://example.com/"
    return start + _joined_words(rng, length - len(start), "/")


def _path(rng: Random, length: int) -> str:
    return "/" + _joined_words(rng, length - 1, "/")


def _base64(rng: Random, length: int) -> str:
    return b64encode(_joined_words(rng, max(length * 3 // 4, 1), " ").encode()).decode()


def _base64url(rng: Random, length: int) -> str:
    return _base64(rng, length).translate(str.maketrans("+/", "-_"))


def _http_date(rng: Random) -> str:
    # Not by strftime, whose names depend on the locale.
    day = date.fromisoformat(_date(rng))
    clock = _time(rng).removesuffix("Z")
    return f"{DAYS[day.weekday()]}, {day.day:02} {MONTHS[day.month - 1]} {day.year} {clock} GMT"


FIXED: dict[str, Callable[[Random], str]] = {
    "date": _date,
    "date-time": lambda rng: f"{_date(rng)}T{_time(rng)}",
    "date-time-local": lambda rng: f"{_date(rng)}T{_time(rng)}".removesuffix("Z"),
    "duration": lambda rng: f"P{rng.randint(1, 28)}D",
    "ipv4": lambda rng: f"192.0.2.{rng.randint(1, 254)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randint(1, 0xFFFF):x}",
    "regex": lambda rng: f"^{rng.choice(WORDS)}$",
    "relative-json-pointer": lambda rng: f"{rng.randint(0, 3)}/{rng.choice(WORDS)}",
    "time": _time,
    "time-local": lambda rng: _time(rng).removesuffix("Z"),
    "char": lambda rng: rng.choice(WORDS)[0],
    "http-date": _http_date,
    "sf-boolean": lambda rng: f"?{rng.randint(0, 1)}",
    "uri-template": lambda rng: f"https://example.com/{rng.choice(WORDS)}/{{id}}",
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    # Numbers that are sent as strings, so that no client rounds them.
    "decimal": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(0, 99):02}",
    "double": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(1, 99):02}",
    "float": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(1, 99):02}",
    "int32": lambda rng: str(rng.randint(1, 2**31 - 1)),
    "int64": lambda rng: str(rng.randint(1, 2**53)),
    "uint64": lambda rng: str(rng.randint(1, 2**53)),
}
# Maps a format to a function that makes a string of about a given length, and a string for a small `maxLength`.
GROWING: dict[str, tuple[Callable[[Random, int], str], str]] = {
    "base64url": (_base64url, ""),
    "binary": (lambda rng, length: _joined_words(rng, length, " "), ""),
    "byte": (_base64, ""),
    "email": (_email, "a@b.co"),
    "hostname": (_hostname, "a.co"),
    "idn-email": (_email, "a@b.co"),
    "idn-hostname": (_hostname, "a.co"),
    "iri": (_uri, "http://a"),
    "iri-reference": (_path, "/a"),
    "json-pointer": (_path, ""),
    "media-range": (lambda rng, length: f"text/{_joined_words(rng, length - 5, '-')}", "*/*"),
    "sf-binary": (lambda rng, length: f":{_base64(rng, length - 2)}:", "::"),
    "sf-string": (lambda rng, length: f'"{_joined_words(rng, length - 2, " ")}"', '""'),
    "sf-token": (lambda rng, length: _joined_words(rng, length, "-"), "a"),
    "uri": (_uri, "http://a"),
    "uri-reference": (_path, "/a"),
    "url": (_uri, "http://a"),
}
