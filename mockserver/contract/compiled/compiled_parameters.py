"""Accepts valid parameters fast. Parameters that are not accepted go to openapi-core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.schema_compiler import compile_schema
from mockserver.contract.document.document import Document
from mockserver.contract.document.operations import Operation, documented_parameters
from mockserver.contract.document.references import COMPOSITIONS
from mockserver.contract.document.schema_types import SchemaTypes, schema_types
from mockserver.messages import Request
from mockserver.parsing.text_values import list_elements, read_boolean, read_integer, read_number

DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
# Longer numbers go to openapi-core: jsonschema-rs does not compare all of them as Python does.
MAX_NUMBER_LENGTH = 16

Reader = Callable[[str], Any]

# Maps a type to a function that reads a text, or returns None if only openapi-core can read it.
READERS: dict[str, Reader] = {
    "string": lambda raw: raw,
    "integer": lambda raw: read_integer(raw, is_31=False) if len(raw) <= MAX_NUMBER_LENGTH else None,
    "number": lambda raw: read_number(raw) if len(raw) <= MAX_NUMBER_LENGTH else None,
    "boolean": read_boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _CompiledParameter:
    """A parameter. `readers` and `check` are empty if only openapi-core can check its value.

    `split` returns the items of a list; it is None for other parameters.
    """

    name: str
    may_be_absent: bool
    may_be_empty: bool
    readers: tuple[Reader, ...]
    split: Callable[[Any], list[str]] | None
    check: Callable[[Any, int], bool] | None

    def accepts(self, raw: str | tuple[str, ...] | None) -> bool:
        check = self.check
        if raw is None or check is None:
            return raw is None and self.may_be_absent
        if self.split is not None:
            items = [self._item(text) for text in self.split(raw)]
            return None not in items and check(items, len(raw) if isinstance(raw, str) else sum(map(len, raw)))
        if not isinstance(raw, str):
            if len(raw) > 1:
                # openapi-core decides about a parameter that is repeated.
                return False
            raw = raw[0]
        if not (raw.isprintable() and (raw or self.may_be_empty)):
            return False
        for read in self.readers:
            value = read(raw)
            if value is not None and check(value, len(raw)):
                return True
        return False

    def _item(self, text: str) -> Any:
        # openapi-core decides about empty items.
        return self.readers[0](text) if text and text.isprintable() else None


class CompiledParameters:
    """The parameters of one operation. `gaps` names those whose values only openapi-core can check."""

    def __init__(self, document: Document, operation: Operation) -> None:
        places: dict[str, list[_CompiledParameter]] = {}
        for parameter in documented_parameters(document, operation):
            places.setdefault(parameter["in"], []).append(_compile(document, parameter))
        self.gaps = [each.name for parameters in places.values() for each in parameters if each.check is None]
        self._places = [(place, _SOURCES[place], parameters) for place, parameters in places.items()]
        # Without a query, parameters of every style are absent.
        self._needs_query = any(
            parameter.get("required")
            for parameter in documented_parameters(document, operation)
            if parameter["in"] == "query"
        )

    def accept(self, request: Request, path: Mapping[str, str]) -> bool:
        """True if every parameter is valid, or is absent and may be. False means that openapi-core has to decide."""
        try:
            for place, source, parameters in self._places:
                if place == "query" and not request.query:
                    if self._needs_query:
                        return False
                    continue
                values = source(request, path)
                for parameter in parameters:
                    if not parameter.accepts(values.get(parameter.name)):
                        return False
        except Exception:  # noqa: BLE001  # values that jsonschema-rs or a format check cannot handle are for openapi-core
            return False
        return True


def _compile(document: Document, parameter: Mapping[str, Any]) -> _CompiledParameter:
    place = parameter["in"]
    schema = document.resolve(parameter.get("schema"))
    has_default_style = parameter.get("style", DEFAULT_STYLES[place]) == DEFAULT_STYLES[place]
    has_default_style &= isinstance(parameter.get("explode", True), bool)
    is_plain = isinstance(schema, dict) and "content" not in parameter and has_default_style
    types = schema_types(document.data, schema)
    split = _splitter(place, parameter.get("explode", place == "query")) if types.only == "array" else None
    readers = _readers(document, schema, types) if is_plain and (split or types.only != "array") else ()
    compiled = compile_schema(document, schema, direction="request") if readers else None
    # The members of an exploded object are parameters of their own.
    may_be_spread = place in {"query", "cookie"} and types.only == "object"
    return _CompiledParameter(
        name=parameter["name"],
        may_be_absent=is_plain and not may_be_spread and not parameter.get("required"),
        may_be_empty=place in {"header", "cookie"},
        readers=readers,
        split=split,
        check=compiled.accepts if compiled else None,
    )


def _readers(document: Document, schema: Mapping[str, Any], types: SchemaTypes) -> tuple[Reader, ...]:
    """The readers for a text, or for the items of a list; none if only openapi-core can read it."""
    if types.only == "array":
        item = schema_types(document.data, schema.get("items"))
        # In a schema with parts, items can be described more than once. Items of several types are tried one by one.
        is_simple = schema.keys().isdisjoint({*COMPOSITIONS, "prefixItems"}) and len(item.scalars) == 1
        return _readers(document, {}, item) if is_simple and item.only != "array" else ()
    if not {"array", "object"}.isdisjoint(types.named) or not READERS.keys() >= set(types.scalars):
        return ()
    return tuple(READERS[name] for name in types.scalars)


def _splitter(place: str, explode: Any) -> Callable[[Any], list[str]] | None:
    """A function that returns the items of a list; None if only openapi-core can split it."""
    match place, explode:
        case "query", True:
            return list
        case "query", False:
            # openapi-core decides about a repeated list: an empty item is not accepted here.
            return lambda values: values[0].split(",") if len(values) == 1 else [""]
        case "path", bool():
            return lambda text: text.split(",")
        case "header", bool():
            return list_elements
    return None


_SOURCES: dict[str, Callable[[Request, Mapping[str, str]], Mapping[str, Any]]] = {
    "path": lambda _, path: path,
    "query": lambda request, _: request.query_values,
    "header": lambda request, _: request.headers,
    "cookie": lambda request, _: request.cookies,
}
