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

MAX_CHAIN = 100
IS_IN_A_LONG_CHAIN = f"is in a chain of more than {MAX_CHAIN} references"
REFERS_TO_ITSELF = "refers to itself"
"""The problem of a reference in a circle."""

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
        self.ref = ref
        self.problem = problem


def members(node: Any, *, is_map: bool = False) -> Iterator[tuple[str | int, Any, bool]]:
    """The members and items of a node that can contain references, and whether each is a map.

    The keys of a map are names, not keywords.
    """
    if isinstance(node, list):
        yield from ((index, item, False) for index, item in enumerate(node))
    elif isinstance(node, dict) and is_map:
        yield from ((key, value, False) for key, value in node.items())
    elif isinstance(node, dict):
        yield from ((key, value, key in MAP_MEMBERS) for key, value in node.items() if not _is_data(key, value))


def _is_data(key: str, value: Any) -> bool:
    if key in MAP_MEMBERS:
        return key == "examples" and isinstance(value, list)
    return key in DATA_MEMBERS or key.startswith("x-")


def nodes(tree: Any, seen: set[int] | None = None) -> Iterator[dict[str, Any]]:
    """Every object of the document whose keys are keywords (not names, not data), each once.

    `seen` are the identities of the objects that were visited before; new ones are added.
    """
    seen = set() if seen is None else seen
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        node, is_map = stack.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        # `members` would take twice the time, and this walk is a large part of the time to load a document.
        if isinstance(node, list):
            stack += [(item, False) for item in node]
        elif is_map:
            stack += [(value, False) for value in node.values()]
        else:
            yield node
            stack += [(value, key in MAP_MEMBERS) for key, value in node.items() if not _is_data(key, value)]


def references(tree: Any) -> list[tuple[dict[str, Any], str]]:
    """Every object with a `$ref`, and the reference."""
    return [(node, node["$ref"]) for node in nodes(tree) if isinstance(node.get("$ref"), str)]


def refer(schema: dict[str, Any], ref: str) -> None:
    """Add a reference to a schema, beside its other keywords."""
    if schema:
        # openapi-core ignores the keywords beside the outermost `$ref`.
        parts = schema.get("allOf")
        schema["allOf"] = [*(parts if isinstance(parts, list) else ()), {"$ref": ref}]
    else:
        schema["$ref"] = ref


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """The object that the local `$ref` of a node leads to; the node itself if it has none.

    Raises BrokenReferenceError when the reference leads nowhere or in a circle.
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        ref = node["$ref"]
        if ref in seen:
            raise BrokenReferenceError(ref, REFERS_TO_ITSELF)
        if len(seen) == MAX_CHAIN:
            raise BrokenReferenceError(ref, IS_IN_A_LONG_CHAIN)
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
