"""Finds the examples that a document publishes for a schema or a media type."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.document.subschemas import as_list, as_mapping
from mockserver.limits.step_budget import StepBudget
from mockserver.samples.schema_references import SchemaReferences

# Keywords that do not restrict the value.
ANNOTATIONS = frozenset(
    {"title", "description", "nullable", "readOnly", "deprecated", "externalDocs", "xml", "x-nullable"}
)
STEPS = 3
EXAMPLE_KEYWORDS = frozenset({"example", "examples", "default"})

FileReader = Callable[[Any], bytes | None]
"""Returns the content of the file that an `externalValue` names; None if it cannot be used."""


def schema_examples(schemas: tuple[Any, ...], references: SchemaReferences, budget: StepBudget) -> Iterator[Any]:
    """The examples of schemas that apply together, the most specific first. The caller validates them.

    Raises StepLimitReached.
    """
    visited: set[int] = set()
    for schema in schemas:
        for example in _examples(schema, references, budget, visited, seen=()):
            # One of several schemas describes only a part of an object.
            if len(schemas) == 1 or not isinstance(example, dict):
                yield example


def _examples(
    schema: Any, references: SchemaReferences, budget: StepBudget, visited: set[int], *, seen: tuple[str, ...]
) -> Iterator[Any]:
    """The examples of a schema, of the schema it refers to, and of the schemas it only wraps, each visited once."""
    if not isinstance(schema, Mapping) or id(schema) in visited:
        return
    visited.add(id(schema))
    budget.spend(STEPS)
    yield from _own_examples(schema)
    ref = schema.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        yield from _examples(references.followed({"$ref": ref}), references, budget, visited, seen=(*seen, ref))
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = as_list(schema.get(keyword))
        is_wrapper = len(branches) == 1 and not schema.keys() - ANNOTATIONS - EXAMPLE_KEYWORDS - {keyword}
        if len(seen) < 4 and (keyword != "allOf" or is_wrapper):
            for branch in branches:
                yield from _examples(branch, references, budget, visited, seen=(*seen, keyword))


def _own_examples(schema: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in schema:
        yield from readings(schema["example"])
    # Some OpenAPI 3.0 documents use the named examples of a media type in a schema.
    named = as_mapping(schema.get("examples")).values()
    for example in (*as_list(schema.get("examples")), *(as_mapping(each).get("value") for each in named)):
        yield from readings(example)
    # An empty default would not show what the value can hold.
    if schema.get("default") not in (None, "", [], {}):
        yield schema["default"]


def media_type_examples(
    media_type: Mapping[str, Any], references: SchemaReferences, *, read: FileReader = lambda _: None
) -> Iterator[Any]:
    """The examples of a media type object, as they are written. `read` returns the content of an `externalValue`."""
    if "example" in media_type:
        yield media_type["example"]
    yield from named_examples(media_type, references, read=read).values()


def named_examples(
    media_type: Mapping[str, Any], references: SchemaReferences, *, read: FileReader = lambda _: None
) -> dict[str, Any]:
    """The values in the `examples` of a media type object, by name. The content of a file is bytes."""
    values: dict[str, Any] = {}
    for name, raw in as_mapping(media_type.get("examples")).items():
        example = as_mapping(references.followed(raw))
        if "value" in example:
            values[name] = example["value"]
        elif (content := read(example.get("externalValue"))) is not None:
            values[name] = content
    return values


def readings(example: Any) -> Iterator[Any]:
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
