"""Templates: JSON values and texts that take parts of the request, written as runtime expressions.

The expressions are OpenAPI's runtime expressions for requests, plus `$fake.<name>` for a made-up value. They are parsed
when the file is loaded; nothing else is evaluated.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import quote

from mockserver.messages import ABSENT, Call, Request
from mockserver.parsing import json_pointers

Fake = Callable[[str], str]
"""Returns a made-up value by its name, such as `iban`."""

_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression, such as `$request.path.customer_id`: the `source` and a `name`, or a `pointer` into the body."""

    source: str
    name: str = ""
    pointer: tuple[str, ...] = ()

    def value(self, call: Call, fake: Fake) -> Any:
        """The value for this call, with its JSON type; ABSENT if the request has none."""
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
        """The value as part of a text: JSON unless it is text, empty if it is absent."""
        value = self.value(call, fake)
        if value is ABSENT:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text of fixed parts and expressions. With `is_markup`, the text is HTML or XML, and values are escaped."""

    parts: tuple[str | Expression, ...]
    is_markup: bool = False

    @property
    def static(self) -> bool:
        """Whether the text is the same for every call."""
        return not any(isinstance(part, Expression) for part in self.parts)

    @property
    def fixed_text(self) -> str:
        """The text without its expressions."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def render(self, call: Call, fake: Fake) -> str:
        """The text for this call."""
        return "".join(part if isinstance(part, str) else self._value(part, call, fake) for part in self.parts)

    def render_field(self, call: Call, fake: Fake) -> str:
        """The text as the value of a header field, percent-encoded except for printable ASCII.

        A line break in the request therefore never starts a second header field in the reply.
        """
        return quote(self.render(call, fake), safe=_PRINTABLE, errors="replace")

    def _value(self, part: Expression, call: Call, fake: Fake) -> str:
        text = part.text(call, fake)
        return escape(text) if self.is_markup else text


@dataclass(frozen=True, slots=True)
class Template:
    """A JSON value whose texts may contain expressions.

    A text that is a single expression becomes the value of that expression, null if the request has none. A static
    template renders to the same object every time: do not change it.
    """

    root: Any
    static: bool

    def render(self, call: Call, fake: Fake) -> Any:
        """The value for this call."""
        return self.root if self.static else _render(self.root, call, fake)


def _url(request: Request) -> str:
    query = f"?{request.query}" if request.query else ""
    return f"{request.scheme}://{request.headers.get('host', '')}{request.path}{query}"


def _member(body: Any, steps: tuple[str, ...]) -> Any:
    try:
        return json_pointers.resolve(body, steps)
    except KeyError:
        return ABSENT


def _render(node: Any, call: Call, fake: Fake) -> Any:
    if isinstance(node, Expression):
        value = node.value(call, fake)
        return None if value is ABSENT else value
    if isinstance(node, TextTemplate):
        return node.render(call, fake)
    if isinstance(node, list):
        return [_render(item, call, fake) for item in node]
    if isinstance(node, dict):
        return {key: _render(item, call, fake) for key, item in node.items()}
    return node
