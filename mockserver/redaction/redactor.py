"""Shows messages without secrets: the one way in which parts of a request or a reply are displayed."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote_plus

from mockserver.limits.memo import Memo, length_of_fields
from mockserver.redaction.card_numbers import REDACTED, redacted
from mockserver.redaction.credential_names import NO_CONTRACT, CredentialNames, split_pair
from mockserver.redaction.redact import redact, redact_body, redact_path

Pairs = tuple[tuple[str, str], ...]

_MAX_EXCHANGES: Final = 64
_MAX_FIELDS: Final = 8
_LONGEST: Final = 1000
"""Limits for what is cached. Clients often send the same header fields in many messages."""


class Redactor:
    """Knows the names of credentials in every contract that a server has served.

    After a reload, the names of earlier contracts still count: the journal has entries from before, and clients may
    not have changed. Names are only added, so entries from before the reload are shown with the new names, too.
    """

    def __init__(self, names: CredentialNames = NO_CONTRACT) -> None:
        self.names = names
        self._exchanges = self._new_exchanges()

    def learn(self, names: CredentialNames) -> None:
        """Hide the values of these names as well."""
        self.names |= names
        self._exchanges = self._new_exchanges()

    def of_exchange(self, headers: Pairs, query: str) -> "ExchangeRedactor":
        """Shows one exchange, given the header fields and the query of its request."""
        return self._exchanges[headers, query]

    def _new_exchanges(self) -> "Memo[tuple[Pairs, str], ExchangeRedactor]":
        names = self.names
        return Memo(
            lambda exchange: ExchangeRedactor(names, names.values(*exchange)),
            entries=_MAX_EXCHANGES,
            longest=_LONGEST,
            size=lambda exchange: length_of_fields(exchange[0]) + len(exchange[1]),
        )


class ExchangeRedactor:
    """Shows the parts of one exchange.

    The values of credentials are hidden by their names, and copies of them by comparison: a scenario may repeat a
    header of the request in its reply.
    """

    def __init__(self, names: CredentialNames, values: Iterable[str]) -> None:
        self._names = names
        self._copies = [copy for value in values for copy in spellings(value)]
        self._fields: dict[Pairs, dict[str, str]] = {}

    def headers(self, pairs: Pairs) -> dict[str, str]:
        """The header fields by name; the values of repeated fields are joined (RFC 9110, section 5.3)."""
        shown = self._fields.get(pairs)
        if shown is None:
            shown = self._shown_fields(pairs)
            # Not a Memo, which would refer to this object: such a cycle is never freed.
            if len(self._fields) < _MAX_FIELDS and length_of_fields(pairs) <= _LONGEST:
                self._fields[pairs] = shown
        return shown.copy()

    def _shown_fields(self, pairs: Pairs) -> dict[str, str]:
        fields: dict[str, str] = {}
        for name, value in pairs:
            lowered = name.lower()
            if self._names.hide("header", name):
                shown = REDACTED
            else:
                shown = self.text(self._names.hide_in_field(lowered, value, redacted))
            fields[lowered] = f"{fields[lowered]}, {shown}" if lowered in fields else shown
        return fields

    def query(self, query: str) -> str:
        """The query, without the values of parameters that are credentials or contain a secret."""
        return "&".join(map(self._pair, query.split("&"))) if query else query

    def path(self, path: str) -> str:
        """The path: as it was sent, or decoded if the encoding hides a secret."""
        return redact_path(path, self.text)

    def body(self, body: bytes) -> str:
        """The body as text."""
        return redact_body(body.decode("utf-8", "replace"), self.text)

    def text(self, text: str) -> str:
        """Any other text."""
        return redact(self._without_copies(text))

    def texts(self, members: dict[str, Any]) -> dict[str, Any]:
        """An object, such as a violation, without copies of credentials. Its other secrets are hidden already."""
        return {name: self._texts(value) for name, value in members.items()} if self._copies else members

    def _texts(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._without_copies(value)
        if isinstance(value, list):
            return [self._texts(each) for each in value]
        return self.texts(value) if isinstance(value, dict) else value

    def _pair(self, pair: str) -> str:
        name, value = split_pair(pair)
        sent_name = pair.partition("=")[0]
        shown_name = sent_name if unquote_plus(sent_name) == name else quote_plus(name)
        if (hidden_name := self.text(name)) != name:
            shown_name = quote_plus(hidden_name, safe="[]")
        if value and (self._names.hide("query", name) or self.text(value) != value):
            return f"{shown_name}={REDACTED}"
        return self.text(pair) if hidden_name == name else f"{shown_name}{pair[len(sent_name) :]}"

    def _without_copies(self, text: str) -> str:
        for copy in self._copies:
            if copy in text:
                text = text.replace(copy, REDACTED)
        return text


SAFE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
"""Characters that JSON and URLs never escape. Every escape of them in JSON stands for the character itself."""


def spellings(value: str) -> list[str]:
    """The spellings of a value from a header or a query: as it is, in JSON, and percent-encoded.

    The bytes of a header field are read as Latin-1, those of a body and of a query as UTF-8. A value from one place has
    other letters in the other.
    """
    if SAFE.issuperset(value):
        return [value]
    found = [value]
    for encoding, other in (("latin-1", "utf-8"), ("utf-8", "latin-1")):
        with suppress(UnicodeError):
            found.append(value.encode(encoding).decode(other))
    written = [json.dumps(each, ensure_ascii=ensure_ascii)[1:-1] for each in found for ensure_ascii in (False, True)]
    quoted = [spell(each, safe="") for each in found for spell in (quote, quote_plus)]
    return list(dict.fromkeys([*found, *written, *quoted]))
