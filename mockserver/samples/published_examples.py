"""Finds the examples that a document publishes for a schema or a media type."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.samples.keywords import as_list, as_mapping
from mockserver.samples.schema_references import SchemaReferences

# Keywords that do not restrict the value.
ANNOTATIONS = frozenset(
    {"title", "description", "nullable", "readOnly", "deprecated", "externalDocs", "xml", "x-nullable"}
)
EXAMPLE_KEYWORDS = frozenset({"example", "examples", "default"})


def schema_examples(schemas: tuple[Any, ...], references: SchemaReferences) -> Iterator[Any]:
    """The examples of schemas that apply together, the most specific first. The caller validates them."""
    for schema in schemas:
        for example in _examples(schema, references, seen=()):
            # One of several schemas describes only a part of an object.
            if len(schemas) == 1 or not isinstance(example, dict):
                yield example


def _examples(schema: Any, references: SchemaReferences, *, seen: tuple[str, ...]) -> Iterator[Any]:
    """The examples of a schema, of the schema it refers to, and of the schemas it only wraps."""
    if not isinstance(schema, Mapping):
        return
    yield from _own_examples(schema)
    ref = schema.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        yield from _examples(references.followed({"$ref": ref}), references, seen=(*seen, ref))
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = as_list(schema.get(keyword))
        is_wrapper = len(branches) == 1 and not schema.keys() - ANNOTATIONS - EXAMPLE_KEYWORDS - {keyword}
        if len(seen) < 4 and (keyword != "allOf" or is_wrapper):
            for branch in branches:
                yield from _examples(branch, references, seen=(*seen, keyword))


def _own_examples(schema: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in schema:
        yield from _readings(schema["example"])
    # Some OpenAPI 3.0 documents use the named examples of a media type in a schema.
    named = as_mapping(schema.get("examples")).values()
    for example in (*as_list(schema.get("examples")), *(as_mapping(each).get("value") for each in named)):
        yield from _readings(example)
    # An empty default would not show what the value can hold.
    if schema.get("default") not in (None, "", [], {}):
        yield schema["default"]


def media_type_examples(media_type: Mapping[str, Any], references: SchemaReferences) -> Iterator[Any]:
    """The examples of a media type object; an `externalValue` is never fetched."""
    if "example" in media_type:
        yield from _readings(media_type["example"])
    for example in named_examples(media_type, references).values():
        yield from _readings(example)


def named_examples(media_type: Mapping[str, Any], references: SchemaReferences) -> dict[str, Any]:
    """The values in the `examples` of a media type object, by name."""
    named = as_mapping(media_type.get("examples"))
    resolved = {name: as_mapping(references.followed(example)) for name, example in named.items()}
    return {name: example["value"] for name, example in resolved.items() if "value" in example}


def _readings(example: Any) -> Iterator[Any]:
    """The example itself, and if it is a string with JSON in it, the value of this JSON."""
    yield example
    if isinstance(example, str):
        try:
            yield json.loads(example)
        except (ValueError, RecursionError):
            return


def can_be_sent(value: Any) -> bool:
    """Whether JSON in UTF-8 can hold the value: not infinity, NaN or a lone surrogate."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return False
    return True
