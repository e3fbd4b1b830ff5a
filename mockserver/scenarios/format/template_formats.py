"""Templates in a scenario file: JSON values and texts with expressions such as `{$request.body#/provider}`."""

import re
from typing import Any, Final

from mockserver.parsing import json_pointers
from mockserver.parsing.media_types import is_markup
from mockserver.payments import knows_fake
from mockserver.scenarios.format.flaws import Flaw, FlawsError, collected_flaws, collecting, expected
from mockserver.scenarios.format.formats import ValueFormat
from mockserver.scenarios.suggestions import did_you_mean
from mockserver.scenarios.templates import Expression, Template, TextTemplate

_BARE: Final = ("$method", "$url")
_NAMED: Final = ("$request.path", "$request.query", "$request.header", "$fake")
_BODY: Final = "$request.body"
_FORMS: Final = (*_BARE, f"{_BODY}#/…", *(f"{source}.…" for source in _NAMED))
_IN_BRACES: Final = re.compile(r"\{(\$[^{}]*)\}")
# A source, and what follows it: a name after a dot, or a pointer after a hash sign.
_EXPRESSION: Final = re.compile(r"(\$(?:request\.)?[A-Za-z_]*)(?:([.#])(.*))?", re.DOTALL)
HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def text_template(text: str) -> TextTemplate:
    """The template of a text. Raises FlawsError."""
    parts: list[str | Expression] = []
    end = 0
    with collected_flaws() as flaws:
        for match in _IN_BRACES.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            with collecting(flaws):
                parts.append(_expression(match[1]))
        parts.append(text[end:])
        if any(isinstance(part, str) and "{$" in part for part in parts):
            flaws.append(Flaw((), "an expression that begins with {$ does not end with }"))
    return TextTemplate(tuple(part for part in parts if part != ""))


def as_text(body: Template, media_type: str) -> Template | None:
    """The template for a body that is sent as text of this type; None if it is another JSON value."""
    if isinstance(body.root, str):
        return body
    if isinstance(body.root, Expression):
        parts: tuple[str | Expression, ...] = (body.root,)
    elif isinstance(body.root, TextTemplate):
        parts = body.root.parts
    else:
        return None
    return Template(TextTemplate(parts, is_markup=is_markup(media_type)), static=False)


def _template(value: Any) -> Template:
    root = _parsed(value)
    return Template(root, static=root is value)


def _overrides(value: Any) -> Template:
    if value is None:
        raise FlawsError.one("expected a mapping, found null; to override nothing, write {}")
    if not isinstance(value, dict):
        raise FlawsError.one(expected("a mapping of members to override", value))
    return _template(value)


def _parsed(value: Any) -> Any:
    """The value with its expressions parsed; the same object if it has no expression."""
    if isinstance(value, str) and "{$" in value:
        template = text_template(value)
        return template.parts[0] if len(template.parts) == 1 else template
    members: dict[Any, Any]
    if isinstance(value, dict):
        members = value
    elif isinstance(value, list):
        members = dict(enumerate(value))
    else:
        return value
    parsed = {}
    with collected_flaws() as flaws:
        for key, item in members.items():
            if isinstance(key, str) and "{$" in key:
                flaws.append(Flaw((key,), "expressions are allowed in values, not in keys", at_key=True))
            with collecting(flaws, key):
                parsed[key] = _parsed(item)
    if all(parsed[key] is item for key, item in members.items()):
        return value
    return parsed if isinstance(value, dict) else list(parsed.values())


def _expression(text: str) -> Expression:
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
    if source == "$request.header" and not HEADER_NAME.fullmatch(rest):
        raise FlawsError.one(f"{{{text}}}: {rest!r} is not a valid header name")
    if source == "$fake" and not knows_fake(rest):
        raise FlawsError.one(f"{{{text}}}: Faker has no value named {rest!r} that needs no arguments")
    return Expression(source, rest)


TEMPLATE: Final = ValueFormat(_template, {})
OVERRIDES: Final = ValueFormat(_overrides, {"type": "object"})
