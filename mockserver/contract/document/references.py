"""Finds and follows the references of an OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from mockserver.errors import SpecError
from mockserver.parsing import json_pointers

SCHEMAS = "#/components/schemas/"
"""The start of a reference to a schema of the components."""

FILES_MEMBER = "x-mockserver-files"
"""The member of a bundled document that contains the other files."""

COMPOSITIONS = ("allOf", "anyOf", "oneOf")
"""The keywords that combine a list of schemas."""

# The value of these members is data: a `$ref` in it is not a reference.
DATA_MEMBERS = frozenset({"example", "default", "enum", "const", "value"})
# The value of these members is a map: its keys are names, not keywords.
MAP_MEMBERS_TEXT = """
$defs callbacks content definitions dependentSchemas encoding examples headers links parameters pathItems paths
patternProperties properties requestBodies responses schemas securitySchemes variables webhooks
"""
MAP_MEMBERS = frozenset(MAP_MEMBERS_TEXT.split()) | {FILES_MEMBER}


class BrokenReferenceError(SpecError):
    """A reference points nowhere or to itself. The caller adds the name of the file."""

    def __init__(self, ref: str, problem: str) -> None:
        super().__init__(f"$ref {ref!r} {problem}")
        self.problem = problem


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document whose keys are keywords (not names, not data), each once."""
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
    return [(node, node["$ref"]) for node in nodes(tree) if isinstance(node.get("$ref"), str)]


def discriminator_mappings(tree: Any) -> list[dict[str, Any]]:
    """The mapping of every discriminator that has one."""
    discriminators = (node.get("discriminator") for node in nodes(tree))
    mappings = (each.get("mapping") for each in discriminators if isinstance(each, dict))
    return [mapping for mapping in mappings if isinstance(mapping, dict)]


def anchors(tree: Any) -> dict[str, dict[str, Any]]:
    """Every object with an `$anchor` or `$dynamicAnchor`, by the name of the anchor."""
    found: dict[str, dict[str, Any]] = {}
    for node in nodes(tree):
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(name := node.get(keyword), str):
                found.setdefault(name, node)
    return found


def anchor_of(ref: str) -> str:
    """The `$anchor` that a local reference names; empty if the reference is a JSON pointer."""
    name = ref.removeprefix("#")
    return "" if name.startswith("/") else name


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """The object that the local `$ref` of a node leads to; the node itself if it has none, or one to an anchor.

    Raises BrokenReferenceError when the reference leads nowhere or in a circle.
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


def resolve_pointer(document: Any, ref: str) -> Any:
    """The value that a local reference (`#` or `#/…`) points to. Raises BrokenReferenceError when there is none."""
    fragment = unquote(ref.partition("#")[2])
    if fragment and not fragment.startswith("/"):
        raise BrokenReferenceError(ref, "is not a JSON pointer")
    try:
        return json_pointers.resolve(document, json_pointers.split(fragment))
    except KeyError as error:
        raise BrokenReferenceError(ref, f"leads nowhere: there is no {error.args[0]!r}") from None
