"""Finds the JSON types that a schema allows, to read values that are sent as text."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, NamedTuple

from mockserver.contract.document.references import COMPOSITIONS, resolve
from mockserver.errors import SpecError

MAX_DEPTH = 20
# An `enum` with 1 also accepts 1.0, so a whole number is not of type integer here.
TYPES_OF_VALUES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


class SchemaTypes(NamedTuple):
    """The types that a schema names, in its order, without null. `is_open`: it also allows all other types."""

    named: tuple[str, ...] = ()
    is_open: bool = True

    @property
    def only(self) -> str:
        """The only type that the schema allows, else an empty string."""
        return self.named[0] if len(self.named) == 1 and not self.is_open else ""

    @property
    def scalars(self) -> tuple[str, ...]:
        """The types that a text can be read as. A schema that names no type means a string."""
        scalars = tuple(name for name in self.named if name not in {"array", "object"})
        return (*scalars, "string") if self.is_open and "string" not in scalars else scalars


OPEN = SchemaTypes()


def schema_types(document: Mapping[str, Any], schema: Any) -> SchemaTypes:
    """The types of a schema, by `type`, `enum` and `const`, also through `$ref`, `allOf`, `anyOf` and `oneOf`."""
    return _Search(document).types(schema, 0)


class _Search:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # By the id of the schema, so that each schema is examined once.
        self._found: dict[int, SchemaTypes] = {}

    def types(self, schema: Any, depth: int) -> SchemaTypes:
        try:
            schema = resolve(self._document, schema)
        except SpecError:
            return OPEN
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return OPEN
        if id(schema) not in self._found:
            # A schema that refers to itself does not restrict itself.
            self._found[id(schema)] = OPEN
            self._found[id(schema)] = reduce(_both, self._restrictions(schema, depth), OPEN)
        return self._found[id(schema)]

    def _restrictions(self, schema: Mapping[str, Any], depth: int) -> Iterator[SchemaTypes]:
        match schema.get("type"):
            case str(name):
                yield _named([name])
            case [*names]:
                yield _named(names)
        if isinstance(values := schema.get("enum"), list):
            yield _named(map(_type_of, values))
        if "const" in schema:
            yield _named([_type_of(schema["const"])])
        for keyword in COMPOSITIONS:
            if isinstance(parts := schema.get(keyword), list) and parts:
                yield reduce(_both if keyword == "allOf" else _either, [self.types(each, depth + 1) for each in parts])


def _named(names: Iterable[Any]) -> SchemaTypes:
    known = [name for name in names if isinstance(name, str) and name != "null"]
    return SchemaTypes(tuple(dict.fromkeys(known)), is_open=False)


def _type_of(value: Any) -> str:
    return TYPES_OF_VALUES.get(type(value), "null")


def _both(left: SchemaTypes, right: SchemaTypes) -> SchemaTypes:
    """The types that both allow. Every integer is a number."""
    names = [_narrower(name, right) for name in left.named]
    if left.is_open:
        names += [name for name in right.named if name not in names]
    return SchemaTypes(tuple(dict.fromkeys(filter(None, names))), is_open=left.is_open and right.is_open)


def _narrower(name: str, other: SchemaTypes) -> str:
    if other.is_open or name in other.named or (name == "integer" and "number" in other.named):
        return name
    return "integer" if name == "number" and "integer" in other.named else ""


def _either(left: SchemaTypes, right: SchemaTypes) -> SchemaTypes:
    return SchemaTypes(tuple(dict.fromkeys(left.named + right.named)), is_open=left.is_open or right.is_open)
