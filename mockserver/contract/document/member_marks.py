"""Finds `readOnly` and `writeOnly` for the members that a schema requires, and copies them beside `required`.

A member of a request that is `readOnly` is not required, and neither is one of a reply that is `writeOnly`. The
validators look for these keywords only in the `properties` of the schema that has the `required`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document.references import resolve
from mockserver.errors import SpecError

MARKS = ("readOnly", "writeOnly")
# The limit for chains of references.
MAX_DEPTH = 50

Marks = Mapping[str, frozenset[str]]
"""The marks of members, by their names."""


class MemberMarks:
    """The marks in one document, whose references are all local."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # Each entry keeps its schema, so that no other object gets the same id.
        self._found: dict[int, tuple[Any, Marks]] = {}
        self._depth = 0

    def copy_to(self, schema: dict[str, Any]) -> None:
        """Copy the marks of the members that a schema, or a part of its `allOf`, requires."""
        if not schema.keys() & {"required", "allOf"}:
            return
        inline = [part for part in _parts(schema) if "$ref" not in part]
        for part in (schema, *inline):
            names = part.get("required")
            for name in names if isinstance(names, list) else ():
                marks = self._of(schema).get(name) or self._of(part).get(name)
                if marks and "additionalProperties" not in part:
                    _mark(part, name, marks)

    def _of(self, schema: Any) -> Marks:
        """The marks of the members of a schema, also through `$ref` and `allOf`."""
        if id(schema) not in self._found:
            if self._depth >= MAX_DEPTH:
                return {}
            self._depth += 1
            # A schema that includes itself adds nothing.
            self._found[id(schema)] = (schema, {})
            marks: dict[str, frozenset[str]] = {}
            for name, found in self._search(schema):
                marks[name] = marks.get(name, frozenset()) | found
            self._found[id(schema)] = (schema, marks)
            self._depth -= 1
        return self._found[id(schema)][1]

    def _search(self, schema: Any) -> Iterator[tuple[str, frozenset[str]]]:
        for each in self._included(schema):
            if each is not schema:
                yield from self._of(each).items()
                continue
            properties = each.get("properties")
            for name, member in properties.items() if isinstance(properties, dict) else ():
                if marks := self._member_marks(member, set()):
                    yield name, marks

    def _member_marks(self, member: Any, seen: set[int]) -> frozenset[str]:
        if id(member) in seen or len(seen) >= MAX_DEPTH:
            return frozenset()
        seen.add(id(member))
        marks = frozenset(mark for mark in MARKS if isinstance(member, dict) and member.get(mark) is True)
        others = (each for each in self._included(member) if each is not member)
        return marks.union(*(self._member_marks(each, seen) for each in others))

    def _included(self, schema: Any) -> Iterator[dict[str, Any]]:
        """A schema, and those in its `allOf` and its `$ref`."""
        if not isinstance(schema, dict):
            return
        yield schema
        targets = _parts(schema)
        if "$ref" in schema:
            try:
                targets.append(resolve(self._document, schema))
            except SpecError:
                return
        yield from (target for target in targets if isinstance(target, dict))


def _parts(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = schema.get("allOf")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _mark(schema: dict[str, Any], name: str, marks: frozenset[str]) -> None:
    properties = schema.setdefault("properties", {})
    member = properties.setdefault(name, {}) if isinstance(properties, dict) else None
    if isinstance(member, dict):
        member |= dict.fromkeys(sorted(marks), True)
