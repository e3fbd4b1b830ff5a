"""Header fields in a scenario file: of a reply, of an example's request, and as matchers."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mockserver.scenarios.format.flaws import Flaw, FlawsError, collected_flaws, collecting, expected
from mockserver.scenarios.format.formats import TEXT, ValueFormat
from mockserver.scenarios.format.matcher_formats import MATCHERS, MatcherFormats
from mockserver.scenarios.format.template_formats import HEADER_NAME, text_template
from mockserver.scenarios.matchers import Matcher
from mockserver.scenarios.stub_replies import Header

_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+*-]+( *;.*)?", re.ASCII)

# The server sends these itself. A reply whose framing is wrong is a fault, not a header.
_FRAMING: Final = frozenset(
    {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


def _headers(value: Any) -> tuple[Header, ...]:
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
                template = text_template(text)
                if lowered == "content-type" and not (template.static and _MEDIA_TYPE.fullmatch(text)):
                    raise FlawsError.one(expected("a media type such as text/plain, without expressions", text))
                headers.append((name, template))
    return tuple(headers)


def _example_headers(value: Any) -> dict[str, str]:
    """The header fields of an example's request, without expressions."""
    with collected_flaws() as flaws:
        return dict(_fields(value, flaws))


def header_matchers(formats: MatcherFormats) -> ValueFormat[dict[str, Matcher]]:
    """The format of matchers for header fields. They are found by name in lower case."""

    def parse(value: Any) -> dict[str, Matcher]:
        matchers: dict[str, Matcher] = {}
        with collected_flaws() as flaws:
            for name, item in _named(value, flaws):
                with collecting(flaws, name):
                    matchers[name.lower()] = formats.text.parse(item)
        return matchers

    return ValueFormat(parse, {"type": "object", "additionalProperties": formats.text.schema})


def _named(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, Any]]:
    """The members of a mapping whose keys are valid names of header fields, each only once."""
    if not isinstance(value, dict):
        raise FlawsError.one(expected("a mapping of header names", value))
    seen: dict[str, str] = {}
    for name, item in value.items():
        first = seen.setdefault(name.lower(), name)
        if not HEADER_NAME.fullmatch(name):
            flaws.append(Flaw((name,), f"{name!r} is not a valid header name", at_key=True))
        elif first != name:
            flaws.append(Flaw((name,), f"the header {first} is repeated", at_key=True))
        else:
            yield name, item


def _fields(value: Any, flaws: list[Flaw]) -> Iterator[tuple[str, str]]:
    """The header fields that can be sent."""
    for name, item in _named(value, flaws):
        with collecting(flaws, name):
            text = TEXT.parse(item)
            if not _PRINTABLE.fullmatch(text):
                raise FlawsError.one(expected("printable ASCII", text))
            yield name, text


_TEXTS: Final = {"type": "object", "additionalProperties": TEXT.schema}
HEADERS: Final = ValueFormat(_headers, _TEXTS)
EXAMPLE_HEADERS: Final = ValueFormat(_example_headers, _TEXTS)
HEADER_MATCHERS: Final = header_matchers(MATCHERS)
