"""Removes secrets from text that people read: logs, the journal, errors and pages."""

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from mockserver.redaction.card_numbers import REDACTED, without_card_numbers

_MAX_NAME: Final = 100

# A contract may give its credentials any name, such as X-Api-Key or access_token.
_SECRET_NAME: Final = re.compile(
    r"(?<!www-)auth(?!or(?!i[sz]))|cookie|credential|(?<!idempotency-)key|passw|secret|session|token", re.IGNORECASE
)
_SECRET: Final = re.compile(
    r"""
      (?P<client>(?:_|%5[Ff])secret(?:_|%5[Ff]))[A-Za-z0-9]+      # the second half of a Stripe client secret
    | (?P<key>\bapi_key_|\b[sr]k_(?:test|live)_)[A-Za-z0-9_-]+    # Wingback's API keys, Stripe's secret keys
    | (?P<field>(?:cvc|iban|card(?:\]|%5[Dd])?(?:\[|%5[Bb])number)(?:\]|%5[Dd])?=)[^&\s]+    # in a form, encoded or not
    | (?P<member>"(?:cvc|iban)"\s*:\s*")[^"]+                     # in JSON
    """,
    re.VERBOSE,
)
# Every match of the pattern above contains one of these. Most texts contain none, which is ten times faster to see.
_HINTS: Final = ("secret", "k_test_", "k_live_", "api_key_", "cvc", "iban", "number")

_SPACE: Final = re.compile(r"\s")
# The escapes of printable ASCII characters, except those that JSON requires.
_NEEDLESS_ESCAPE: Final = re.compile(r"\\u00((?!22|5[Cc])[2-7][0-9A-Fa-f])")


def redact(text: str) -> str:
    """Return the text without client secrets, API keys, and the numbers and codes of cards and accounts."""
    if not text.isascii() or _has_hint(text.lower()):
        text = _SECRET.sub(lambda match: f"{match[match.lastgroup or 0]}{REDACTED}", text)
    return without_card_numbers(text)


def _has_hint(lowered: str) -> bool:
    for hint in _HINTS:  # noqa: SIM110  # twice as fast as `any`, and this runs for every line of the log
        if hint in lowered:
            return True
    return False


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Tell whether a header, cookie or query parameter of this name may hold a credential."""
    return _SECRET_NAME.search(name) is not None


def redact_path(path: str) -> str:
    """Return a path without secrets: as it was sent, or decoded if the encoding hides a secret."""
    return _redact_encoded(path, unquote(path) if "%" in path else path)


def redact_body(body: bytes) -> str:
    """Return a body without secrets: as it was sent, or decoded if the escapes of a form or of JSON hide a secret."""
    text = body.decode("utf-8", "replace")
    decoded = text
    if text.lstrip()[:1] in {"{", "["}:
        if "\\u00" in text:
            decoded = _NEEDLESS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    elif "=" in text and not _SPACE.search(text):
        decoded = unquote_plus(text)
    return _redact_encoded(text, decoded)


def _redact_encoded(text: str, decoded: str) -> str:
    if decoded != text:
        redacted = redact(decoded)
        if redacted != decoded:
            return redacted
    return redact(text)


def redact_value(value: Any) -> Any:
    """Return a JSON value without secrets in its texts, at any depth."""
    if isinstance(value, dict):
        return {name: redact_value(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(redact_value, value))
    return redact(value) if isinstance(value, str) else value


def redact_query(query: str) -> str:
    """Return a query without secrets and without the values of parameters that may hold a credential."""
    return "&".join(map(_redact_pair, query.split("&"))) if query else query


def _redact_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    plain = unquote_plus(value)
    is_secret = is_secret_name(unquote_plus(name)) or redact(plain) != plain
    return f"{name}={REDACTED}" if equals and is_secret else redact(pair)


def redact_name(name: str) -> str:
    """Return a name that a client sent, to repeat it in a reply: shortened and without secrets."""
    # A card number that is cut in two is no longer recognized.
    return redact(name[: 2 * _MAX_NAME])[:_MAX_NAME]


def printable(text: str) -> str:
    """Return the text in one line, with spaces instead of control characters, for a terminal."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
