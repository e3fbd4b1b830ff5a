"""Walking an OpenAPI document: what is a reference, what is somebody's data, what is a map of names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from mockserver.errors import SpecError
from mockserver.parsing import json_pointers

__all__ = [
    "FILES_MEMBER",
    "BrokenReferenceError",
    "anchor_of",
    "discriminator_mappings",
    "objects",
    "references",
    "resolve",
    "resolve_pointer",
]

FILES_MEMBER = "x-mockserver-files"
"""Where a joined document keeps the other files it is made of."""

# Members whose value is somebody's data: a `$ref` in there is not a reference.
DATA_MEMBERS = frozenset({"example", "default", "enum", "const", "value"})
# Members that hold named things: their keys are names, never keywords.
MAP_MEMBERS = frozenset(
    {
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "encoding",
        "examples",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "variables",
        "webhooks",
        FILES_MEMBER,
    }
)


class BrokenReferenceError(SpecError):
    """A reference leads nowhere or to itself; which file it stands in is not known here."""

    def __init__(self, ref: str, problem: str) -> None:
        super().__init__(f"$ref {ref!r} {problem}")
        self.problem = problem


def objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document that is not a map of names and not somebody's data, each once."""
    seen: set[int] = set()
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        node, is_map = stack.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list):
            stack.extend((item, False) for item in node)
            continue
        if is_map:
            stack.extend((value, False) for value in node.values())
            continue
        yield node
        for key, value in node.items():
            is_map = key in MAP_MEMBERS
            if key in DATA_MEMBERS or (key.startswith("x-") and not is_map):
                continue
            if key == "examples" and isinstance(value, list):
                continue
            stack.append((value, is_map))


def references(tree: Any) -> list[tuple[dict[str, Any], str]]:
    """Every object with a `$ref`, and the reference."""
    return [(node, node["$ref"]) for node in objects(tree) if isinstance(node.get("$ref"), str)]


def discriminator_mappings(tree: Any) -> list[dict[str, Any]]:
    """The mapping of every discriminator that has one."""
    found = []
    for node in objects(tree):
        discriminator = node.get("discriminator")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            found.append(discriminator["mapping"])
    return found


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """Follow the local `$ref` of a node, if it has one; one to an anchor is left to openapi-core.

    Raises BrokenReferenceError when it leads nowhere or in a circle.
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        ref = node["$ref"]
        if anchor_of(ref):
            break
        if ref in seen:
            raise BrokenReferenceError(ref, "refers to itself")
        seen.add(ref)
        node = resolve_pointer(document, ref)
    return node


def anchor_of(ref: str) -> str:
    """The `$anchor` that a local reference names, if it is no JSON pointer."""
    name = ref.removeprefix("#")
    return "" if name.startswith("/") else name


def resolve_pointer(document: Any, ref: str) -> Any:
    """What a local reference (`#` or `#/…`) points to. Raises BrokenReferenceError when it leads nowhere."""
    fragment = unquote(ref.partition("#")[2])
    if fragment and not fragment.startswith("/"):
        raise BrokenReferenceError(ref, "is no JSON pointer")
    try:
        return json_pointers.resolve(document, json_pointers.split(fragment))
    except KeyError as error:
        raise BrokenReferenceError(ref, f"leads nowhere: there is no {error.args[0]!r}") from None
