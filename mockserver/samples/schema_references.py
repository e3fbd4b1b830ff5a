"""What references of a document lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document.references import objects, resolve_pointer
from mockserver.errors import SpecError
from mockserver.samples.keywords import shown
from mockserver.samples.sample_errors import NoSample

__all__ = ["SchemaReferences"]


class SchemaReferences:
    """Follows the local references of one document; nothing is looked up before it is needed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._anchors: dict[str, Any] | None = None

    def target(self, ref: Any) -> Any:
        """What a `$ref` or `$dynamicRef` leads to. Raises NoSample when it leads nowhere."""
        if ref == "#":
            return self.document
        if not isinstance(ref, str) or not ref.startswith("#"):
            raise NoSample(f"the $ref {shown(ref)} leads out of the document")
        if ref.startswith("#/"):
            try:
                return resolve_pointer(self.document, ref)
            except SpecError as error:
                raise NoSample(str(error)) from None
        anchors = self._read_anchors()
        if ref[1:] not in anchors:
            raise NoSample(f"the $ref {ref!r} leads nowhere: there is no such $anchor")
        return anchors[ref[1:]]

    def followed(self, schema: Any) -> Any:
        """The schema that a chain of references ends at; one that leads nowhere or in a circle ends where it is."""
        seen: set[str] = set()
        while isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str) and ref not in seen:
            seen.add(ref)
            try:
                schema = self.target(ref)
            except NoSample:
                break
        return schema

    def _read_anchors(self) -> dict[str, Any]:
        if self._anchors is None:
            self._anchors = {}
            for node in objects(self.document):
                for keyword in ("$anchor", "$dynamicAnchor"):
                    if isinstance(name := node.get(keyword), str):
                        self._anchors.setdefault(name, node)
        return self._anchors
