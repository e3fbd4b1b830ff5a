"""Stripe's API keys in requests. Only keys of test mode are accepted."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

from mockserver.messages import Request
from mockserver.stripe.stripe_errors import StripeError

_KEY: Final = re.compile(r"(?:pk|sk|rk)_(?P<mode>test|live)_[A-Za-z0-9_-]+")
# In a query or a form, percent-encoded or not, or in JSON.
_KEY_FIELD: Final = re.compile(r"""(?:^|[&{,\s])(?:"key"\s*:\s*"|key=)((?:pk|sk|rk)_[A-Za-z0-9_-]+)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of test mode. A publishable key is known to every browser, so it allows less."""

    text: str
    is_publishable: bool

    @classmethod
    def of(cls, text: str) -> ApiKey:
        """Parse a key. Raises StripeError: the text is not a key, or is a key of live mode."""
        refuse_unknown_format(text)
        refuse_live(text)
        return cls(text=text, is_publishable=text.startswith("pk_"))


def refuse_unknown_format(text: str) -> None:
    """Raises StripeError: the text is not a key."""
    if _KEY.fullmatch(text) is None:
        raise StripeError(
            status=401,
            message="Invalid API Key provided: it does not look like pk_test_… or sk_test_….",
            headers=(("WWW-Authenticate", 'Basic realm="Stripe"'),),
        )


def refuse_live(*texts: str) -> None:
    """Raises StripeError: one of the texts is a key of live mode."""
    if any((match := _KEY.fullmatch(text)) and match["mode"] == "live" for text in texts):
        raise StripeError(
            status=403,
            message="A key of live mode was sent to a mock server. It takes keys of test mode only; nothing was done.",
            refused="test-mode-only",
        )


def find_key(request: Request, fields: Mapping[str, Any]) -> str | None:
    """The key in the Authorization header, else in the parameter `key`; None without a key."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        return value
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            return ""
    key = fields.get("key")
    return key if isinstance(key, str) and key else None


def sent_key(request: Request) -> str | None:
    """The key, found without parsing the body."""
    found = find_key(request, {})
    if found is not None:
        return found
    field = _KEY_FIELD.search(unquote_plus(f"{request.query}&{request.body.decode('latin-1')}"))
    return field[1] if field else None


def find_account(request: Request, fields: Mapping[str, Any]) -> str | None:
    """The connected account of a request; None if it names none."""
    account = request.headers.get("stripe-account") or fields.get("_stripe_account")
    return account if isinstance(account, str) and account else None
