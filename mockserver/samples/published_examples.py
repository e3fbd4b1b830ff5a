"""The examples that a document publishes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.samples.keywords import as_list, as_mapping
from mockserver.samples.schema_references import SchemaReferences

__all__ = ["copied", "is_json", "published", "published_beside"]

# What says nothing about which values fit.
NOTES = frozenset({"title", "description", "nullable", "readOnly", "deprecated", "externalDocs", "xml", "x-nullable"})


def published(schemas: tuple[Any, ...], references: SchemaReferences) -> Iterator[Any]:
    """The examples of schemas that hold together, the most particular first; each is yet to be checked."""
    for schema in schemas:
        for example in published_by(schema, references, seen=()):
            # One schema of several gives but a part of an object.
            if len(schemas) == 1 or not isinstance(example, dict):
                yield example


def published_by(schema: Any, references: SchemaReferences, *, seen: tuple[str, ...]) -> Iterator[Any]:
    """The examples of a schema, of what it refers to, and of what it only wraps."""
    if not isinstance(schema, Mapping):
        return
    yield from own(schema)
    ref = schema.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        target = references.followed({"$ref": ref})
        yield from published_by(target, references, seen=(*seen, ref))
    for keyword in ("allOf", "anyOf", "oneOf"):
        if wrapped := as_list(schema.get(keyword)):
            wraps_one = len(wrapped) == 1 and not schema.keys() - NOTES - {keyword, "example", "examples", "default"}
            for branch in wrapped if keyword != "allOf" or wraps_one else ():
                if len(seen) < 4:
                    yield from published_by(branch, references, seen=(*seen, keyword))


def own(schema: Mapping[str, Any]) -> Iterator[Any]:
    """What a schema says itself."""
    if "example" in schema:
        yield from read(schema["example"])
    for example in as_list(schema.get("examples")):
        yield from read(example)
    # OpenAPI 3.0 documents name their examples here as a media type does.
    for example in as_mapping(schema.get("examples")).values():
        yield from read(as_mapping(example).get("value"))
    # An empty default would hide what the value can hold.
    if schema.get("default") not in (None, "", [], {}):
        yield schema["default"]


def published_beside(media_type: Mapping[str, Any], references: SchemaReferences) -> Iterator[Any]:
    """The examples of a media type object; an externalValue is never fetched."""
    if "example" in media_type:
        yield from read(media_type["example"])
    for example in as_mapping(media_type.get("examples")).values():
        described = as_mapping(references.followed(example))
        if "value" in described:
            yield from read(described["value"])


def read(example: Any) -> Iterator[Any]:
    """The example, and the value that it may spell as JSON text."""
    yield example
    if isinstance(example, str):
        try:
            yield json.loads(example)
        except (ValueError, RecursionError):
            return


def copied(value: Any) -> Any:
    """A copy, so that whoever gets it cannot change the document."""
    match value:
        case dict():
            return {name: copied(member) for name, member in value.items()}
        case list():
            return [copied(item) for item in value]
    return value


def is_json(value: Any) -> bool:
    """Whether the value can be sent as JSON in UTF-8."""
    match value:
        case None | bool() | int():
            return True
        case float():
            return math.isfinite(value)
        case str():
            return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
        case list():
            return all(map(is_json, value))
        case dict():
            return all(isinstance(name, str) and is_json(name) and is_json(member) for name, member in value.items())
    return False
