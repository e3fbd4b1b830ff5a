"""Finds the schemas of a document: in media types, parameters, headers and components, and inside other schemas."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document.references import FILES_MEMBER, BrokenReferenceError, members, resolve_pointer
from mockserver.contract.document.subschemas import MANY, NAMED, ONE
from mockserver.parsing import json_pointers

OLDER_DIALECTS = frozenset(
    {
        *(f"http://json-schema.org/draft-0{number}/schema" for number in (3, 4, 6, 7)),
        "https://json-schema.org/draft/2019-09/schema",
    }
)

Place = tuple[Any, str | int]
"""The place of a value: that of the value around it, and the last step. The first is a reference."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where the document has to have a schema, or another object of OpenAPI if `is_schema` is false.

    The value is `holder[key]`. The walk continues with the value that is there after the slot was handled.
    `is_foreign` is true if the schema, or one around it, names another dialect than that of OpenAPI 3.1.
    """

    holder: Any
    key: Any
    place: Place
    is_schema: bool
    is_foreign: bool

    @property
    def value(self) -> Any:
        """The value that is there now."""
        return self.holder[self.key]


def slots(document: dict[str, Any]) -> Iterator[Slot]:
    """Every schema of a document, and every other object, each once."""
    seen: set[int] = set()
    is_foreign = is_other_dialect(document.get("jsonSchemaDialect"))
    pending = [Slot({"": document}, "", ("#", ""), is_schema=False, is_foreign=is_foreign)]
    while pending:
        slot = pending.pop()
        if isinstance(slot.value, dict | list) and id(slot.value) in seen:
            continue
        yield slot
        value = slot.value
        if not isinstance(value, dict | list):
            continue
        seen.add(id(value))
        if isinstance(value, dict) and isinstance(ref := value.get("$ref"), str):
            try:
                target = resolve_pointer(document, ref)
            except BrokenReferenceError:
                continue
            pending.append(Slot({"": target}, "", (ref, ""), slot.is_schema, slot.is_foreign))
        if slot.is_schema and isinstance(value, list):
            continue
        pending += _inside_schema(slot) if slot.is_schema else _inside(slot, slot.place, value, is_map=False)


def is_other_dialect(name: Any) -> bool:
    """Whether the value of `$schema` names a dialect of JSON Schema that is older than that of OpenAPI 3.1."""
    return isinstance(name, str) and name.rstrip("#") in OLDER_DIALECTS


def _inside_schema(slot: Slot) -> Iterator[Slot]:
    schema = slot.value
    is_foreign = slot.is_foreign or is_other_dialect(schema.get("$schema"))
    for keyword, value in schema.items():
        place = (slot.place, keyword)
        keys: Any = ()
        if keyword in MANY and isinstance(value, list):
            keys = range(len(value))
        elif keyword in NAMED and isinstance(value, dict):
            keys = value
        elif keyword in ONE:
            yield Slot(schema, keyword, place, is_schema=True, is_foreign=is_foreign)
        yield from (Slot(value, key, (place, key), is_schema=True, is_foreign=is_foreign) for key in keys)


def _inside(slot: Slot, outer: Place, value: Any, *, is_map: bool) -> Iterator[Slot]:
    for key, inner, below in members(value, is_map=is_map):
        place = (outer, key)
        if key == FILES_MEMBER:
            # Its files are found by their references, which say what is in them.
            continue
        if key == "schemas" and below and isinstance(inner, dict):
            yield from (Slot(inner, name, (place, name), is_schema=True, is_foreign=slot.is_foreign) for name in inner)
        elif below:
            yield from _inside(slot, place, inner, is_map=True)
        elif isinstance(inner, dict | list) or (key == "schema" and not is_map):
            is_schema = key == "schema" and not is_map
            yield Slot(value, key, place, is_schema=is_schema, is_foreign=slot.is_foreign)


def reference_to(place: Place) -> str:
    """The reference to a place."""
    steps: list[str] = []
    outer: Any = place
    while isinstance(outer, tuple):
        outer, step = outer
        steps.append(json_pointers.escape(str(step)))
    # The first step is empty: it leads from the reference to the value itself.
    return "/".join([outer, *reversed(steps[:-1])])
