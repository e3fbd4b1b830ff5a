"""Which schemas of a document include which others with `allOf`, as a child includes its parent."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from mockserver.contract.document.adjustments import NULL_ONLY
from mockserver.contract.document.references import FILES_MEMBER, SCHEMAS, references, resolve
from mockserver.errors import SpecError
from mockserver.parsing import json_pointers


class Families:
    """The inheritance of one document, whose references are all local. Schemas are compared by identity."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # Each entry keeps its schema, so that no other object gets the same id.
        self._included: dict[int, tuple[Any, frozenset[int]]] = {}

    def prepare(self) -> None:
        """Find the named schemas, which takes a walk over the whole document."""
        self.is_named(None)

    def followed(self, schema: Any) -> Any:
        """The schema at the end of a chain of references, without the alternative null of `adjustments`.

        None if a reference leads nowhere.
        """
        try:
            return core(resolve(self._document, schema))
        except (SpecError, TypeError):
            return None

    def inherits(self, child: Any, parent: Any) -> bool:
        """Whether a schema has another one in its `allOf`, directly or through others."""
        if not isinstance(child, dict) or child is parent:
            return False
        if id(child) not in self._included:
            self._included[id(child)] = (child, frozenset(self._walk([child], ("allOf",))))
        return id(parent) in self._included[id(child)][1]

    def names(self, schema: Any) -> list[str]:
        """The references that lead to a schema."""
        return [ref for ref, target in self._named.items() if target is schema]

    def descendants(self, schema: Any) -> list[str]:
        """References to the schemas that inherit from a schema."""
        return [ref for ref, target in self._named.items() if self.inherits(target, schema)]

    def is_named(self, schema: Any) -> bool:
        """Whether a reference leads to a schema, or to one that combines it. The schema of a member does not count."""
        return id(schema) in self._parts_of_named

    @cached_property
    def _named(self) -> dict[str, Any]:
        components = self._document.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        refs = [SCHEMAS + json_pointers.escape(str(name)) for name in schemas] if isinstance(schemas, dict) else []
        refs += [ref for _, ref in references(self._document) if ref.startswith("#/")]
        targets = {ref: self.followed({"$ref": ref}) for ref in dict.fromkeys(refs)}
        return {ref: target for ref, target in targets.items() if isinstance(target, dict)}

    @cached_property
    def _parts_of_named(self) -> frozenset[int]:
        return frozenset(self._walk(self._named.values(), ("allOf", "anyOf", "oneOf")))

    def _walk(self, schemas: Iterable[Any], keywords: tuple[str, ...]) -> Iterator[int]:
        """The identities of schemas and of all schemas that they include. References are followed in `allOf` only."""
        seen: set[int] = set()
        pending = list(schemas)
        while pending:
            schema = pending.pop()
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            yield id(schema)
            inner = core(schema)
            if inner is not schema:
                pending.append(inner)
            for keyword in keywords:
                parts = schema.get(keyword)
                for part in parts if isinstance(parts, list) else ():
                    if keyword == "allOf":
                        pending.append(self.followed(part))
                    if not (isinstance(part, dict) and "$ref" in part):
                        pending.append(part)


def name_of(ref: str) -> str:
    """The name of the schema that a reference leads to: its last step, or the name of the file without its ending."""
    parent, _, step = ref.rpartition("/")
    if parent == f"#/{FILES_MEMBER}":
        step = step.partition(".")[2]
    return json_pointers.unescape(unquote(step))


def core(schema: Any) -> Any:
    """The schema without the alternative null that `adjustments` adds to a nullable schema."""
    match schema:
        case {"anyOf": [dict() as inner, other]} if other == NULL_ONLY:
            return inner
    return schema
