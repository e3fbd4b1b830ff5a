"""Accepts valid parameters fast. Parameters that are not accepted go to openapi-core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation
from mockserver.contract.document.references import COMPOSITIONS
from mockserver.messages import Request
from mockserver.parsing.text_values import read_boolean, read_integer, read_number

DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
MAX_DEPTH = 10
# Longer numbers go to openapi-core: jsonschema-rs does not compare all of them as Python does.
MAX_NUMBER_LENGTH = 16

# Maps a type to a function that reads a text, or returns None if only openapi-core can read it.
READERS: dict[str, Callable[[str], Any]] = {
    "string": lambda raw: raw,
    "integer": lambda raw: read_integer(raw, is_31=False) if len(raw) <= MAX_NUMBER_LENGTH else None,
    "number": lambda raw: read_number(raw) if len(raw) <= MAX_NUMBER_LENGTH else None,
    "boolean": read_boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _CompiledParameter:
    """A parameter; `read` and `check` are None if only openapi-core can check its value."""

    name: str
    may_be_absent: bool
    may_be_empty: bool
    read: Callable[[str], Any] | None
    check: Callable[[Any], bool] | None

    def accepts(self, raw: str | None) -> bool:
        if raw is None:
            return self.may_be_absent
        if self.read is None or self.check is None or not (raw.isprintable() and (raw or self.may_be_empty)):
            return False
        value = self.read(raw)
        return value is not None and self.check(value)


class CompiledParameters:
    """The parameters of one operation. `gaps` names those whose values only openapi-core can check."""

    def __init__(self, document: Document, operation: Operation) -> None:
        places: dict[str, list[_CompiledParameter]] = {}
        for parameter in _parameters(document, operation):
            places.setdefault(parameter["in"], []).append(_compile(document, parameter))
        self.gaps = [each.name for parameters in places.values() for each in parameters if each.check is None]
        self._places = [(_SOURCES[place], parameters) for place, parameters in places.items()]

    def accept(self, request: Request, path: Mapping[str, str]) -> bool:
        """True if every parameter is valid, or is absent and may be. False means that openapi-core has to decide."""
        for source, parameters in self._places:
            values = source(request, path)
            for parameter in parameters:
                if not parameter.accepts(values.get(parameter.name)):
                    return False
        return True


def _parameters(document: Document, operation: Operation) -> list[Mapping[str, Any]]:
    """The operation's parameters. They override those of the path item with the same name and place."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for owner in (operation.spec, operation.path_item):
        for raw in owner.get("parameters", []):
            parameter = document.resolve(raw)
            found.setdefault((parameter["name"], parameter["in"]), parameter)
    return list(found.values())


def _compile(document: Document, parameter: Mapping[str, Any]) -> _CompiledParameter:
    place = parameter["in"]
    schema = document.resolve(parameter.get("schema"))
    has_default_style = parameter.get("style", DEFAULT_STYLES[place]) == DEFAULT_STYLES[place]
    is_plain = isinstance(schema, dict) and "content" not in parameter and has_default_style
    reader = _reader(schema) if is_plain else None
    compiled = compile_schema(document, schema, direction="request") if reader else None
    # The members of an exploded object in a query are parameters of their own.
    is_absence_visible = is_plain and not (place == "query" and _may_be_object(document, schema))
    return _CompiledParameter(
        name=parameter["name"],
        may_be_absent=is_absence_visible and not parameter.get("required") and "default" not in schema,
        may_be_empty=place in {"header", "cookie"},
        read=reader,
        check=compiled.accepts if compiled else None,
    )


def _reader(schema: Mapping[str, Any]) -> Callable[[str], Any] | None:
    types = schema.get("type")
    if types is None:
        # openapi-core does not convert a value without a type.
        return None if schema.keys() & COMPOSITIONS else READERS["string"]
    names = [name for name in types if name != "null"] if isinstance(types, list) else [types]
    return READERS.get(names[0]) if len(names) == 1 and isinstance(names[0], str) else None


def _may_be_object(document: Document, schema: Any, depth: int = 0) -> bool:
    resolved = document.resolve(schema)
    if not isinstance(resolved, dict) or depth > MAX_DEPTH:
        return True
    types = resolved.get("type")
    if types is not None:
        return not isinstance(types, str | list) or "object" in types
    alternatives = [resolved[keyword] for keyword in COMPOSITIONS if keyword in resolved]
    return any(
        not isinstance(parts, list) or any(_may_be_object(document, part, depth + 1) for part in parts)
        for parts in alternatives
    )


def _query(request: Request, _: Mapping[str, str]) -> Mapping[str, str]:
    if not request.query:
        return {}
    # openapi-core decides about a repeated parameter: an empty value is not accepted here.
    return {name: values[0] if len(values) == 1 else "" for name, values in request.query_values.items()}


_SOURCES: dict[str, Callable[[Request, Mapping[str, str]], Mapping[str, str]]] = {
    "path": lambda _, path: path,
    "query": _query,
    "header": lambda request, _: request.headers,
    "cookie": lambda request, _: request.cookies,
}
