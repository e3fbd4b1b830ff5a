"""Short forms of the tokens of payment sessions. Who has a token can read the session, so it is not shown in full."""

import re
from typing import Final

_SHOWN: Final = 4
_MIN_HIDDEN: Final = 8
_MAX_PREFIX: Final = 12

_TOKEN: Final = re.compile(
    r"""
      (?P<made>PaySess(?:_|%5[Ff])[A-Za-z0-9-]+)
    | (?P<before>/__mock/(?:wingback/)?payment-sessions/        # a scenario can give a session any token
        | "token"\s*:\s*"
        | (?:^|[?&])token=
      )(?P<fixed>[^\s"'?&]+)
    """,
    re.VERBOSE,
)
_SHORT: Final = re.compile(r"(?:[A-Za-z0-9-]{1,12}_)?\.{3}\S{0,4}")


def short_token(token: str) -> str:
    """The short form of a token: what stands before its first underscore, and its last four characters.

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
    # Every match contains one of these. Most texts contain none, and this runs for every line of the log.
    if "PaySess" in text or "token" in text or "payment-sessions/" in text:
        return _TOKEN.sub(_shortened, text)
    return text


def _shortened(match: re.Match[str]) -> str:
    if match["made"]:
        return short_token(match["made"].replace("%5F", "_").replace("%5f", "_"))
    return f"{match['before']}{short_token(match['fixed'])}"
