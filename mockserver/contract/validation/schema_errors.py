"""What openapi-core and jsonschema say is wrong, as violations with their place: made into text once, here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jsonschema.exceptions import ValidationError

from mockserver.contract.document.adjustments import NULL_ONLY
from mockserver.contract.validation.object_members import extra_members
from mockserver.errors import Violation
from mockserver.parsing import json_pointers
from mockserver.redaction import redact

__all__ = ["schema_violations"]

SHOWN_CHARACTERS = 80
SHOWN_CHOICES = 12

KINDS: dict[type, str] = {
    type(None): "not allowed here",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
ARTICLES = {"array": "an array", "integer": "an integer", "object": "an object", "null": "null"}


def schema_violations(errors: Iterable[ValidationError], place: str, prefix: str = "") -> list[Violation]:
    """Every way in which a value breaks its schema; `prefix` is the pointer to the value itself."""
    found: dict[tuple[str, str, str], Violation] = {}
    for error in errors:
        for violation in _translated(error, place, prefix):
            found.setdefault((violation.pointer, violation.keyword, violation.message), violation)
    return list(found.values())


def _translated(error: ValidationError, place: str, prefix: str) -> list[Violation]:
    try:
        return list(_translate(error, place, prefix))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # A keyword of a shape that it should not have, such as an enum that is a mapping: said as jsonschema says it.
        pointer = prefix + json_pointers.join(error.absolute_path)
        message = _clip(redact(error.message))
        return [Violation(place=place, pointer=pointer, message=message, keyword=_keyword(error))]


def _translate(error: ValidationError, place: str, prefix: str) -> Iterator[Violation]:
    pointer = prefix + json_pointers.join(error.absolute_path)
    keyword = _keyword(error)
    if keyword in {"anyOf", "oneOf"} and error.context:
        branches = _branches(error)
        if len(branches) == 1:
            for inner in branches[0]:
                yield from _translate(inner, place, prefix)
            return
    if keyword == "additionalProperties" and isinstance(error.instance, dict):
        for name in _extras(error):
            message = f"{_show(name)} is not a member that the contract knows here"
            yield Violation(place=place, pointer=pointer + json_pointers.join([name]), message=message, keyword=keyword)
        return
    if keyword == "required":
        name = _missing(error)
        message = f"{_show(name)} is required"
        yield Violation(place=place, pointer=pointer + json_pointers.join([name]), message=message, keyword=keyword)
        return
    yield Violation(place=place, pointer=pointer, message=_message(keyword, error), keyword=keyword)


def _keyword(error: ValidationError) -> str:
    # A schema that is `false` has no keyword: it is short for {"not": {}}.
    keyword = str(error.validator or "not")
    # openapi-core checks a discriminator under the keyword that stands beside it.
    if keyword in {"anyOf", "oneOf", "allOf"} and "discriminat" in error.message:
        return "discriminator"
    return keyword


def _message(keyword: str, error: ValidationError) -> str:
    if keyword in {"anyOf", "oneOf"}:
        return _alternatives(error)
    text = MESSAGES.get(keyword)
    return text(_show(error.instance), error) if text else _clip(redact(error.message))


def _enum(shown: str, error: ValidationError) -> str:
    wanted = _wanted(error)
    choices = ", ".join(_show(choice) for choice in wanted[:SHOWN_CHOICES])
    return f"{shown} is not one of {choices}{', …' if len(wanted) > SHOWN_CHOICES else ''}"


MESSAGES: dict[str, Callable[[str, ValidationError], str]] = {
    "type": lambda shown, error: f"{shown} is {_kind(error)}; the contract wants {_types(_wanted(error))}",
    "enum": _enum,
    "const": lambda shown, error: f"{shown} is not {_show(_wanted(error))}",
    "pattern": lambda shown, error: f"{shown} does not match the pattern {_wanted(error)}",
    "format": lambda shown, error: f"{shown} is not of the format {_wanted(error)}",
    "not": lambda shown, _: f"{shown} is not allowed here",
    "uniqueItems": lambda shown, _: f"{shown} has two items that are equal",
    "readOnly": lambda shown, _: f"{shown} is read-only: it must not be sent in a request",
    "writeOnly": lambda shown, _: f"{shown} is write-only: it must not come in a reply",
}


def _alternatives(error: ValidationError) -> str:
    fits = f"{_show(error.instance)} fits"
    count = len(_wanted(error))
    if not error.context:
        return f"{fits} more than one of the {count} alternatives, must fit exactly one"
    nearest = min(_branches(error), key=lambda branch: (len(branch), -max(len(inner.path) for inner in branch)))
    said = "; ".join(violation.message for violation in schema_violations(nearest, ""))
    return f"{fits} none of the {count} alternatives; the nearest says: {said}"


def _wanted(error: ValidationError) -> Any:
    """The keyword's value in the schema."""
    return error.validator_value


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    """The errors of each alternative, without the alternative that only null satisfies."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        if inner.schema != NULL_ONLY or error.instance is None:
            # An alternative that is `false` has no path.
            branches.setdefault(inner.schema_path[0] if inner.schema_path else id(inner), []).append(inner)
    return list(branches.values())


def _missing(error: ValidationError) -> str:
    # jsonschema says which member is missing in its message only.
    for name in _wanted(error):
        if error.message.startswith(repr(name)):
            return str(name)
    return error.message


def _extras(error: ValidationError) -> list[str]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    instance: Any = error.instance
    return sorted(extra_members(instance, schema))


def _types(wanted: Any) -> str:
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(ARTICLES.get(name, f"a {name}") for name in names)


def _kind(error: ValidationError) -> str:
    return KINDS.get(type(error.instance), "binary data")


def _show(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return "a value"
    return _clip(redact(text))


def _clip(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
