"""Header fields in a scenario file: of a reply, of an example's request, and as matchers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from mockserver.scenarios.format.flaws import Flaw, FlawsError, collected_flaws, collecting, expected
from mockserver.scenarios.format.matcher_fields import parse_text_matcher
from mockserver.scenarios.format.template_fields import KnowsFake, parse_text_template
from mockserver.scenarios.matchers import Matcher
from mockserver.scenarios.stub_replies import Header

__all__ = ["parse_example_headers", "parse_header_matchers", "parse_headers", "parse_text"]

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+*-]+( *;.*)?", re.ASCII)

# The server sends these itself. A reply whose framing is wrong is a fault, not a header.
_FRAMING: Final = frozenset(
    {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


def parse_headers(value: Any, knows_fake: KnowsFake | None) -> tuple[Header, ...]:
    """The header fields of a reply. Their values may have expressions, except that of Content-Type."""
    headers: list[Header] = []
    with collected_flaws() as flaws:
        for name, text in _fields(value, flaws):
            lowered = name.lower()
            if lowered in _FRAMING:
                problem = f"the server sets {name} itself; to break the connection, use a fault"
                flaws.append(Flaw((name,), problem, at_key=True))
            elif lowered.startswith("mock-"):
                flaws.append(Flaw((name,), "headers that begin with Mock- are the mock server's own", at_key=True))
            with collecting(flaws, name):
                template = parse_text_template(text, knows_fake)
                if lowered == "content-type" and not (template.static and _MEDIA_TYPE.fullmatch(text)):
                    raise FlawsError.one(expected("a media type such as text/plain, without expressions", text))
                headers.append((name, template))
    return tuple(headers)


def parse_example_headers(value: Any) -> dict[str, str]:
    """The header fields of an example's request, without expressions."""
    with collected_flaws() as flaws:
        return dict(_fields(value, flaws))


def parse_header_matchers(value: Any) -> dict[str, Matcher]:
    """Matchers for header fields, by name in lower case."""
    matchers: dict[str, Matcher] = {}
    with collected_flaws() as flaws:
        for name, item in _named(value, flaws):
            with collecting(flaws, name):
                matchers[name.lower()] = parse_text_matcher(item)
    return matchers


def parse_text(value: Any) -> str:
    """A text."""
    if isinstance(value, str):
        return value
    hint = "" if isinstance(value, list | dict) else "; write it in quotes"
    raise FlawsError.one(f"{expected('text', value)}{hint}")


def _named(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, Any]]:
    """The members of a mapping whose keys are valid names of header fields, each only once."""
    if not isinstance(value, dict):
        raise FlawsError.one(expected("a mapping of header names", value))
    seen: dict[str, str] = {}
    for name, item in value.items():
        first = seen.setdefault(name.lower(), name)
        if not _TOKEN.fullmatch(name):
            flaws.append(Flaw((name,), f"{name!r} is not a valid header name", at_key=True))
        elif first != name:
            flaws.append(Flaw((name,), f"the header {first} is repeated", at_key=True))
        else:
            yield name, item


def _fields(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, str]]:
    """The header fields that can be sent."""
    for name, item in _named(value, flaws):
        with collecting(flaws, name):
            text = parse_text(item)
            if not _PRINTABLE.fullmatch(text):
                raise FlawsError.one(expected("printable ASCII", text))
            yield name, text
