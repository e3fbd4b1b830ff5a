"""Takes secrets out of texts that people will read: logs, journal, errors, pages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, unquote_plus

from mockserver.redaction.card_numbers import without_card_numbers

__all__ = [
    "REDACTED",
    "echoed",
    "is_secret_name",
    "redact",
    "redact_body",
    "redact_path",
    "redact_query",
    "redact_value",
]

REDACTED = "[redacted]"

# The shortest card numbers have this many (ISO/IEC 7812).
_FEWEST_DIGITS = 8
_LONGEST_NAME = 100

# Any contract may keep its credentials under a name of its own, such as X-Api-Key or access_token.
_SECRET_NAME = re.compile(
    r"(?<!www-)auth(?!or)|cookie|credential|(?<!idempotency-)key|passw|secret|session|token", re.IGNORECASE
)

_MARKED = re.compile(
    r"""
      (?P<client>(?:_|%5[Ff])secret(?:_|%5[Ff]))[A-Za-z0-9]+      # the second half of a Stripe client secret
    | (?P<key>\bapi_key_|\b[sr]k_(?:test|live)_)[A-Za-z0-9_-]+   # Wingback's keys, Stripe's secret keys
    | (?P<field>(?:cvc|iban|card(?:\]|%5[Dd])?(?:\[|%5[Bb])number)(?:\]|%5[Dd])?=)[^&\s]+    # of a form, percent-encoded or not
    | (?P<member>"(?:cvc|iban)"\s*:\s*")[^"]+                           # of JSON
    """,
    re.VERBOSE,
)
_NUMBERS = re.compile(
    r"""
      (?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))                       # card numbers; not the digits of a UUID
      (?:\d|%3\d)(?:(?:[ +-]|%20|%2[BbDd])?(?:\d|%3\d)){12,18}(?![\w-])
    """,
    re.VERBOSE,
)

_SPACE = re.compile(r"\s")
# Of letters, digits and signs that could stand there as they are.
_NEEDLESS_ESCAPE = re.compile(r"\\u00((?!22|5[Cc])[2-7][0-9A-Fa-f])")

# What the one and the other have in them. Most texts have none of this, and to see that takes a tenth of the time.
_MARKS = ("secret", "k_test_", "k_live_", "api_key_", "cvc", "iban", "number")
_MANY_DIGITS = re.compile(r"[0-9](?:[ +._/-]{0,4}[0-9]){11}|%")


def redact(text: str) -> str:
    """The text without client secrets, API keys, and the numbers and codes of cards and accounts."""
    is_plain = text.isascii()
    if not is_plain or _has_mark(text.lower()):
        text = _MARKED.sub(lambda match: f"{match[match.lastgroup or 0]}{REDACTED}", text)
    if not is_plain or _MANY_DIGITS.search(text):
        text = without_card_numbers(_NUMBERS.sub(REDACTED, text), instead=REDACTED)
    return text


def _has_mark(lowered: str) -> bool:
    for mark in _MARKS:  # noqa: SIM110  # twice as fast as `any`, and this runs for every line of the log
        if mark in lowered:
            return True
    return False


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether a header, cookie or query parameter of this name may hold a credential, and is not to be shown."""
    return _SECRET_NAME.search(name) is not None


def redact_path(path: str) -> str:
    """A path as it was sent; decoded where its encoding would hide a secret."""
    return _redacted(path, unquote(path) if "%" in path else path)


def redact_body(body: bytes) -> str:
    """A body as it was sent; decoded where the encoding of a form, or the escapes of JSON, would hide a secret."""
    text = body.decode("utf-8", "replace")
    return _redacted(text, _decoded(text))


def _decoded(text: str) -> str:
    """What a form, or JSON, is to whoever reads it."""
    if text.lstrip()[:1] in {"{", "["}:
        return _NEEDLESS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text) if "\\u00" in text else text
    return unquote_plus(text) if "=" in text and not _SPACE.search(text) else text


def _redacted(text: str, plain: str) -> str:
    """A text as it was sent; as it was meant, where that has a secret in it."""
    if plain != text:
        veiled = redact(plain)
        if veiled != plain:
            return veiled
    return redact(text)


def redact_value(value: Any) -> Any:
    """A JSON value without secrets in its texts, at any depth."""
    if isinstance(value, dict):
        return {name: redact_value(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(redact_value, value))
    return redact(value) if isinstance(value, str) else value


def redact_query(query: str) -> str:
    """A query as it was sent, without the values of what may be a credential."""
    if not query:
        return query
    return "&".join(map(_redact_pair, query.split("&")))


def _redact_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    plain = unquote_plus(value)
    hidden = is_secret_name(unquote_plus(name)) or redact(plain) != plain
    return f"{name}={REDACTED}" if equals and hidden else redact(pair)


def echoed(name: str) -> str:
    """A name that a client sent, to be said back to it: not too long, and nothing that could be the number of a card."""
    digits = sum(each.isdigit() for each in name)
    return REDACTED if digits >= _FEWEST_DIGITS and 2 * digits > len(name) else redact(name[:_LONGEST_NAME])
