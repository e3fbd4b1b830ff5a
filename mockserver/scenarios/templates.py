"""Templates: JSON values and texts in which expressions may stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from mockserver.messages import ABSENT, Call
from mockserver.scenarios.expressions import Expression, Fake, KnowsFake, parse_expression
from mockserver.scenarios.format.flaws import Flaw, FlawsError

__all__ = ["Template", "TextTemplate", "parse_template", "parse_text_template"]

_EXPRESSION: Final = re.compile(r"\{(\$[^{}]*)\}")
_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text of fixed parts and expressions."""

    parts: tuple[str | Expression, ...]

    @property
    def static(self) -> bool:
        """Whether it is the same text for every call."""
        return not any(isinstance(part, Expression) for part in self.parts)

    def render(self, call: Call, fake: Fake) -> str:
        """The text for this call."""
        return "".join(part if isinstance(part, str) else part.text(call, fake) for part in self.parts)

    def render_field(self, call: Call, fake: Fake) -> str:
        """The text as the value of a header field: what is not printable ASCII is percent-encoded.

        So a line break in the request never becomes a second header field in the reply.
        """
        return quote(self.render(call, fake), safe=_PRINTABLE, errors="replace")


@dataclass(frozen=True, slots=True)
class Template:
    """A JSON value whose texts may hold expressions; a text that is one expression takes on its JSON type.

    What an expression does not find is null where the expression stands alone. A static template gives the
    same object every time: it is not to be changed.
    """

    root: Any
    static: bool

    def render(self, call: Call, fake: Fake) -> Any:
        """The value for this call."""
        return self.root if self.static else _render(self.root, call, fake)


def parse_text_template(text: str, knows_fake: KnowsFake | None) -> TextTemplate:
    """The template that a text is."""
    parts: list[str | Expression] = []
    flaws: list[Flaw] = []
    end = 0
    for match in _EXPRESSION.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        try:
            parts.append(parse_expression(match[1], knows_fake))
        except FlawsError as error:
            flaws.extend(error.flaws)
    parts.append(text[end:])
    if any(isinstance(part, str) and "{$" in part for part in parts):
        flaws.append(Flaw((), "an expression that begins with {$ does not end with }"))
    if flaws:
        raise FlawsError(flaws)
    return TextTemplate(tuple(part for part in parts if part != ""))


def parse_template(value: Any, knows_fake: KnowsFake | None) -> Template:
    """The template that a JSON value is."""
    flaws: list[Flaw] = []
    root = _parse(value, (), flaws, knows_fake)
    if flaws:
        raise FlawsError(flaws)
    return Template(root, static=root is value)


def _parse(value: Any, path: tuple[str | int, ...], flaws: list[Flaw], knows_fake: KnowsFake | None) -> Any:
    """The value with its texts parsed; the very same object where there is no expression in it."""
    if isinstance(value, str) and "{$" in value:
        try:
            template = parse_text_template(value, knows_fake)
        except FlawsError as error:
            flaws.extend(flaw.under(path) for flaw in error.flaws)
            return value
        return template.parts[0] if len(template.parts) == 1 else template
    if isinstance(value, list):
        items = [_parse(item, (*path, index), flaws, knows_fake) for index, item in enumerate(value)]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if isinstance(value, dict):
        problem = "an expression stands in a value, not in a key"
        flaws.extend(Flaw((*path, key), problem, at_key=True) for key in value if "{$" in key)
        members = {key: _parse(item, (*path, key), flaws, knows_fake) for key, item in value.items()}
        return value if all(members[key] is value[key] for key in value) else members
    return value


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
