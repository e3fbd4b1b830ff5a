"""Fields of a scenario file that hold more than their type says: texts, whole numbers and header fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from mockserver.scenarios.expressions import Expression, KnowsFake
from mockserver.scenarios.faults import FAULTS
from mockserver.scenarios.format.flaws import Flaw, FlawsError, did_you_mean, expected
from mockserver.scenarios.format.matcher_parsers import parse_text_matcher
from mockserver.scenarios.matchers import Matcher
from mockserver.scenarios.stub_replies import Header
from mockserver.scenarios.templates import Template, TextTemplate, parse_template, parse_text_template

__all__ = [
    "as_text",
    "parse_example_headers",
    "parse_example_path",
    "parse_fault_kind",
    "parse_header_matchers",
    "parse_headers",
    "parse_line",
    "parse_method",
    "parse_name",
    "parse_overrides",
    "parse_reason",
    "parse_status",
    "parse_times",
]

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
_METHOD: Final = re.compile(r"[A-Z]+")
_TARGET: Final = re.compile(r"/[\x21\x22\x24-\x7e]*")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+*-]+( *;.*)?", re.ASCII)

# The server frames the message itself; a reply that lies about its frame is a fault, not a header.
_FRAMING: Final = frozenset(
    {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_LONGEST_NAME: Final = 100


def parse_line(value: Any) -> str:
    """One line of text that says something."""
    text = _text(value).strip()
    if not text or "\n" in text:
        raise FlawsError.one(expected("one line of text", value))
    return text


def parse_reason(value: Any) -> str:
    """The reason for leaving the contract."""
    if not isinstance(value, str) or not value.strip():
        raise FlawsError.one(expected("the reason in words", value))
    return parse_line(value)


def parse_name(value: Any) -> str:
    """The name of a stub: it is sent in the header Mock-Stub."""
    text = _text(value)
    if not _PRINTABLE.fullmatch(text) or text != text.strip() or not 0 < len(text) <= _LONGEST_NAME:
        raise FlawsError.one(expected(f"1 to {_LONGEST_NAME} printable ASCII characters", value))
    return text


def parse_times(value: Any) -> int:
    """How often a stub answers."""
    return _whole(value, 1, 1_000_000)


def parse_status(value: Any) -> int:
    """The status of a final reply."""
    return _whole(value, 200, 599)


def parse_method(value: Any) -> str:
    """The method of an example's request."""
    text = _text(value)
    if not _METHOD.fullmatch(text):
        raise FlawsError.one(expected("a method such as POST", value))
    return text


def parse_example_path(value: Any) -> str:
    """The path of an example's request, percent-encoded, with its query if there is one."""
    text = _text(value)
    if not _TARGET.fullmatch(text):
        raise FlawsError.one(expected("a path that begins with / and is percent-encoded", value))
    return text


def parse_example_headers(value: Any) -> dict[str, str]:
    """The header fields of an example's request: as they are written, without expressions."""
    flaws: list[Flaw] = []
    headers = dict(_fields(value, flaws))
    if flaws:
        raise FlawsError(flaws)
    return headers


def parse_header_matchers(value: Any) -> dict[str, Matcher]:
    """Matchers for header fields, by their names in lower case."""
    flaws: list[Flaw] = []
    matchers: dict[str, Matcher] = {}
    for name, item in _named(value, flaws):
        try:
            matchers[name.lower()] = parse_text_matcher(item)
        except FlawsError as error:
            flaws += [flaw.under((name,)) for flaw in error.flaws]
    if flaws:
        raise FlawsError(flaws)
    return matchers


def parse_fault_kind(value: Any) -> str:
    """The fault that an example ends with."""
    if value not in FAULTS:
        hint = did_you_mean(value, FAULTS) if isinstance(value, str) else ""
        raise FlawsError.one(f"{expected('a fault', value)}{hint}")
    return str(value)


def parse_headers(value: Any, knows_fake: KnowsFake | None) -> tuple[Header, ...]:
    """The header fields of a reply; their values may hold expressions, except that of Content-Type."""
    flaws: list[Flaw] = []
    headers: list[Header] = []
    for name, text in _fields(value, flaws):
        lowered = name.lower()
        if lowered in _FRAMING:
            flaws.append(Flaw((name,), f"the server sets {name} itself; to break the wire, plan a fault", at_key=True))
        elif lowered.startswith("mock-"):
            flaws.append(Flaw((name,), "headers that begin with Mock- are the mock server's own", at_key=True))
        try:
            template = parse_text_template(text, knows_fake)
        except FlawsError as error:
            flaws += [flaw.under((name,)) for flaw in error.flaws]
            continue
        if lowered == "content-type" and not (template.static and _MEDIA_TYPE.fullmatch(text)):
            flaws.append(Flaw((name,), expected("a media type such as text/plain, without expressions", text)))
        headers.append((name, template))
    if flaws:
        raise FlawsError(flaws)
    return tuple(headers)


def parse_overrides(value: Any, knows_fake: KnowsFake | None) -> Template:
    """The members of the made-up payment session that a scenario overrides."""
    if value is None:
        raise FlawsError.one("expected a mapping, found null; to override nothing, write {}")
    return parse_template(_mapping(value, "a mapping of members to override"), knows_fake)


def as_text(body: Template) -> Template | None:
    """The template of a body that is sent as text; None if it is not text."""
    if isinstance(body.root, Expression):
        return Template(TextTemplate((body.root,)), static=False)
    return body if isinstance(body.root, str | TextTemplate) else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    hint = "" if isinstance(value, list | dict) else "; write it in quotes"
    raise FlawsError.one(f"{expected('text', value)}{hint}")


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FlawsError.one(expected(f"a whole number from {least} to {most}", value))
    return value


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FlawsError.one(expected(what, value))
    return value


def _named(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, Any]]:
    """The members of a mapping whose keys can be names of header fields, none of them twice."""
    seen: dict[str, str] = {}
    for name, item in _mapping(value, "a mapping by the names of headers").items():
        first = seen.setdefault(name.lower(), name)
        if not _TOKEN.fullmatch(name):
            flaws.append(Flaw((name,), f"{name!r} cannot be the name of a header", at_key=True))
        elif first != name:
            flaws.append(Flaw((name,), f"the header is repeated: {first} is the same one", at_key=True))
        else:
            yield name, item


def _fields(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, str]]:
    """The header fields that can be sent."""
    for name, item in _named(value, flaws):
        try:
            text = _text(item)
        except FlawsError as error:
            flaws += [flaw.under((name,)) for flaw in error.flaws]
            continue
        if _PRINTABLE.fullmatch(text):
            yield name, text
        else:
            flaws.append(Flaw((name,), expected("printable ASCII", text)))
