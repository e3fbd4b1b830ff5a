"""Removes invalid keywords from the schemas of a document, with a note about each.

Many published documents have such slips. Validators would ignore some of them, and fail on others with a misleading
error when the first message arrives. Without the keyword, all of them agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.contract.document.adjustments import NULL_ONLY
from mockserver.contract.document.keyword_rules import RULES_30, RULES_31, TYPES, is_pattern
from mockserver.contract.document.references import FILES_MEMBER, BrokenReferenceError, resolve
from mockserver.contract.document.schema_walk import Slot, is_other_dialect, reference_to, slots

MAX_SHOWN_CHARACTERS = 60
DIALECT_31_STARTS = ("https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/")
# These belong to objects other than schemas.
FLAGS = ("allowEmptyValue", "allowReserved", "explode", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A slip in a document that does not prevent serving it. `pointer` is the place in the file."""

    file: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer}: {self.message}"


def remove_slips(document: dict[str, Any], path: Path, origins: Mapping[str, tuple[Path, str]]) -> tuple[Note, ...]:
    """Remove invalid keywords in place. `origins` maps the members of the joined files to a file and a pointer in it.

    The keywords of schemas in older dialects of JSON Schema are not examined.
    """
    removal = _Removal(document)
    for slot in slots(document):
        removal.handle(slot)
    notes: dict[tuple[str, str], Note] = {}
    for place, message in removal.found:
        file, pointer = _origin(reference_to(place), path, origins)
        notes.setdefault((f"{file}#{pointer}", message), Note(file=str(file), pointer=pointer, message=message))
    return tuple(notes.values())


def grouped(notes: Iterable[Note]) -> list[str]:
    """One line for each message, with its first place and the number of the others."""
    places: dict[str, list[Note]] = {}
    for note in notes:
        places.setdefault(note.message, []).append(note)
    return [
        f"{first} (also in {len(others)} other place{'' if len(others) == 1 else 's'})" if others else str(first)
        for first, *others in places.values()
    ]


def _origin(reference: str, path: Path, origins: Mapping[str, tuple[Path, str]]) -> tuple[Path, str]:
    """The file and the pointer of a place in the joined document."""
    first, slash, rest = reference.removeprefix(f"#/{FILES_MEMBER}/").partition("/")
    if first in origins and reference.startswith(f"#/{FILES_MEMBER}/"):
        file, start = origins[first]
        return file, f"{start}{slash}{rest}"
    return path, reference[1:]


class _Removal:
    """Removes the invalid keywords of one document. `found` has the place and the description of each."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.found: list[tuple[Any, str]] = []
        self._document = document
        self._is_30 = document["openapi"].startswith("3.0")
        self._rules = RULES_30 if self._is_30 else RULES_31
        dialect = document.get("jsonSchemaDialect")
        self._has_own_dialect = dialect is not None and not str(dialect).startswith(DIALECT_31_STARTS)
        if self._has_own_dialect and not is_other_dialect(dialect):
            del document["jsonSchemaDialect"]
            self._has_own_dialect = False
            self._note(("#", ""), "jsonSchemaDialect", "must be a dialect that the mock knows", dialect)

    def handle(self, slot: Slot) -> None:
        """Remove the slips at a place. The places inside it are handled later."""
        if not slot.is_schema:
            self._flags(slot)
        elif isinstance(slot.value, dict):
            self._schema(slot, slot.value)
        elif not isinstance(slot.value, bool) and not slot.is_foreign:
            self.found.append((slot.place, f"a schema must be a mapping, is {_shown(slot.value)}; it is ignored"))
            slot.holder[slot.key] = {}

    def _note(self, place: Any, keyword: str, problem: str, value: Any) -> None:
        self.found.append((place, f"`{keyword}` {problem}, is {_shown(value)}; it is ignored"))

    def _flags(self, slot: Slot) -> None:
        for flag in FLAGS if isinstance(slot.value, dict) else ():
            value = slot.value.get(flag, False)
            # A mapping or a list under this name belongs to a map, whose keys are names.
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                self._note(slot.place, flag, "must be true or false", slot.value.pop(flag))

    def _schema(self, slot: Slot, schema: dict[str, Any]) -> None:
        self._identifiers(slot, schema)
        if slot.is_foreign or is_other_dialect(schema.get("$schema")):
            return
        for keyword in [keyword for keyword in schema if keyword in self._rules]:
            value = schema[keyword]
            rule = self._rules[keyword]
            if not rule.allows(value):
                self._note(slot.place, keyword, f"must be {rule.description}", value)
                del schema[keyword]
                if keyword == "type" and self._is_30:
                    _understand_type(schema, value)
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict) and not self._is_30:
            for pattern in [pattern for pattern in patterns if not is_pattern(pattern)]:
                self._note(slot.place, "patternProperties", "must have regular expressions of ECMA-262", pattern)
                del patterns[pattern]
        if isinstance(schema.get("$ref"), str):
            self._target(slot, schema)

    def _identifiers(self, slot: Slot, schema: dict[str, Any]) -> None:
        """Remove `$id` and `$schema`, because all references are local JSON pointers now."""
        for keyword in ("$id", "id"):
            schema.pop(keyword, None)
        name = schema.get("$schema")
        if name is None or (is_other_dialect(name) and not self._is_30):
            return
        is_default = str(name).startswith(DIALECT_31_STARTS)
        if is_default and self._has_own_dialect:
            return
        del schema["$schema"]
        if not is_default and not self._is_30:
            self._note(slot.place, "$schema", "must be a dialect that the mock knows", name)

    def _target(self, slot: Slot, schema: dict[str, Any]) -> None:
        try:
            target = resolve(self._document, {"$ref": schema["$ref"]})
        except BrokenReferenceError:
            return
        if not isinstance(target, dict | bool):
            self._note(slot.place, "$ref", "must refer to a schema", schema.pop("$ref"))


def _understand_type(schema: dict[str, Any], value: Any) -> None:
    """Write a type of OpenAPI 3.1, such as a list with null, as OpenAPI 3.0 writes it."""
    names = value if isinstance(value, list) else [value]
    types = [name for name in names if name in TYPES]
    if len(types) == 1 and set(names) <= {types[0], "null"}:
        schema |= {"type": types[0], "nullable": True} if "null" in names else {"type": types[0]}
    elif names == ["null"]:
        schema |= NULL_ONLY


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"
