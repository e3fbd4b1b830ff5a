"""What a document names: the media types of a body, and the members of a schema at any depth."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.contract.document.document import Document
from mockserver.contract.document.references import COMPOSITIONS

ITEM: Final = "0"
"""The step of a path that leads to the items of an array."""

ANY: Final = "*"
"""The step of a path that leads to the members of a map, whose names are not documented."""

MemberPath = tuple[str, ...]
"""The names that lead from a value to a member of it. The empty path leads to the value itself."""

_MAX_DEPTH: Final = 12
# Schemas can combine others exponentially.
_MAX_PARTS: Final = 5_000


def documented_members(document: Document, schema: Any) -> Mapping[MemberPath, list[dict[str, Any]]]:
    """Every documented member by its path, each with all schemas that describe it.

    A schema inside itself is not followed a second time.
    """
    found: dict[MemberPath, list[dict[str, Any]]] = {}
    for count, (path, part) in enumerate(_parts(document, schema, (), ())):
        if count == _MAX_PARTS:
            break
        found.setdefault(path, []).append(part)
    return found


def _parts(
    document: Document, schema: Any, path: MemberPath, outer: tuple[int, ...]
) -> Iterator[tuple[MemberPath, dict[str, Any]]]:
    """The schema and all schemas inside it, each with the path of the value that it describes."""
    part = document.resolve(schema)
    if not isinstance(part, dict) or id(part) in outer or len(path) > _MAX_DEPTH:
        return
    yield path, part
    inside = (*outer, id(part))
    for keyword in COMPOSITIONS:
        for each in part.get(keyword) or ():
            yield from _parts(document, each, path, inside)
    properties = part.get("properties")
    for name, each in properties.items() if isinstance(properties, dict) else ():
        yield from _parts(document, each, (*path, name), inside)
    if "items" in part:
        yield from _parts(document, part["items"], (*path, ITEM), inside)


def content_of(described: Any) -> Mapping[str, Any]:
    """The media types of a request body or a response, by their names."""
    content = described.get("content") if isinstance(described, dict) else None
    return content if isinstance(content, dict) else {}
