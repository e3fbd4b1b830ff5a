"""Removes secrets from text that people read: logs, the journal, errors and pages."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from mockserver.redaction.card_numbers import REDACTED, without_card_numbers
from mockserver.redaction.session_tokens import with_short_tokens

_MAX_NAME: Final = 100

_SECRET: Final = re.compile(
    r"""
      (?P<client>(?:_|%5[Ff])secret(?:_|%5[Ff]))[A-Za-z0-9]+      # the second half of a Stripe client secret
    | (?P<key>\bapi_key_|\b[sr]k_(?:test|live)_)[A-Za-z0-9_-]+    # Wingback's API keys, Stripe's secret keys
    | (?P<field>(?:cvc|iban|card(?:\]|%5[Dd])?(?:\[|%5[Bb])number)(?:\]|%5[Dd])?=)[^&\s]+    # in a form, encoded or not
    | (?P<member>"(?:cvc|iban)"\s*:\s*")[^"]+                     # in JSON
    | (?P<scheme>:(?:\\?/){2})[^\s/?\#"'<>\\]*@                # the user and password of a URL (RFC 3986, 3.2.1)
    """,
    re.VERBOSE,
)
# Every match of the pattern above contains one of these. Most texts contain none, which is ten times faster to see.
_HINTS: Final = ("secret", "k_test_", "k_live_", "api_key_", "cvc", "iban", "number", "@")

_SPACE: Final = re.compile(r"\s")
# The escapes of printable ASCII characters, except those that JSON requires.
_NEEDLESS_ESCAPE: Final = re.compile(r"\\u00((?!22|5[Cc])[2-7][0-9A-Fa-f])")


def redact(text: str) -> str:
    """Return the text without secrets, and with the short form of the tokens of payment sessions."""
    return with_short_tokens(redact_except_tokens(text))


def redact_except_tokens(text: str) -> str:
    """Return the text without client secrets, API keys, and the numbers and codes of cards and accounts."""
    if not text.isascii() or _has_hint(text.lower()):
        text = _SECRET.sub(_hidden, text)
    return without_card_numbers(text)


def _hidden(secret: re.Match[str]) -> str:
    if secret["scheme"]:
        return f"{secret['scheme']}{REDACTED}@"
    return f"{secret[secret.lastgroup or 0]}{REDACTED}"


def _has_hint(lowered: str) -> bool:
    for hint in _HINTS:  # noqa: SIM110  # twice as fast as `any`, and this runs for every line of the log
        if hint in lowered:
            return True
    return False


def redact_path(path: str, hide: Callable[[str], str] = redact) -> str:
    """Return a path without secrets: as it was sent, or decoded if the encoding hides a secret."""
    return _redact_encoded(path, unquote(path) if "%" in path else path, hide)


def redact_body(text: str, hide: Callable[[str], str] = redact) -> str:
    """Return a body without secrets: as it was sent, or decoded if the escapes of a form or of JSON hide a secret."""
    decoded = text
    if text.lstrip()[:1] in {"{", "["}:
        if "\\u00" in text:
            decoded = _NEEDLESS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    elif "=" in text and not _SPACE.search(text):
        decoded = unquote_plus(text)
    return _redact_encoded(text, decoded, hide)


def _redact_encoded(text: str, decoded: str, hide: Callable[[str], str]) -> str:
    if decoded != text:
        redacted = hide(decoded)
        if redacted != decoded:
            return redacted
    return hide(text)


def redact_value(value: Any, hide: Callable[[str], str] = redact) -> Any:
    """Return a JSON value without secrets in its texts, at any depth."""
    if isinstance(value, dict):
        return {name: redact_value(member, hide) for name, member in value.items()}
    if isinstance(value, list):
        return [redact_value(item, hide) for item in value]
    return hide(value) if isinstance(value, str) else value


def redact_name(name: str) -> str:
    """Return a name that a client sent, to repeat it in a reply: shortened and without secrets."""
    # A card number that is cut in two is no longer recognized.
    return redact(name[: 2 * _MAX_NAME])[:_MAX_NAME]
