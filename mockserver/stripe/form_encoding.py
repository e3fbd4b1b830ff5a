"""Decodes forms as Stripe's clients encode them: `card[number]=…` is a nested member, `expand[]=…` a list item."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP: Final = re.compile(r"\[([^\[\]]*)\]")
_MOST_FIELDS: Final = 1000
_DEEPEST: Final = 10
# The caller chooses the names in metadata, and they may be numbers.
_NEVER_LISTED: Final = frozenset({"metadata"})
_LISTS: Final = frozenset({"expand"})


class FormError(ValueError):
    """The form cannot be read. The text gives the reason, without the values of the form."""


def read_form(text: str) -> dict[str, Any]:
    """The form as a JSON object whose innermost values are strings. Raises FormError."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        raise FormError("it is not UTF-8 once decoded") from None
    except ValueError:
        raise FormError(f"it has more than {_MOST_FIELDS} fields") from None
    form: dict[str, Any] = {}
    for name, value in pairs:
        node, last = _place(form, name)
        former = node.get(last)
        if name in _LISTS and isinstance(former, str | list):
            # A list in a query as OpenAPI writes it.
            if isinstance(former, list):
                former.append(value)
            else:
                node[last] = [former, value]
            continue
        if last in node:
            raise FormError("a field was sent twice")
        node[last] = value
    return _members(form)


def _place(form: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """The object that contains a field, and the name of the field in it."""
    if "[" not in name and "]" not in name:
        return form, name
    match = _NAME.fullmatch(name)
    steps = _STEP.findall(match[2]) if match else []
    if match is None or len(steps) > _DEEPEST:
        raise FormError("a field's name is none of name, name[member] and name[]")
    node, last = form, match[1]
    for step in steps:
        inner = node.setdefault(last, {})
        if not isinstance(inner, dict):
            raise FormError("a field is both a text and an object")
        # Empty brackets mean the next item.
        node, last = inner, step or str(len(inner))
    return node, last


def _listed(value: Any) -> Any:
    """A list if the names between the brackets are numbers."""
    if not isinstance(value, dict):
        return value
    inner = _members(value)
    if all(map(_is_index, inner)):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _members(value: dict[str, Any]) -> dict[str, Any]:
    return {name: member if name in _NEVER_LISTED else _listed(member) for name, member in value.items()}


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= len(str(_MOST_FIELDS))
