"""Replaces the secrets of a request by masks, in the request and in all that the mock says about it."""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

from mockserver.limits.percent_encoding import unquoted
from mockserver.messages import Headers, Request
from mockserver.redaction.card_numbers import hide_issued_numbers, may_have_card_numbers
from mockserver.redaction.credential_names import MIN_LENGTH, CredentialNames, split_pair
from mockserver.redaction.masks import MASK, mask
from mockserver.redaction.redact import hide_details_in_form, hide_details_in_json, without_needless_escapes
from mockserver.redaction.redactor import SAFE, spellings
from mockserver.store.codec import KIND

_HTTP_CREDENTIALS: Final = ("authorization", "proxy-authorization")
# What is masked already is not masked again.
_UNMASKED: Final = "(?!mask-[0-9a-f]{32})"
# The user and password of a URL (RFC 3986, section 3.2.1). In JSON, the slashes can be escaped.
_USER_OF_URL: Final = re.compile(_UNMASKED + r"""(?:(?<=://)|(?<=:\\/\\/))[^\s/?#"'<>\\@]+(?=@)""")
_ENCODED_USER: Final = re.compile(_UNMASKED + r"(?<=%3A%2F%2F)(?:(?!%2F|%3F|%23|%40)[^\s&=])+(?=%40)", re.IGNORECASE)
# Stripe's secret keys and restricted keys (https://docs.stripe.com/keys). An escape can precede one.
_SECRET_KEY: Final = re.compile(
    r"((?:(?<![A-Za-z0-9_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))[sr]k_(?:test|live)_)"
    + _UNMASKED
    + r"([A-Za-z0-9_-]+)"
)
# Every text with such a URL or key has one of these.
_UNESCAPED_HINTS: Final = ("://", "sk_", "rk_")
_HINTS: Final = (*_UNESCAPED_HINTS, "\\/\\/", "%3A%2F%2F", "%3a%2f%2f")
_ESCAPES: Final = ("%", "\\")
_DETAILS: Final = ("cvc", "iban")
"""The members of a payment method whose values are never stored. Card numbers are found by their digits."""
_NAMES_OF_DETAILS: Final = tuple(f'"{name}"' for name in _DETAILS)
# If a request has none of these outside its hidden fields, it has no secrets there but card numbers and copies of
# credentials. Queries are always searched.
_SIGNS: Final = (*_UNESCAPED_HINTS, *_ESCAPES, *_DETAILS, "number", "@")
# The strings of JSON, and what is between them.
_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|[^"]+', re.DOTALL)
_NUMBER: Final = re.compile(r"-?[0-9][0-9.eE+-]*")
_BEFORE_JSON: Final = "\ufeff \t\r\n"
_MOST_SEARCHED: Final = 256 * 1024
"""The maximum length of a body, in characters, in which escapes are searched. Longer ones would take too long."""


class RequestSecrets:
    """The secrets of one request.

    A text is stored as it was sent, but with masks. If escapes hide a secret, they are removed first.
    """

    def __init__(self, request: Request, names: CredentialNames) -> None:
        self._names = names
        copies: dict[str, str] = {}
        for secret in (*names.values(request.headers.pairs, request.query), *_parts(request.headers)):
            masked = mask(secret)
            for spelling in spellings(secret):
                copies.setdefault(spelling, masked)
        # A credential can be a part of another one.
        self._copies = dict(sorted(copies.items(), key=lambda copy: len(copy[0]), reverse=True))
        self._can_be_escaped = not all(map(SAFE.issuperset, self._copies))
        self._hidden_fields = {name for name, _ in request.headers.pairs if names.hide("header", name)} - {"cookie"}
        # Searching the whole request once is faster than searching each part.
        fields = [value for name, value in request.headers.pairs if name not in self._hidden_fields]
        text = "\n".join([request.method, request.path, request.query, *fields, _decoded(request.body)[0]])
        has_escapes = _has_any(text, _ESCAPES)
        self._has_hints = has_escapes or _has_any(text, _HINTS)
        self._has_numbers = has_escapes or may_have_card_numbers(text)
        # Most requests have no secrets outside their hidden fields.
        self._has_signs = bool(request.query or self._has_numbers or _has_any(text, (*_SIGNS, *self._copies)))
        self._found_numbers = False
        self._found_details: dict[str, str] = {}
        self.request = self._masked(request)
        self._copies |= self._found_details
        # Texts of the mock can have URLs and keys of their own. They have card numbers only if the request has some.
        self._has_hints, self._has_numbers = True, self._found_numbers

    def may_be_in(self, text: str) -> bool:
        """Whether a text can contain secrets."""
        return (
            self._can_be_escaped
            or self._has_numbers
            or _has_any(text, (*_UNESCAPED_HINTS, *_NAMES_OF_DETAILS, "%", *self._copies))
        )

    def masked(self, plain: Any) -> Any:
        """JSON that the codec has made, with masks in all texts. What the codec added stays."""
        if isinstance(plain, str):
            return self._text(plain)
        if isinstance(plain, list):
            return [self.masked(each) for each in plain]
        if not isinstance(plain, dict):
            return plain
        if plain.get(KIND) == "bytes":
            return {**plain, "of": self._body(plain["of"].encode("latin-1")).decode("latin-1")}
        if KIND in plain:
            return {name: member if name == KIND else self.masked(member) for name, member in plain.items()}
        return {self._text(name): self._member(name, member) for name, member in plain.items()}

    def masked_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """An object with masks in its values. Its names are no secrets."""
        return {name: self.masked(value) for name, value in values.items()}

    def _member(self, name: str, member: Any) -> Any:
        if name in _DETAILS and isinstance(member, str | int) and not isinstance(member, bool):
            return mask(str(member))
        return self.masked(member)

    def _masked(self, request: Request) -> Request:
        # The name of a field is not masked, even if a credential equals it.
        headers = Headers([(name, self._field(name, value)) for name, value in request.headers.pairs])
        if not self._has_signs:
            return replace(request, headers=headers, is_shared=False)
        query = self._pairs(request.query, lambda name: self._names.hide("query", name))
        body = self._body(request.body)
        method, path = self._text(request.method), self._text(request.path)
        return replace(request, method=method, path=path, query=query, headers=headers, body=body, is_shared=False)

    def _field(self, name: str, value: str) -> str:
        if name == "traceparent":
            # The digits of a trace id belong to no card.
            return value
        if name == "cookie":
            return self._text("; ".join(_masked_cookie(part.strip()) for part in value.split(";")))
        if name in self._hidden_fields:
            return mask(value)
        return self._text(self._names.hide_in_field(name, value, mask)) if self._has_signs else value

    def _pairs(self, text: str, is_secret: Callable[[str], bool]) -> str:
        """A query or a form. The value of a parameter is masked if `is_secret` says so of its name."""
        return "&".join(self._pair(pair, is_secret) for pair in text.split("&")) if text else text

    def _pair(self, pair: str, is_secret: Callable[[str], bool]) -> str:
        name, value = split_pair(pair)
        if value and is_secret(name):
            return f"{self._hidden(pair.partition('=')[0])}={mask(value)}"
        hidden = self._hidden(hide_details_in_form(pair, self._masked_detail), again=True)
        if "%" not in pair:
            return hidden
        details = hide_details_in_form(f"{name}={value}", self._masked_detail)[len(name) + 1 :]
        shown = (self._text(name), self._text(value) if details == value else details)
        if shown == (name, value) or shown == split_pair(hidden):
            return hidden
        return "=".join(quote_plus(each, safe="[]", errors="replace") for each in shown)

    def _body(self, body: bytes) -> bytes:
        text, charset = _decoded(body)
        is_short = len(text) <= _MOST_SEARCHED
        if text.lstrip(_BEFORE_JSON)[:1] in ("{", "[", '"'):
            text = self._json(text, has_escapes=is_short and any(each in text for each in _ESCAPES))
        elif is_short and "=" in text:
            text = self._pairs(text, lambda _: False)
        else:
            text = self._hidden(hide_details_in_form(text, self._masked_detail), again=True)
        return text.encode(charset, "replace")

    def _json(self, text: str, *, has_escapes: bool) -> str:
        """A body in JSON, which stays JSON: a number that is a secret becomes a string."""
        text = hide_details_in_json(text, self._masked_detail)
        if has_escapes:
            plain = without_needless_escapes(text)
            hidden = hide_details_in_json(plain, self._masked_detail)
            text = text if hidden == plain else hidden
        if not has_escapes and self._json_text(text) == text:
            return text
        text = _STRINGS.sub(partial(self._json_part, has_escapes=has_escapes), text)
        # What is not JSON can have secrets between two strings.
        return self._hidden(text, again=True)

    def _json_part(self, part: re.Match[str], *, has_escapes: bool) -> str:
        if not part[1]:
            return _NUMBER.sub(self._json_number, part[0])
        hidden = self._json_text(part[0])
        if not (has_escapes and any(each in part[0] for each in _ESCAPES)):
            return hidden
        try:
            value = json.loads(part[0], strict=False)
        except ValueError:
            return hidden
        shown = self._text(self._json_text(value, again=False))
        if shown == value:
            return hidden
        try:
            is_same = json.loads(hidden, strict=False) == shown
        except ValueError:
            is_same = False
        return hidden if is_same else json.dumps(shown)

    def _json_text(self, text: str, *, again: bool = True) -> str:
        return self._hidden(hide_details_in_form(text, self._masked_detail), again=again)

    def _json_number(self, number: re.Match[str]) -> str:
        hidden = self._hidden(number[0])
        return hidden if hidden == number[0] else f'"{hidden}"'

    def _text(self, text: str) -> str:
        """A text with masks: as it was sent, or decoded if the encoding hides a secret."""
        hidden = self._hidden(text)
        if "%" not in text:
            return hidden
        decoded = unquoted(text)
        shown = self._hidden(decoded)
        return hidden if shown in (decoded, unquoted(hidden)) else shown

    def _hidden(self, text: str, *, again: bool = False) -> str:
        """Return a text with masks for credentials, card numbers, the users of URLs and Stripe's secret keys.

        With `again`, the text can already have masks. They are kept, unless one equals a credential.
        """
        if again and "mask-" in text:
            parts = MASK.split(text)
            parts[::2] = [self._hidden(part) for part in parts[::2]]
            parts[1::2] = [self._copies.get(part, part) for part in parts[1::2]]
            return "".join(parts)
        if self._has_hints and _has_any(text, _HINTS):
            text = _ENCODED_USER.sub(lambda user: mask(unquote_plus(user[0])), text)
            text = _USER_OF_URL.sub(lambda user: mask(user[0]), text)
            text = _SECRET_KEY.sub(lambda key: f"{key[1]}{mask(key[2])}", text)
        for copy, masked in self._copies.items():
            text = text.replace(copy, masked)
        return hide_issued_numbers(text, self._masked_number) if self._has_numbers else text

    def _masked_detail(self, value: str) -> str:
        """The mask of a number, code or account of a payment method."""
        decoded = unquote_plus(value)
        if len(decoded) >= MIN_LENGTH:
            self._found_details[decoded] = mask(decoded)
        # If it is a card number, its copies are searched elsewhere.
        self._hidden(decoded)
        return mask(value)

    def _masked_number(self, number: str) -> str:
        self._found_numbers = True
        # `verify` compares decoded values.
        return mask(unquote_plus(number) if "%" in number or "+" in number else number)


def _has_any(text: str, parts: Iterable[str]) -> bool:
    return any(map(text.__contains__, parts))


def _decoded(body: bytes) -> tuple[str, str]:
    """The text of a body, and its charset: Latin-1 if it is not UTF-8."""
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _masked_cookie(cookie: str) -> str:
    name, equals, value = cookie.partition("=")
    # Without an equals sign it has no name (RFC 6265bis, section 5.6).
    if not equals:
        return mask(cookie) if cookie else ""
    content = value.strip('"')
    return f"{name}={value.replace(content, mask(content)) if content else value}"


def _parts(headers: Headers) -> Iterator[str]:
    """Credentials that are only a part of a header field: users of URLs, and what Base64 hides."""
    for name, value in headers.pairs:
        if "@" in value:
            yield from (user for user in _USER_OF_URL.findall(value) if len(user) >= MIN_LENGTH)
        if name in _HTTP_CREDENTIALS and value[:6].lower() == "basic ":
            try:
                decoded = b64decode(value[6:])
            except ValueError:
                continue
            try:
                text = decoded.decode("utf-8")
            except UnicodeDecodeError:
                text = decoded.decode("latin-1")
            yield from (part for part in text.partition(":") if len(part) >= MIN_LENGTH)
