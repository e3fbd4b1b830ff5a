"""Runtime expressions: the few places where a scenario's text takes something from the request.

The grammar is that of OpenAPI's runtime expressions, as far as a request goes, and `$fake.<name>` besides;
nothing else is evaluated. They are parsed when the file is loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mockserver.messages import ABSENT, Call, Request
from mockserver.parsing import json_pointers
from mockserver.scenarios.format.flaws import FlawsError, did_you_mean

__all__ = ["Expression", "Fake", "KnowsFake", "parse_expression"]

Fake = Callable[[str], str]
"""Makes up a value by its name: `iban`."""

KnowsFake = Callable[[str], bool]
"""Says whether there is a made-up value of this name."""

_BARE: Final = ("$method", "$url")
_NAMED: Final = ("$request.path", "$request.query", "$request.header", "$fake")
_BODY: Final = "$request.body"
_FORMS: Final = (*_BARE, f"{_BODY}#/…", *(f"{source}.…" for source in _NAMED))
# A source, and what follows it: a name after a dot, or a pointer after a hash sign.
_EXPRESSION: Final = re.compile(r"(\$(?:request\.)?[A-Za-z_]*)(?:([.#])(.*))?", re.DOTALL)
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: `source` says where it looks, `name` for what; `pointer` leads into the body."""

    source: str
    name: str = ""
    pointer: tuple[str, ...] = ()

    def value(self, call: Call, fake: Fake) -> Any:
        """What stands there in this call, with its JSON type; ABSENT if nothing does."""
        request = call.request
        match self.source:
            case "$request.body":
                return _member(call.body, self.pointer)
            case "$request.path":
                return call.path.get(self.name, ABSENT)
            case "$request.query":
                return request.query_values.get(self.name, (ABSENT,))[0]
            case "$request.header":
                return request.headers.get(self.name, ABSENT)
            case "$fake":
                return fake(self.name)
            case _:
                return request.method if self.source == "$method" else _url(request)

    def text(self, call: Call, fake: Fake) -> str:
        """The value as part of a text: JSON for what is not text, nothing for what is not there."""
        value = self.value(call, fake)
        if value is ABSENT:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_expression(text: str, knows_fake: KnowsFake | None) -> Expression:
    """The expression that stands between braces, such as `$request.body#/provider`."""
    parts = _EXPRESSION.fullmatch(text)
    source, sign, rest = parts.groups() if parts else (text, None, None)
    if source == _BODY and sign != ".":
        if not _POINTER.fullmatch(rest or ""):
            raise FlawsError.one(f"{{{text}}}: expected a JSON pointer after the #, such as #/provider")
        return Expression(source, pointer=tuple(json_pointers.split(rest or "")))
    if source in _BARE and sign is None:
        return Expression(source)
    if source not in _NAMED or sign == "#":
        raise FlawsError.one(f"{{{text}}} is not an expression{did_you_mean(text, _FORMS)}")
    if not rest:
        raise FlawsError.one(f"{{{text}}}: expected a name after {source}.")
    if source == "$request.header" and not _HEADER_NAME.fullmatch(rest):
        raise FlawsError.one(f"{{{text}}}: {rest!r} cannot be the name of a header")
    if source == "$fake" and knows_fake is not None and not knows_fake(rest):
        raise FlawsError.one(f"{{{text}}}: nothing is made up under the name {rest!r}; names are those of Faker")
    return Expression(source, rest)


def _url(request: Request) -> str:
    query = f"?{request.query}" if request.query else ""
    return f"http://{request.headers.get('host', '')}{request.path}{query}"


def _member(body: Any, steps: tuple[str, ...]) -> Any:
    try:
        return json_pointers.resolve(body, steps)
    except KeyError:
        return ABSENT
