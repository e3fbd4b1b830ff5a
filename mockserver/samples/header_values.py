"""Values for reply headers that HTTP defines, which have a grammar: a date, a URL, a validator of a cache."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from mockserver.samples.words import WORDS


def header_values(name: str, rng: random.Random) -> Iterator[Any]:
    """Values for a header, the best one first; none if HTTP does not define the header."""
    value = _VALUES.get(name.lower())
    if value is not None:
        yield from value(rng)


def _always(*values: Any) -> Callable[[random.Random], tuple[Any, ...]]:
    return lambda _: values


def _date(rng: random.Random) -> tuple[str, ...]:
    # The format of RFC 9110, section 5.6.7. Some documents want that of RFC 3339.
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(86400 * 365))
    return (format_datetime(moment, usegmt=True), f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def _url(rng: random.Random) -> tuple[str, ...]:
    # A path first: a client that follows it stays at the mock.
    path = f"/{rng.choice(WORDS)}/{rng.randrange(1, 1000)}"
    return (path, f"https://example.com{path}")


def _etag(rng: random.Random) -> tuple[str, ...]:
    text = f"{rng.getrandbits(64):016x}"
    return (f'"{text}"', text)


def _cookie(rng: random.Random) -> tuple[str, ...]:
    return (f"session={rng.getrandbits(64):016x}; Path=/; HttpOnly",)


_VALUES: Final[dict[str, Callable[[random.Random], tuple[Any, ...]]]] = {
    "accept-patch": _always("application/json"),
    "accept-post": _always("application/json"),
    "accept-ranges": _always("none"),
    "age": _always(0, "0"),
    "allow": _always("GET, HEAD"),
    "alt-svc": _always("clear"),
    "cache-control": _always("no-store"),
    "content-disposition": _always('attachment; filename="example"'),
    "content-language": _always("en"),
    "content-location": _url,
    "content-range": _always("bytes 0-0/1"),
    "content-security-policy": _always("default-src 'self'"),
    "etag": _etag,
    "expires": _date,
    "last-modified": _date,
    # Not `next`: a client that follows it would read pages forever.
    "link": _always('</>; rel="self"'),
    "location": _url,
    "pragma": _always("no-cache"),
    "proxy-authenticate": _always("Basic"),
    "referrer-policy": _always("no-referrer"),
    "retry-after": _always(1, "1"),
    "set-cookie": _cookie,
    "strict-transport-security": _always("max-age=0"),
    "www-authenticate": _always("Bearer", "Basic"),
    "x-content-type-options": _always("nosniff"),
    "x-frame-options": _always("DENY"),
}
