"""Which value of a discriminator's property names which schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.parsing import json_pointers
from mockserver.samples.keywords import as_list, as_mapping
from mockserver.samples.schema_references import SchemaReferences

__all__ = ["Discriminators"]

SCHEMAS = "#/components/schemas/"


class Discriminators:
    """The discriminators of one document."""

    def __init__(self, references: SchemaReferences) -> None:
        self._schemas = as_mapping(as_mapping(references.document.get("components")).get("schemas"))
        self._children: dict[str, list[str]] | None = None
        # Kept, so that one reply's schemas are the very same objects as the next one's.
        self._naming: dict[tuple[str, tuple[str, ...]], Mapping[str, Any]] = {}
        self._referring: dict[str, Mapping[str, Any]] = {}

    def naming(self, discriminator: Mapping[str, Any], ref: str) -> Mapping[str, Any] | None:
        """A schema that makes the property name the schema at `ref`, or None where no value does."""
        name = discriminator.get("propertyName")
        values = self._values(discriminator, ref)
        if not isinstance(name, str) or not values:
            return None
        return self._naming.setdefault(
            (name, values), {"type": "object", "required": [name], "properties": {name: {"enum": list(values)}}}
        )

    def reference(self, ref: str) -> Mapping[str, Any]:
        """A schema that refers to another."""
        return self._referring.setdefault(ref, {"$ref": ref})

    def descendants(self, ref: str) -> list[str]:
        """References to the schemas that have this one in their `allOf`, and to those that have them."""
        found: list[str] = []
        pending = [ref]
        while pending:
            for child in self._read_children().get(pending.pop(0), []):
                if child not in found and child != ref:
                    found.append(child)
                    pending.append(child)
        return found

    def _values(self, discriminator: Mapping[str, Any], ref: str) -> tuple[str, ...]:
        mapping = as_mapping(discriminator.get("mapping"))
        mapped = tuple(
            value
            for value, target in mapping.items()
            if isinstance(value, str) and ref in (target, f"{SCHEMAS}{target}")
        )
        if mapped:
            return mapped
        name = ref.removeprefix(SCHEMAS)
        return (json_pointers.unescape(name),) if ref.startswith(SCHEMAS) else ()

    def _read_children(self) -> dict[str, list[str]]:
        if self._children is None:
            self._children = {}
            for name, schema in self._schemas.items():
                for part in as_list(as_mapping(schema).get("allOf")):
                    parent = as_mapping(part).get("$ref")
                    if isinstance(parent, str) and isinstance(name, str):
                        self._children.setdefault(parent, []).append(f"{SCHEMAS}{json_pointers.escape(name)}")
        return self._children
