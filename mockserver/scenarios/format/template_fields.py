"""Templates in a scenario file: JSON values and texts with expressions such as `{$request.body#/provider}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from mockserver.parsing import json_pointers
from mockserver.scenarios.format.flaws import Flaw, FlawsError, collected_flaws, collecting, expected
from mockserver.scenarios.suggestions import did_you_mean
from mockserver.scenarios.templates import Expression, Template, TextTemplate

__all__ = ["KnowsFake", "as_text", "parse_overrides", "parse_template", "parse_text_template"]

KnowsFake = Callable[[str], bool]
"""Tells whether there is a made-up value of a name."""

_BARE: Final = ("$method", "$url")
_NAMED: Final = ("$request.path", "$request.query", "$request.header", "$fake")
_BODY: Final = "$request.body"
_FORMS: Final = (*_BARE, f"{_BODY}#/…", *(f"{source}.…" for source in _NAMED))
_IN_BRACES: Final = re.compile(r"\{(\$[^{}]*)\}")
# A source, and what follows it: a name after a dot, or a pointer after a hash sign.
_EXPRESSION: Final = re.compile(r"(\$(?:request\.)?[A-Za-z_]*)(?:([.#])(.*))?", re.DOTALL)
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def parse_template(value: Any, knows_fake: KnowsFake | None) -> Template:
    """The template of a JSON value. `knows_fake` checks the names of made-up values; None accepts all."""
    root = _parsed(value, knows_fake)
    return Template(root, static=root is value)


def parse_overrides(value: Any, knows_fake: KnowsFake | None) -> Template:
    """The template of the members that replace those of a payment session."""
    if value is None:
        raise FlawsError.one("expected a mapping, found null; to override nothing, write {}")
    if not isinstance(value, dict):
        raise FlawsError.one(expected("a mapping of members to override", value))
    return parse_template(value, knows_fake)


def parse_text_template(text: str, knows_fake: KnowsFake | None) -> TextTemplate:
    """The template of a text."""
    parts: list[str | Expression] = []
    end = 0
    with collected_flaws() as flaws:
        for match in _IN_BRACES.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            with collecting(flaws):
                parts.append(_parse_expression(match[1], knows_fake))
        parts.append(text[end:])
        if any(isinstance(part, str) and "{$" in part for part in parts):
            flaws.append(Flaw((), "an expression that begins with {$ does not end with }"))
    return TextTemplate(tuple(part for part in parts if part != ""))


def as_text(body: Template) -> Template | None:
    """The template for a body that is sent as text; None if it is another JSON value."""
    if isinstance(body.root, Expression):
        return Template(TextTemplate((body.root,)), static=False)
    return body if isinstance(body.root, str | TextTemplate) else None


def _parsed(value: Any, knows_fake: KnowsFake | None) -> Any:
    """The value with its expressions parsed; the same object if it has no expression."""
    if isinstance(value, str) and "{$" in value:
        template = parse_text_template(value, knows_fake)
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
                parsed[key] = _parsed(item, knows_fake)
    if all(parsed[key] is item for key, item in members.items()):
        return value
    return parsed if isinstance(value, dict) else list(parsed.values())


def _parse_expression(text: str, knows_fake: KnowsFake | None) -> Expression:
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
        raise FlawsError.one(f"{{{text}}}: {rest!r} is not a valid header name")
    if source == "$fake" and knows_fake is not None and not knows_fake(rest):
        raise FlawsError.one(f"{{{text}}}: Faker has no value named {rest!r} that needs no arguments")
    return Expression(source, rest)
