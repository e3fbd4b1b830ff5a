"""Journal entries as text. Credentials are replaced by masks: a store never has them in clear text."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from mockserver.engine.journal import Entry
from mockserver.limits.memo import remembered
from mockserver.messages import Headers, Request
from mockserver.redaction.card_numbers import card_numbers
from mockserver.redaction.credential_names import MIN_LENGTH, CredentialNames, split_pair
from mockserver.redaction.masks import mask
from mockserver.redaction.redact import hide_payment_details, reveal
from mockserver.redaction.redactor import SAFE, Redactor, spellings
from mockserver.store import codec
from mockserver.store.codec import KIND

_MEMBERS: Final = (
    *("id", "at", "namespace", "operation", "path", "sent", "scenario", "stub", "off_contract", "refused"),
    *("nearest", "misses", "violations", "warnings", "outcome", "duration"),
)
_values_of: Final = attrgetter(*_MEMBERS)
# The mock made these members up or took them from the contract or a scenario, so they have no copies of credentials.
_OWN_MEMBERS: Final = frozenset(
    {"id", "at", "namespace", "operation", "scenario", "stub", "off_contract", "refused", "duration"}
)
_MOST_SHARED: Final = 64
_HTTP_CREDENTIALS: Final = ("authorization", "proxy-authorization")
# What is masked already is not masked again.
_UNMASKED: Final = "(?!mask-[0-9a-f]{32})"
# The user and password of a URL (RFC 3986, section 3.2.1). In JSON, the slashes can be escaped.
_USER_OF_URL: Final = re.compile(_UNMASKED + r"""(?:(?<=://)|(?<=:\\/\\/))[^\s/?#"'<>\\@]+(?=@)""")
_ENCODED_USER: Final = re.compile(_UNMASKED + r"(?<=%3A%2F%2F)(?:(?!%2F|%3F|%23|%40)[^\s&=])+(?=%40)", re.IGNORECASE)
# Stripe's secret keys and restricted keys (https://docs.stripe.com/keys).
_SECRET_KEY: Final = re.compile(_UNMASKED + r"(?<=\b[sr]k_(?:test|live)_)[A-Za-z0-9_-]+")
# Every text with such a URL or key has one of these, unless it is escaped needlessly.
_HINTS: Final = ("://", "\\/\\/", "%3A%2F%2F", "%3a%2f%2f", "sk_", "rk_")
_ESCAPES: Final = ("%", "\\u00")
# The strings of JSON, and what is between them.
_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|[^"]+', re.DOTALL)
_NUMBER: Final = re.compile(r"-?[0-9][0-9.eE+-]*")


class _StoredRequest(NamedTuple):
    """A request as text, and what replaces the copies of its credentials. `is_plain`: no copy can be escaped."""

    text: str
    copies: Mapping[str, str]
    is_plain: bool


class StoredEntries:
    """Writes and reads the entries of one server."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._shared: dict[int, tuple[Request, _StoredRequest]] = {}

    def write(self, entry: Entry) -> str:
        """The entry as text, without the credentials of its request. Their copies anywhere in it are replaced, too."""
        request = self._stored_request(entry.request)
        plain = codec.plain(_values_of(entry))
        text = codec.written(plain)
        if not request.is_plain or any(each in text for each in (*_HINTS, *_ESCAPES, *request.copies)):
            members = zip(_MEMBERS, plain, strict=True)
            plain = [_masked_member(name, member, request.copies) for name, member in members]
            text = codec.written(plain)
        return f"{_quoted(entry.owner)}\n{request.text}\n{text}"

    def read(self, text: str) -> Entry:
        """The entry that `write` has written."""
        owner, request, members = text.split("\n")
        values: dict[str, Any] = dict(zip(_MEMBERS, codec.read(members), strict=True))
        return Entry(owner=json.loads(owner), request=_request(request), redactor=self._redactor, **values)

    def _stored_request(self, request: Request) -> _StoredRequest:
        """The request as text. Requests that clients repeat are the same object, and are written once."""
        known, stored = self._shared.get(id(request), (None, None))
        if known is request and stored is not None:
            return stored
        stored = self._written(request)
        if request.is_shared:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            self._shared[id(request)] = request, stored
        return stored

    def _written(self, request: Request) -> _StoredRequest:
        names = self._redactor.names
        copies: dict[str, str] = {}
        secrets = (*names.values(request.headers.pairs, request.query), *_parts(request.headers), *_numbers(request))
        for secret in secrets:
            masked = mask(secret)
            for spelling in spellings(secret):
                # A body is written as if its bytes were characters.
                for written in (spelling, spelling.encode("utf-8", "surrogatepass").decode("latin-1")):
                    copies.setdefault(written, masked)
        # A credential can be a part of another one.
        copies = dict(sorted(copies.items(), key=lambda copy: len(copy[0]), reverse=True))
        plain = _without(codec.plain(_masked(request, names, copies)), copies)
        return _StoredRequest(codec.written(plain), copies, all(map(SAFE.issuperset, copies)))


@remembered(entries=256, longest=4000)
def _request(text: str) -> Request:
    """The request that was written as a text. Clients repeat requests, and none of them changes."""
    request: Request = codec.read(text)
    return request


@remembered(entries=8192, longest=300)
def _quoted(owner: str) -> str:
    return json.dumps(owner)


def _masked(request: Request, names: CredentialNames, copies: Mapping[str, str]) -> Request:
    """The request with masks for the values of credentials, also for those that are too short to search copies."""
    # The name of a field stays, also if a credential equals it.
    pairs = [(name, _without(_masked_field(name, value, names), copies)) for name, value in request.headers.pairs]
    query = "&".join(_masked_pair(pair, names) for pair in request.query.split("&")) if request.query else ""
    query = reveal(query, lambda text: hide_payment_details(text, mask))
    body = reveal(request.body.decode("latin-1"), lambda text: _masked_body(text, copies)).encode("latin-1")
    return replace(request, headers=Headers(pairs), query=query, body=body, is_shared=False)


def _masked_member(name: str, member: Any, copies: Mapping[str, str]) -> Any:
    """A member of an entry, as JSON of the codec, without copies of credentials."""
    if name in _OWN_MEMBERS:
        return member
    if name == "path" and KIND not in member:
        # The contract has chosen the names.
        return {parameter: _without(value, copies) for parameter, value in member.items()}
    return _without(member, copies)


def _masked_body(text: str, copies: Mapping[str, str]) -> str:
    """A body without copies of credentials. JSON stays JSON: a number with a copy becomes a string."""
    text = hide_payment_details(text, mask)
    if not any(copy in text for copy in copies) or text.lstrip()[:1] not in ("{", "["):
        return _hidden(text, copies)

    def masked(found: re.Match[str]) -> str:
        return _hidden(found[0], copies) if found[1] else _NUMBER.sub(masked_number, found[0])

    def masked_number(number: re.Match[str]) -> str:
        text = _hidden(number[0], copies)
        return number[0] if text == number[0] else f'"{text}"'

    # What is not JSON can have copies elsewhere.
    return _hidden(_STRINGS.sub(masked, text), copies)


def _masked_field(name: str, value: str, names: CredentialNames) -> str:
    if name == "cookie":
        return "; ".join(_masked_cookie(part.strip()) for part in value.split(";"))
    return mask(value) if names.hide("header", name) else names.hide_in_field(name, value, mask)


def _masked_cookie(cookie: str) -> str:
    name, equals, value = cookie.partition("=")
    # Without an equals sign it has no name (RFC 6265bis, section 5.6).
    if not equals:
        return mask(cookie) if cookie else ""
    content = value.strip('"')
    return f"{name}={value.replace(content, mask(content)) if content else value}"


def _numbers(request: Request) -> Iterator[str]:
    """The card numbers in a request. A decoded number precedes its encoded form: `verify` compares decoded values."""
    # The digits of a trace id belong to no card.
    fields = [value for name, value in request.headers.pairs if name != "traceparent"]
    for number in card_numbers("\n".join([request.path, request.query, *fields, request.body.decode("latin-1")])):
        if "%" in number or "+" in number:
            yield unquote_plus(number)
        yield number


def _parts(headers: Headers) -> Iterator[str]:
    """Credentials that are only a part of a header field: users of URLs, and what Base64 hides."""
    for name, value in headers.pairs:
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


def _hidden(text: str, copies: Mapping[str, str]) -> str:
    """A text without copies of credentials, the users of URLs and Stripe's secret keys."""
    if any(hint in text for hint in _HINTS):
        text = _ENCODED_USER.sub(lambda user: mask(unquote_plus(user[0])), text)
        text = _USER_OF_URL.sub(lambda user: mask(user[0]), text)
        text = _SECRET_KEY.sub(lambda key: mask(key[0]), text)
    for copy, masked in copies.items():
        text = text.replace(copy, masked)
    return text


def _masked_pair(pair: str, names: CredentialNames) -> str:
    name, value = split_pair(pair)
    return f"{pair.partition('=')[0]}={mask(value)}" if value and names.hide("query", name) else pair


def _without(plain: Any, copies: Mapping[str, str]) -> Any:
    """JSON that the codec has made, without copies of credentials and without secrets in any text.

    What the codec added stays.
    """
    if isinstance(plain, str):
        return reveal(plain, lambda text: _hidden(text, copies))
    if isinstance(plain, list):
        return [_without(each, copies) for each in plain]
    if not isinstance(plain, dict):
        return plain
    if KIND in plain:
        return {name: member if name == KIND else _without(member, copies) for name, member in plain.items()}
    return {_without(name, copies): _without(member, copies) for name, member in plain.items()}
