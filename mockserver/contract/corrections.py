"""Where openapi-core errs, and what is done about each: the one list, and nothing else departs from it.

Some corrections adjust the document in memory, some replace a function that openapi-core takes as an argument,
some override a method in `judge`; the entry says which, why, and its name is the name of its test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.contract.tree import discriminator_mappings, objects

__all__ = ["CORRECTIONS", "NULL_ONLY", "Correction", "adjust"]

NULL_ONLY: dict[str, Any] = {"enum": [None], "nullable": True}
"""The OpenAPI 3.0 schema that only null satisfies."""

# What belongs to the member, not to its value: it must stay where `required` and documentation look for it.
OUTER_MEMBERS = ("title", "description", "readOnly", "writeOnly", "deprecated", "default", "example")


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that openapi-core does, and what is done here instead."""

    name: str
    openapi_core: str
    here: str


CORRECTIONS = (
    Correction(
        "null_beside_all_of",
        "OpenAPI 3.0 `nullable: true` beside `allOf` refuses null",
        "null is accepted, as the authors of such documents mean it (document adjusted)",
    ),
    Correction(
        "http_scheme_case",
        "compares the lower-cased scheme of the header with the scheme as the document spells it",
        "RFC 9110, 11.1: schemes compare without case (document adjusted)",
    ),
    Correction(
        "bare_discriminator_mapping",
        "takes a bare schema name in a discriminator's mapping for a relative file",
        "it names a schema of components, as OpenAPI says (document adjusted)",
    ),
    Correction(
        "deprecated_is_silent",
        "emits a Python warning for each message with a deprecated parameter",
        "deprecation of a parameter or header does not concern a verdict (document adjusted)",
    ),
    Correction(
        "empty_path_parameter",
        "an empty path parameter passes",
        "it is a violation: a path parameter is always required (checked in `judge`)",
    ),
    Correction(
        "path_styles",
        "looks for label and matrix parameters under the names `.name` and `;name`, which no template has",
        "they are read from the segment (styles replaced)",
    ),
    Correction(
        "exploded_form_object",
        "an exploded form-style object in the query is called missing",
        "its members are collected from the query (method overridden)",
    ),
    Correction(
        "deep_object_names",
        "puts the parameter's name into a regular expression as it is, and knows word characters only",
        "any name and any member name is read, nested ones too (style replaced)",
    ),
    Correction(
        "delimited_queries",
        "looks for %20 in a query that is already decoded, and refuses exploded lists",
        "lists are split at the space; exploded lists are repeated members (styles replaced)",
    ),
    Correction(
        "media_type_ranges",
        "judges a body that only a range such as */* documents as bytes",
        "the body is read as the media type that was sent (method overridden)",
    ),
    Correction(
        "media_type_parameters",
        "crashes on a media type parameter without exactly one equals sign",
        "the parameter is left out (method overridden)",
    ),
    Correction(
        "json_suffix",
        "judges application/problem+json and other +json types as bytes",
        "they are JSON (deserializers added)",
    ),
    Correction(
        "multipart_parts",
        "multipart parts stay bytes or text, whatever type their schema has",
        "a part is cast to its schema's type, as a parameter is (method overridden)",
    ),
    Correction(
        "patterns",
        "runs patterns with Python's `re`, which cannot compile some, means others differently and may never end",
        "patterns mean what ECMA-262 says, in bounded time (keyword replaced)",
    ),
    Correction(
        "no_responses",
        "crashes on a 3.1 operation without responses",
        "such an operation promises nothing, so every reply keeps its promise (checked in `judge`)",
    ),
    Correction(
        "unsupported_security_is_silent",
        "emits a Python warning for each message under oauth2 or openIdConnect",
        "it passes without a word, as openapi-core lets it pass (provider replaced)",
    ),
)


def adjust(data: dict[str, Any]) -> None:
    """Adjust a document in memory, before openapi-core sees it; the file stays as it is."""
    is_30 = str(data["openapi"]).startswith("3.0")
    for node in objects(data):
        if is_30 and node.get("nullable") is True and isinstance(node.get("allOf"), list):
            _accept_null(node)
        if node.get("type") == "http" and isinstance(node.get("scheme"), str):
            node["scheme"] = node["scheme"].lower()
        if "in" in node or "schema" in node:
            node.pop("deprecated", None)
    schemas = data["components"].get("schemas")
    for mapping in discriminator_mappings(data):
        for value, target in mapping.items():
            if isinstance(schemas, dict) and isinstance(target, str) and target in schemas:
                mapping[value] = f"#/components/schemas/{target}"


def _accept_null(node: dict[str, Any]) -> None:
    inner = {key: node.pop(key) for key in list(node) if key not in OUTER_MEMBERS}
    del inner["nullable"]
    node["anyOf"] = [inner, dict(NULL_ONLY)]
