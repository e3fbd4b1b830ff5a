"""The schemas that a schema names: by reference, by anchor, and by the value of a discriminator."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mockserver.contract.document.references import anchors, resolve_pointer
from mockserver.errors import SpecError
from mockserver.parsing import json_pointers
from mockserver.samples.keywords import as_list, as_mapping, shown
from mockserver.samples.sample_context import NoSample

SCHEMAS = "#/components/schemas/"


class SchemaReferences:
    """Looks up schemas of one document, whose references are all local."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def target(self, ref: Any) -> Any:
        """The schema that a `$ref` or `$dynamicRef` points to. Raises NoSample when there is none."""
        if not isinstance(ref, str) or not ref.startswith("#"):
            raise NoSample(f"the $ref {shown(ref)} leads out of the document")
        if ref == "#" or ref.startswith("#/"):
            try:
                return resolve_pointer(self._document, ref)
            except SpecError as error:
                raise NoSample(str(error)) from None
        if ref[1:] not in self._anchors:
            raise NoSample(f"the $ref {ref!r} leads nowhere: there is no such $anchor")
        return self._anchors[ref[1:]]

    def followed(self, schema: Any) -> Any:
        """The schema at the end of a chain of references. A broken or circular chain ends where it breaks."""
        seen: set[str] = set()
        while isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str) and ref not in seen:
            seen.add(ref)
            try:
                schema = self.target(ref)
            except NoSample:
                break
        return schema

    def discriminated(self, discriminator: Mapping[str, Any], ref: str) -> Mapping[str, Any] | None:
        """A schema that requires a discriminator value which selects `ref`; None when no value does."""
        name = discriminator.get("propertyName")
        mapping = as_mapping(discriminator.get("mapping"))
        values = [value for value, target in mapping.items() if ref in (target, f"{SCHEMAS}{target}")]
        if not values and ref.startswith(SCHEMAS):
            values = [json_pointers.unescape(ref.removeprefix(SCHEMAS))]
        if not isinstance(name, str) or not values:
            return None
        return {"type": "object", "required": [name], "properties": {name: {"enum": values}}}

    def descendants(self, ref: str) -> list[str]:
        """References to the schemas that have `ref` in their `allOf`, and to the descendants of these."""
        found: list[str] = []
        pending = [ref]
        while pending:
            for child in self._children.get(pending.pop(0), []):
                if child not in found and child != ref:
                    found.append(child)
                    pending.append(child)
        return found

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        """For each reference, the references to the schemas that have it in their `allOf`."""
        children: dict[str, list[str]] = {}
        schemas = as_mapping(as_mapping(self._document.get("components")).get("schemas"))
        for name, schema in schemas.items():
            for part in as_list(as_mapping(schema).get("allOf")):
                parent = as_mapping(part).get("$ref")
                if isinstance(parent, str):
                    children.setdefault(parent, []).append(SCHEMAS + json_pointers.escape(name))
        return children

    @cached_property
    def _anchors(self) -> dict[str, Any]:
        return anchors(self._document)
