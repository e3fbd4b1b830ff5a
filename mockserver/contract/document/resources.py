"""The schema resources of a document: its files, and the schemas with an `$id` of their own inside them.

The `$id` is the base of the references in a schema, and a name by which others refer to it. Nothing is fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from mockserver.contract.document.references import members
from mockserver.parsing import json_pointers

IDENTIFIERS = frozenset({"$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})


@dataclass(slots=True, eq=False, kw_only=True)
class Resource:
    """One resource. `ref` is the reference to it in the joined document, and `uri` the base of its references.

    `anchors` and `dynamic_anchors` map names to references. A `$dynamicAnchor` is in both. A `$recursiveAnchor` has
    an empty name. `outer` is the file of an embedded resource. `parts` has the resources of the schemas that are not
    in the file's own one, by their identity.
    """

    path: Path
    uri: str
    ref: str
    content: Any
    outer: "Resource | None" = None
    anchors: dict[str, str] = field(default_factory=dict)
    dynamic_anchors: dict[str, str] = field(default_factory=dict)
    embedded: list["Resource"] = field(default_factory=list)
    parts: dict[int, "Resource"] = field(default_factory=dict)

    def part(self, node: Any) -> "Resource":
        """The resource of a node in this file."""
        return self.parts.get(id(node), self)

    def reference(self, fragment: str) -> str | None:
        """The reference for a fragment; None for an anchor that neither this resource nor its file has."""
        file = self.outer or self
        if not fragment:
            return self.ref
        if not fragment.startswith("/"):
            name = unquote(fragment)
            places = (self, file, *file.embedded)
            return next((place.anchors[name] for place in places if name in place.anchors), None)
        # Many documents set an `$id`, and still refer to `#/components/schemas/…` from there.
        return (self if self is file or self._has(fragment) else file).ref + fragment

    def _has(self, pointer: str) -> bool:
        try:
            json_pointers.resolve(self.content, json_pointers.split(unquote(pointer)))
        except KeyError:
            return False
        return True


def file_resource(path: Path, uri: str, ref: str, content: Any) -> Resource:
    """The resource of a file, with the resources and the anchors in it."""
    file = Resource(path=path, uri=uri, ref=ref, content=content)
    for node, place, resource in _identified(file):
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(name := node.get(keyword), str):
                resource.anchors.setdefault(name, place)
        if isinstance(name := node.get("$dynamicAnchor"), str):
            resource.dynamic_anchors.setdefault(name, place)
        if node.get("$recursiveAnchor") is True and node is resource.content:
            resource.dynamic_anchors[""] = place
        if isinstance(identifier := node.get("$id"), str) and identifier.startswith("#"):
            # An anchor, before JSON Schema 2019-09.
            resource.anchors.setdefault(identifier[1:], place)
    return file


def _identified(file: Resource) -> Iterator[tuple[dict[str, Any], str, Resource]]:
    """Every schema with an identifier, the reference to it, and its resource."""
    stack: list[tuple[Any, bool, str, Resource]] = [(file.content, False, file.ref, file)]
    seen: set[int] = set()
    while stack:
        node, is_map, place, resource = stack.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict) and not is_map:
            resource = _own_resource(node, place, resource, file)
            if not IDENTIFIERS.isdisjoint(node):
                yield node, place, resource
            if resource is not file:
                file.parts[id(node)] = resource
        stack.extend(
            (value, below, f"{place}/{json_pointers.escape(str(key))}", resource)
            for key, value, below in members(node, is_map=is_map)
        )


def _own_resource(node: dict[str, Any], place: str, outer: Resource, file: Resource) -> Resource:
    """The resource that a schema begins with its `$id`, else the one around it."""
    identifier = node.get("$id")
    if not isinstance(identifier, str) or not identifier.rstrip("#") or identifier.startswith("#"):
        return outer
    uri = joined(outer.uri, identifier.rstrip("#"))
    if node is file.content:
        file.uri = uri
        return file
    resource = Resource(path=file.path, uri=uri, ref=place, content=node, outer=file)
    file.embedded.append(resource)
    return resource


def joined(base: str, uri: str) -> str:
    """A URI, resolved against a base; the URI itself if this is not possible."""
    try:
        return urljoin(base, uri)
    except ValueError:
        return uri
