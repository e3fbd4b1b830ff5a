"""Where openapi-core errs, and what is done about each: the one list, and nothing else departs from it.

Some corrections adjust the document in memory, some replace a function that openapi-core takes as an argument,
some override a method in `judge`; the entry says which, why, and its name is the name of its test.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CORRECTIONS", "Correction"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that openapi-core does, and what is done here instead."""

    name: str
    openapi_core: str
    here: str


CORRECTIONS = (
    # Of the document, before openapi-core sees it.
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
        "boolean_schema",
        "crashes on a media type or parameter whose schema is true or false",
        "it is {} or {not: {}}, as JSON Schema says (document adjusted)",
    ),
    Correction(
        "parameter_without_schema",
        "calls a parameter without schema and content missing, whatever is sent; crashes on a schema that is null",
        "any value will do (document adjusted)",
    ),
    Correction(
        "deprecated_is_silent",
        "emits a Python warning for each message with a deprecated parameter",
        "deprecation of a parameter or header does not concern a verdict (document adjusted)",
    ),
    Correction(
        "unknown_style_is_silent",
        "emits a Python warning for each parameter with a style that OpenAPI does not know",
        "the style of its place counts (document adjusted)",
    ),
    # Of parameters.
    Correction(
        "allow_empty_value_is_silent",
        "emits a Python warning for each message to a parameter with allowEmptyValue",
        "an empty value is accepted without a word (method overridden)",
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
        "type_lists",
        "crashes on a parameter or form member whose type is a list, as in OpenAPI 3.1",
        "it is read as the first of its types that it can be (casters replaced)",
    ),
    Correction(
        "optional_arrays",
        "does not see that a parameter is an array where that stands in anyOf beside null",
        "it is read as the array or object that it can only be (styles replaced)",
    ),
    # Of bodies.
    Correction(
        "media_type_ranges",
        "judges a body that only a range such as */* documents as bytes",
        "the body is read as the media type that was sent (method overridden)",
    ),
    Correction(
        "media_type_parameters",
        "crashes on a media type parameter without exactly one equals sign, or with the name of one of its arguments",
        "only charset and boundary are looked at (method overridden)",
    ),
    Correction(
        "json_suffix",
        "judges application/problem+json and other +json types as bytes",
        "they are JSON (deserializers added)",
    ),
    Correction(
        "other_media_types",
        "a text/csv or PDF stays bytes, which no schema of type string accepts, but for 3.0's format binary",
        "text/* is text, everything else a string with a character for each byte (deserializers added)",
    ),
    Correction(
        "opaque_bodies",
        "reads XML into a tree and multipart/related as bytes, which no schema accepts",
        "XML must be well-formed; what is in such bodies is not judged (deserializers added)",
    ),
    Correction(
        "multipart_parts",
        "multipart parts stay bytes or text, whatever type their schema has; a list that is not sent is empty",
        "a part is cast to its schema's type, as a parameter is; a list that is not sent is absent (method overridden)",
    ),
    # Of schemas.
    Correction(
        "patterns",
        "runs patterns with Python's `re`, which cannot compile some, means others differently and may never end",
        "patterns mean what ECMA-262 says, in bounded time, those of patternProperties too (keywords replaced)",
    ),
    Correction(
        "unique_items",
        "compares objects pair by pair, for hours in a long list; misses true beside 1",
        "each item is looked at once (keyword replaced)",
    ),
    Correction(
        "multiple_of",
        "divides floats, so that 19.99 is no multiple of 0.01",
        "numbers count as they are written (keyword replaced)",
    ),
    Correction(
        "unknown_dialect",
        "crashes on a jsonSchemaDialect that it does not know",
        "such a document is judged in OpenAPI 3.1's own dialect (method overridden)",
    ),
    Correction(
        "deep_bodies",
        "runs out of Python's stack where schemas that refer to themselves meet a body of some dozen levels",
        "it is asked again with a larger stack (in `judge`)",
    ),
    # Of operations.
    Correction(
        "bodiless_statuses",
        "demands the body that is documented for 204, 205 or 304",
        "such a reply has none, as HTTP wants it (checked in `judge`)",
    ),
    Correction(
        "no_responses",
        "crashes on a 3.1 operation without responses, and refuses every reply of one whose responses are empty",
        "such an operation promises nothing, so every reply keeps its promise (checked in `judge`)",
    ),
    Correction(
        "unsupported_security_is_silent",
        "emits a Python warning for each message under oauth2 or openIdConnect, and crashes on mutualTLS",
        "they pass without a word, as openapi-core lets the first two pass (provider replaced)",
    ),
)
