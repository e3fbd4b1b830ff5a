"""Replaces dynamic references by ordinary ones.

A `$dynamicRef` leads to the outermost schema resource with an anchor of this name, of those through which a validation
has come. If several resources have the name, each schema that depends on it is copied for each way to come there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document.references import FILES_MEMBER, nodes, refer, resolve_pointer
from mockserver.contract.document.resources import Resource
from mockserver.contract.document.subschemas import subschemas, with_subschemas
from mockserver.errors import SpecError

MAX_COPIES = 2_000

Scope = Mapping[str, str]
"""The names of dynamic anchors, with the references to the schemas that they mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicReference:
    """A `$dynamicRef` that was removed from a schema. If `name` is None, it always leads to `ref`."""

    node: dict[str, Any]
    ref: str
    name: str | None


def replace(
    document: dict[str, Any], files: Iterable[Resource], references: Iterable[DynamicReference]
) -> dict[str, str]:
    """Replace the dynamic references of a document. All other references have to be local. Raises SpecError.

    Returns the copies that were added to the joined files: the names, with references to the originals.
    """
    resources = [resource for file in files for resource in (file, *file.embedded)]
    dynamic: dict[int, DynamicReference] = {}
    for each in references:
        if each.name is not None and sum(each.name in resource.dynamic_anchors for resource in resources) > 1:
            dynamic[id(each.node)] = each
        else:
            refer(each.node, each.ref)
    return _Copies(document, resources, dynamic).replace() if dynamic else {}


class _Copies:
    def __init__(
        self, document: dict[str, Any], resources: list[Resource], dynamic: Mapping[int, DynamicReference]
    ) -> None:
        self._document = document
        # The longest reference first, because resources are nested.
        self._resources = sorted(resources, key=lambda resource: -len(resource.ref))
        self._roots = {id(resource.content): resource for resource in resources}
        self._dynamic = dynamic
        self._dependent = self._find_dependent()
        self._copies: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        self._pending: list[tuple[str, str, Scope]] = []

    def replace(self) -> dict[str, str]:
        """Replace the schemas of the operations and of the components, and add the copies that they need."""
        changes: list[tuple[Any, Any, Any]] = []
        for holder, key, resource in self._entries():
            if self._depends(holder[key]):
                changes.append((holder, key, self._copied(holder[key], resource.dynamic_anchors)))
        added = {}
        while self._pending:
            name, ref, scope = self._pending.pop()
            added[name] = self._copied(resolve_pointer(self._document, ref), scope)
        # Only now, because copies are made from the original schemas.
        for holder, key, schema in changes:
            holder[key] = schema
        self._document.setdefault(FILES_MEMBER, {}).update(added)
        return {copy.rpartition("/")[2]: ref for (ref, _), copy in self._copies.items()}

    def _entries(self) -> Iterator[tuple[dict[str, Any], str, Resource]]:
        """Where validations begin: the schemas of media types, parameters, headers and components."""
        for file in self._resources:
            if file.outer is None:
                for node in nodes(file.content):
                    if isinstance(node.get("schema"), dict):
                        yield node, "schema", file
                    if node is self._document:
                        for name in node["components"].get("schemas", {}):
                            yield node["components"]["schemas"], name, file

    def _find_dependent(self) -> set[str]:
        """The references to schemas that depend on a dynamic reference, directly or through other references."""
        leads_to: dict[str, set[str]] = {}
        found: set[str] = set()
        pending = [ref for node in nodes(self._document) for ref in _references(node)]
        pending += [ref for resource in self._resources for ref in resource.dynamic_anchors.values()]
        while pending:
            ref = pending.pop()
            if ref in leads_to:
                continue
            leads_to[ref] = set()
            for node in _tree(self._target(ref)):
                leads_to[ref].update(_references(node))
                if id(node) in self._dynamic:
                    found.add(ref)
            pending += leads_to[ref]
        size = -1
        while size != len(found):
            size = len(found)
            found |= {ref for ref, others in leads_to.items() if others & found}
        return found

    def _target(self, ref: str) -> Any:
        try:
            return resolve_pointer(self._document, ref)
        except SpecError:
            # The mapping of a discriminator may lead nowhere.
            return None

    def _depends(self, schema: Any) -> bool:
        return any(
            id(node) in self._dynamic or not self._dependent.isdisjoint(_references(node)) for node in _tree(schema)
        )

    def _copied(self, schema: Any, scope: Scope) -> Any:
        """A copy of a schema, with the references that its dynamic references mean in this scope."""
        if not isinstance(schema, dict):
            return schema
        if id(schema) in self._roots:
            scope = {**self._roots[id(schema)].dynamic_anchors, **scope}
        copy = with_subschemas(schema, lambda inner: self._copied(inner, scope))
        _change_references(copy, lambda ref: self._copy(ref, scope))
        if id(schema) in self._dynamic:
            dynamic = self._dynamic[id(schema)]
            refer(copy, self._copy(scope.get(dynamic.name or "", dynamic.ref), scope))
        return copy

    def _copy(self, ref: str, scope: Scope) -> str:
        """The reference to the copy of a schema for a scope; the same reference if the scope makes no difference."""
        if ref not in self._dependent:
            return ref
        resource = next(each for each in self._resources if f"{ref}/".startswith(f"{each.ref}/"))
        scope = {**resource.dynamic_anchors, **scope}
        key = (ref, tuple(sorted(scope.items())))
        if key not in self._copies:
            if len(self._copies) >= MAX_COPIES:
                raise SpecError(f"the dynamic references lead to more than {MAX_COPIES} combinations of schemas")
            # Discriminators need the last part of the name.
            name = f"dynamic{len(self._copies)}.{ref.rpartition('/')[2].rpartition('.')[2]}"
            self._copies[key] = f"#/{FILES_MEMBER}/{name}"
            self._pending.append((name, ref, scope))
        return self._copies[key]


def _tree(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema, and the schemas inside it."""
    if isinstance(schema, dict):
        yield schema
        for inner in subschemas(schema):
            yield from _tree(inner)


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    """The references of a schema, and of its discriminator."""
    if isinstance(ref := schema.get("$ref"), str):
        yield ref
    match schema.get("discriminator"):
        case {"mapping": dict(mapping)}:
            yield from (ref for ref in mapping.values() if isinstance(ref, str) and ref.startswith("#"))


def _change_references(schema: dict[str, Any], change: Callable[[str], str]) -> None:
    if isinstance(ref := schema.get("$ref"), str):
        schema["$ref"] = change(ref)
    match schema.get("discriminator"):
        case {"mapping": dict(mapping)}:
            changed = {
                name: change(ref) if isinstance(ref, str) and ref.startswith("#") else ref
                for name, ref in mapping.items()
            }
            schema["discriminator"] = {**schema["discriminator"], "mapping": changed}
