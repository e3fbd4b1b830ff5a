"""Removes secrets from text that people read: logs, the journal, errors and pages."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mockserver.limits.percent_encoding import unquoted, unquoted_plus
from mockserver.redaction.card_numbers import REDACTED, without_card_numbers
from mockserver.redaction.session_tokens import with_short_tokens

_MAX_NAME: Final = 100
_MAX_END: Final = 500
_SHORT: Final = 100


class _SecretPattern(NamedTuple):
    """A pattern and what is shown instead of a match. Every match contains one of the `hints`.

    Every match also contains the character `mark`. A template for `shown` takes three times as long as a function.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    mark: str = ""
    shown: Callable[[re.Match[str]], str] = lambda match: f"{match[1]}{REDACTED}"


# The number, the code and the account of a payment method in a form, encoded or not.
_IN_A_FORM: Final = re.compile(r"""((?:cvc|iban|card(?:\]|%5[Dd])?(?:\[|%5[Bb])number)(?:\]|%5[Dd])?=)("?[^&\s"\\]+)""")
# The code and the account in JSON, and a code that is a number.
_IN_JSON: Final = re.compile(r'("(?:cvc|iban)"\s*:\s*")([^"]+)')
_NUMBER_IN_JSON: Final = re.compile(r'("cvc"\s*:\s*)([0-9]+)')

# One after the other, and each beginning with a text or a character that it names: one pattern for all takes ten times
# longer, and one that begins with alternatives three times. Most texts have no hint.
_SECRETS: Final = (
    # The second half of a Stripe client secret.
    _SecretPattern(("secret",), re.compile(r"(secret(?:(?<=_secret)|(?<=%5[Ff]secret))(?:_|%5[Ff]))[A-Za-z0-9]+")),
    # Wingback's API keys, Stripe's secret keys.
    _SecretPattern(("api_key_",), re.compile(r"(a(?<!\wa)pi_key_)[A-Za-z0-9_-]+")),
    _SecretPattern(("sk_", "rk_"), re.compile(r"(k_(?<=[sr]k_)(?<!\w[sr]k_)(?:test|live)_)[A-Za-z0-9_-]+")),
    _SecretPattern(("cvc", "iban", "number"), _IN_A_FORM, mark="="),
    _SecretPattern(('"cvc"', '"iban"'), _IN_JSON),
    _SecretPattern(('"cvc"',), _NUMBER_IN_JSON),
    # What a store has instead of a secret.
    _SecretPattern(("mask-",), re.compile(r"mask-[0-9a-f]{32}"), shown=lambda _: REDACTED),
    # The user and password of a URL (RFC 3986, section 3.2.1).
    _SecretPattern(
        ("@",),
        re.compile(r"""(:(?:\\?/){2})[^\s/?#"'<>\\]*@"""),
        shown=lambda match: f"{match[1]}{REDACTED}@",
    ),
)


def hide_details_in_form(text: str, hide: Callable[[str], str]) -> str:
    """Return a form or a query in which `hide` has replaced the numbers, codes and accounts of payment methods."""
    return _IN_A_FORM.sub(lambda found: f"{found[1]}{hide(found[2])}", text)


def hide_details_in_json(text: str, hide: Callable[[str], str]) -> str:
    """Return JSON in which `hide` has replaced security codes and account numbers. A number becomes a string."""
    text = _IN_JSON.sub(lambda found: f"{found[1]}{hide(found[2])}", text)
    return _NUMBER_IN_JSON.sub(lambda found: f'{found[1]}"{hide(found[2])}"', text)


_SPACE: Final = re.compile(r"\s")
# The escapes of printable ASCII characters, except those that JSON requires.
_NEEDLESS_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*+)\\u00((?!22|5[Cc])[2-7][0-9A-Fa-f])")


def redact(text: str) -> str:
    """Return the text without secrets, and with the short form of the tokens of payment sessions."""
    return _redact_short(text) if len(text) <= _SHORT else with_short_tokens(redact_except_tokens(text))


# Most short texts are header fields, which are the same in every message of a client.
@lru_cache(maxsize=1024)
def _redact_short(text: str) -> str:
    return with_short_tokens(redact_except_tokens(text))


def redact_except_tokens(text: str) -> str:
    """Return the text without client secrets, API keys, and the numbers and codes of cards and accounts."""
    for hints, pattern, mark, shown in _SECRETS:
        for hint in hints if mark in text else ():
            if hint in text:
                text = pattern.sub(shown, text)
                break
    return without_card_numbers(text)


def redact_path(path: str, hide: Callable[[str], str] = redact) -> str:
    """Return a path without secrets: as it was sent, or decoded if the encoding hides a secret."""
    return _redact_encoded(path, unquoted(path) if "%" in path else path, hide)


def redact_body(text: str, hide: Callable[[str], str] = redact) -> str:
    """Return a body without secrets: as it was sent, or decoded if the escapes of a form or of JSON hide a secret."""
    decoded = text
    if text.lstrip()[:1] in {"{", "["}:
        if "\\u00" in text:
            decoded = without_needless_escapes(text)
    elif "=" in text and not _SPACE.search(text):
        decoded = unquoted_plus(text)
    return _redact_encoded(text, decoded, hide)


def _redact_encoded(text: str, decoded: str, hide: Callable[[str], str]) -> str:
    if decoded != text:
        redacted = hide(decoded)
        if redacted != decoded:
            return redacted
    return hide(text)


def without_needless_escapes(text: str) -> str:
    """Return JSON that means the same, without the escapes of printable ASCII characters that need none."""
    return _NEEDLESS_ESCAPE.sub(lambda escape: f"{escape[1]}{chr(int(escape[2], 16))}", text)


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


def redact_ends(text: str) -> str:
    """Return a text that can contain a long name from a request: without secrets and, if it is long, its middle."""
    if len(text) <= 4 * _MAX_END:
        return redact(text)
    # As above, more is redacted than is shown.
    first, last = redact(text[: 2 * _MAX_END]), redact(text[-2 * _MAX_END :])
    return f"{first[:_MAX_END]}…{last[-_MAX_END:]}"
