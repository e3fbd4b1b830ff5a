"""The compiled accept path of parameters: says yes fast, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.messages import Request

__all__ = ["CompiledParameters"]

PLAIN_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
ALTERNATIVES = frozenset({"allOf", "anyOf", "oneOf"})
INTEGER = re.compile(r"-?[0-9]{1,15}")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
DEEPEST = 10

# What is read here openapi-core reads alike; None where it might not.
READERS: dict[str, Callable[[str], Any]] = {
    "string": lambda raw: raw,
    "integer": lambda raw: int(raw) if INTEGER.fullmatch(raw) else None,
    "number": lambda raw: float(raw) if NUMBER.fullmatch(raw) else None,
    "boolean": {"true": True, "false": False}.get,
}


def _never(_: Any) -> Any:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _CompiledParameter:
    name: str
    may_be_absent: bool
    may_be_empty: bool
    read: Callable[[str], Any]
    check: Callable[[Any], bool]

    def accepts(self, raw: str | None) -> bool:
        if raw is None:
            return self.may_be_absent
        if not (raw.isprintable() and (raw or self.may_be_empty)):
            return False
        value = self.read(raw)
        return value is not None and self.check(value)


class CompiledParameters:
    """The parameters of one operation. May only be believed when it says True.

    `gaps` names those of which it never does: openapi-core judges each of their values.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        places: dict[str, list[_CompiledParameter]] = {}
        for parameter in _parameters(document, operation):
            places.setdefault(parameter["in"], []).append(_compiled(document, parameter))
        self.gaps = [each.name for parameters in places.values() for each in parameters if each.read is _never]
        self._places = [(_SOURCES[place], parameters) for place, parameters in places.items()]

    def accept(self, request: Request, path: Mapping[str, str]) -> bool:
        """True when every parameter is there, or may be missing, and satisfies its schema."""
        for source, parameters in self._places:
            values = source(request, path)
            for parameter in parameters:
                if not parameter.accepts(values.get(parameter.name)):
                    return False
        return True


def _parameters(document: Document, operation: Operation) -> list[Mapping[str, Any]]:
    """The operation's parameters; one of its own hides the path item's of the same name and place."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for owner in (operation.spec, operation.path_item):
        for raw in owner.get("parameters", []):
            parameter = document.resolve(raw)
            found.setdefault((parameter["name"], parameter["in"]), parameter)
    return list(found.values())


def _compiled(document: Document, parameter: Mapping[str, Any]) -> _CompiledParameter:
    place = parameter["in"]
    schema = document.resolve(parameter.get("schema"))
    plain = (
        isinstance(schema, dict)
        and "content" not in parameter
        and parameter.get("style", PLAIN_STYLES[place]) == PLAIN_STYLES[place]
    )
    kind = _only_kind(schema.get("type")) if plain else None
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if plain and kind is None and not ALTERNATIVES & schema.keys():
        # Without a type openapi-core leaves the text as it is.
        reader = READERS["string"]
    compiled = compile_schema(document, schema, direction="request") if reader else None
    # The members of an exploded object are looked for under their own names.
    absent_is_seen = plain and not (place == "query" and _may_be_object(document, schema))
    return _CompiledParameter(
        name=parameter["name"],
        may_be_absent=absent_is_seen and not parameter.get("required") and "default" not in schema,
        may_be_empty=place in {"header", "cookie"},
        read=reader if reader and compiled else _never,
        check=compiled.check if compiled else _never,
    )


def _only_kind(types: Any) -> Any:
    """The type, also where it is the only one of a list but for null."""
    if isinstance(types, list):
        named = [name for name in types if name != "null"]
        return named[0] if len(named) == 1 else ""
    return types


def _may_be_object(document: Document, schema: Any, depth: int = 0) -> bool:
    resolved = document.resolve(schema)
    if not isinstance(resolved, dict) or depth > DEEPEST:
        return True
    kind = resolved.get("type")
    if kind is not None:
        return not isinstance(kind, str | list) or "object" in kind
    alternatives = [resolved[keyword] for keyword in ALTERNATIVES & resolved.keys()]
    return any(
        not isinstance(parts, list) or any(_may_be_object(document, part, depth + 1) for part in parts)
        for parts in alternatives
    )


def _query(request: Request, _: Mapping[str, str]) -> Mapping[str, str]:
    if not request.query:
        return {}
    # openapi-core takes the first of a repeated name; which one was meant is for it to say.
    return {name: values[0] if len(values) == 1 else "" for name, values in request.query_values.items()}


_SOURCES: dict[str, Callable[[Request, Mapping[str, str]], Mapping[str, str]]] = {
    "path": lambda _, path: path,
    "query": _query,
    "header": lambda request, _: request.headers,
    "cookie": lambda request, _: request.cookies,
}
