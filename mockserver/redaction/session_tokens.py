"""Short forms of the tokens of payment sessions. A full token gives access to its session, so it is not shown."""

import re
from typing import Final

_SHOWN: Final = 4
_MIN_HIDDEN: Final = 8
_MAX_PREFIX: Final = 12

# Each begins with a character that it names: one pattern for all takes ten times longer.
_MADE: Final = re.compile(r"PaySess(?:_|%5[Ff])[A-Za-z0-9-]+")
# A scenario can give a session any token.
_FIXED: Final = (
    ('"token"', re.compile(r"""("token"\s*:\s*")([^\s"'?&]+)""")),
    ("payment-sessions/", re.compile(r"""(/__mock/(?:wingback/)?payment-sessions/)([^\s"'?&]+)""")),
    ("token=", re.compile(r"""((?:^|[?&])token=)([^\s"'?&]+)""")),
)
_SHORT: Final = re.compile(r"(?:[A-Za-z0-9-]{1,12}_)?\.{3}\S{0,4}")


def short_token(token: str) -> str:
    """The short form of a token: the part before its first underscore, and its last four characters.

    A token of which less than eight characters would be hidden is shown without its last characters.
    """
    if _SHORT.fullmatch(token):
        return token
    prefix, underscore, rest = token.partition("_")
    if not underscore or len(prefix) > _MAX_PREFIX:
        prefix, underscore, rest = "", "", token
    return f"{prefix}{underscore}...{rest[-_SHOWN:] if len(rest) >= _MIN_HIDDEN + _SHOWN else ''}"


def with_short_tokens(text: str) -> str:
    """The text with the short form of every token in it."""
    # Most texts contain none of these, and this runs for every line of the log.
    for hint, pattern in _FIXED:
        if hint in text:
            text = pattern.sub(_shortened, text)
    return _MADE.sub(_shortened_made, text) if "PaySess" in text else text


def _shortened(match: re.Match[str]) -> str:
    return f"{match[1]}{short_token(match[2])}"


def _shortened_made(match: re.Match[str]) -> str:
    return short_token(match[0].replace("%5F", "_").replace("%5f", "_"))
