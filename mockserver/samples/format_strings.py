"""Texts of the formats that OpenAPI and JSON Schema know."""

from __future__ import annotations

import random
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator

from mockserver.samples.words import WORDS

__all__ = ["formatted", "is_format"]

Random = random.Random


def formatted(name: str, rng: Random, low: int) -> Iterator[str]:
    """Texts of a format, some at least `low` characters long; none for a format that is free."""
    if name in FIXED:
        yield FIXED[name](rng)
        if name == "time":
            # jsonschema reads it as draft 3 meant it.
            yield time(rng).removesuffix("Z")
    elif name in GROWING:
        yield GROWING[name](rng, 0)
        yield SHORT.get(name, "")
        for longer in range(4):
            yield GROWING[name](rng, low + longer)


def is_format(name: str) -> bool:
    """Whether the format asks for anything."""
    return name in FIXED or name in GROWING


def date(rng: Random) -> str:
    """A day of RFC 3339."""
    return f"20{rng.randint(20, 29)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def time(rng: Random) -> str:
    """A time of day of RFC 3339."""
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}Z"


def grown(rng: Random, length: int, separator: str) -> str:
    """Words, at least so many characters."""
    text = rng.choice(WORDS)
    while len(text) < length:
        text += separator + rng.choice(WORDS)
    return text


def email(rng: Random, length: int) -> str:
    """An address of RFC 5321, whose local part has at most 64 characters."""
    domain = "example.com"
    local = grown(rng, min(length - len(domain) - 1, 50), ".")
    missing = length - len(local) - 1 - len(domain)
    return f"{local}@{grown(rng, missing - 1, '.')}.{domain}" if missing > 0 else f"{local}@{domain}"


def hostname(rng: Random, length: int) -> str:
    """A name of RFC 1123 under the domain that is nobody's."""
    return f"{grown(rng, length - len('.example.com'), '.')}.example.com"


def uri(rng: Random, length: int) -> str:
    """An address of the web, under the domain that is nobody's."""
    start = "https://example.com/"
    return start + grown(rng, length - len(start), "/")


def path(rng: Random, length: int) -> str:
    """A relative reference, and a JSON pointer too."""
    return "/" + grown(rng, length - 1, "/")


def base64(rng: Random, length: int) -> str:
    """Words, in base64."""
    return b64encode(grown(rng, max(length * 3 // 4, 1), " ").encode()).decode()


FIXED: dict[str, Callable[[Random], str]] = {
    "date": date,
    "date-time": lambda rng: f"{date(rng)}T{time(rng)}",
    "duration": lambda rng: f"P{rng.randint(1, 28)}D",
    "ipv4": lambda rng: f"192.0.2.{rng.randint(1, 254)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randint(1, 0xFFFF):x}",
    "regex": lambda rng: f"^{rng.choice(WORDS)}$",
    "relative-json-pointer": lambda rng: f"{rng.randint(0, 3)}/{rng.choice(WORDS)}",
    "time": time,
    "uri-template": lambda rng: f"https://example.com/{rng.choice(WORDS)}/{{id}}",
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    # Numbers that are sent as texts, so that no client rounds them.
    "decimal": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(0, 99):02}",
    "double": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(1, 99):02}",
    "float": lambda rng: f"{rng.randint(1, 999)}.{rng.randint(1, 99):02}",
    "int32": lambda rng: str(rng.randint(1, 2**31 - 1)),
    "int64": lambda rng: str(rng.randint(1, 2**53)),
    "uint64": lambda rng: str(rng.randint(1, 2**53)),
}
GROWING: dict[str, Callable[[Random, int], str]] = {
    "binary": lambda rng, length: grown(rng, length, " "),
    "byte": base64,
    "email": email,
    "hostname": hostname,
    "idn-email": email,
    "idn-hostname": hostname,
    "iri": uri,
    "iri-reference": path,
    "json-pointer": path,
    "uri": uri,
    "uri-reference": path,
    "url": uri,
}
# For a `maxLength` that leaves little room.
SHORT = {
    "byte": "",
    "email": "a@b.co",
    "hostname": "a.co",
    "idn-email": "a@b.co",
    "idn-hostname": "a.co",
    "iri": "http://a",
    "iri-reference": "/a",
    "uri": "http://a",
    "uri-reference": "/a",
    "url": "http://a",
}
