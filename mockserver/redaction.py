"""Takes secrets out of texts that people will read: logs, journal, errors, pages."""

from __future__ import annotations

import re

__all__ = ["REDACTED", "SECRET_HEADERS", "redact"]

REDACTED = "[redacted]"

SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "wb-key"})
"""Names of header fields whose values are never shown, in lower case."""

_SECRETS = re.compile(
    r"""
      (?P<client>_secret_)[A-Za-z0-9]+                            # the second half of a Stripe client secret
    | (?P<key>\bapi_key_|\b[sr]k_(?:test|live)_)[A-Za-z0-9_-]+   # Wingback's keys, Stripe's secret keys
    | (?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])                    # card numbers; not the digits of a UUID
    """,
    re.VERBOSE,
)


def redact(text: str) -> str:
    """The text without client secrets, API keys and card numbers."""
    return _SECRETS.sub(lambda match: f"{match['client'] or match['key'] or ''}{REDACTED}", text)
