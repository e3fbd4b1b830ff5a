"""Compiles schemas with jsonschema-rs, with the formats and patterns of openapi-core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jsonschema_rs

from mockserver.contract.compiled.keyword_values import Untranslatable
from mockserver.contract.compiled.schema_translation import MULTIPLE_OF, NOT_AN_INTEGER, translate
from mockserver.contract.document.document import Document
from mockserver.contract.patterns.compiled_pattern import PATTERN_OPTIONS
from mockserver.parsing.json_values import are_unique, is_multiple

__all__ = ["CompiledSchema", "compile_schema"]

DIALECT_31 = "https://spec.openapis.org/oas/3.1/dialect/base"


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A compiled schema. `accepts` tells whether a JSON value satisfies it, `weight` is the number of its schemas."""

    accepts: Callable[[Any], bool]
    weight: int


def compile_schema(document: Document, schema: Any, *, direction: str) -> CompiledSchema | None:
    """The compiled schema, or None if only openapi-core can check it.

    `direction` is "request" or "reply": the meaning of readOnly and writeOnly depends on it in OpenAPI 3.0.
    """
    if document.is_31 and document.data.get("jsonSchemaDialect", DIALECT_31) != DIALECT_31:
        return None
    validator = jsonschema_rs.Draft202012Validator if document.is_31 else jsonschema_rs.Draft4Validator
    try:
        translated = translate(document.data, schema, is_31=document.is_31, direction=direction)
        compiled = validator(
            translated.schema,
            formats=_formats(translated.formats),
            validate_formats=True,
            pattern_options=PATTERN_OPTIONS,
            keywords={"uniqueItems": _Unique, MULTIPLE_OF: _MultipleOf, NOT_AN_INTEGER: _NotAnInteger},
            offline=True,
        )
    except (Untranslatable, ValueError, RecursionError):
        return None
    return CompiledSchema(compiled.is_valid, 1 + len(translated.schema["definitions"]))


def _formats(names: frozenset[str]) -> dict[str, Callable[[str], bool]]:
    """openapi-core's checks of these formats. Like openapi-core, formats that it does not know accept everything."""
    if not names:
        return {}
    # Imported only if a schema has formats: the import takes a tenth of a second.
    from openapi_schema_validator import OAS30ReadValidator

    checker = OAS30ReadValidator.FORMAT_CHECKER
    return {
        name: partial(checker.conforms, format=name) if name in checker.checkers else lambda _: True for name in names
    }


class _Keyword:
    """A keyword that jsonschema-rs calls Python for: `validate` raises ValueError if the value breaks it."""

    def __init__(self, _parent: Any, value: Any, _path: Any) -> None:
        self.value = value

    def validate(self, instance: Any) -> None:
        if not self.accepts(instance):
            raise ValueError

    def accepts(self, instance: Any) -> bool:
        raise NotImplementedError


class _Unique(_Keyword):
    def accepts(self, instance: Any) -> bool:
        # jsonschema-rs does not see that a very large integer and the float next to it are equal.
        return not self.value or not isinstance(instance, list) or are_unique(instance)


class _MultipleOf(_Keyword):
    def accepts(self, instance: Any) -> bool:
        return isinstance(instance, bool) or not isinstance(instance, int | float) or is_multiple(instance, self.value)


class _NotAnInteger(_Keyword):
    def accepts(self, instance: Any) -> bool:
        return isinstance(instance, bool) or not isinstance(instance, int)
