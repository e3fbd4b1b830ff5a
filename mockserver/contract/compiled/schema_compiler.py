"""Compiles translated schemas with jsonschema-rs, with openapi-core's own meaning of formats and patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from mockserver.contract.compiled.keyword_translation import Untranslatable
from mockserver.contract.compiled.schema_translation import MULTIPLE_OF, NOT_AN_INTEGER, translate
from mockserver.contract.document.document import Document
from mockserver.contract.patterns.compiled_pattern import PATTERN_OPTIONS
from mockserver.parsing.json_values import are_unique, is_multiple

__all__ = ["CompiledSchema", "compile_schema"]

DIALECT_31 = "https://spec.openapis.org/oas/3.1/dialect/base"


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A compiled schema: whether a JSON value satisfies it, and of how many schemas it is made."""

    check: Callable[[Any], bool]
    weight: int


def compile_schema(document: Document, schema: Any, *, direction: str) -> CompiledSchema | None:
    """A schema compiled, or None where only openapi-core may say whether a value satisfies it.

    `direction` is "request" or "reply": readOnly and writeOnly depend on it in OpenAPI 3.0.
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
    """openapi-core's checks of these formats, so that both judge a format alike; what it does not know, passes."""
    if not names:
        return {}
    # Imported only where a schema uses formats: it costs a tenth of a second at start.
    from openapi_schema_validator import OAS30ReadValidator

    checker = OAS30ReadValidator.FORMAT_CHECKER
    return {name: _Format(checker, name) if name in checker.checkers else _anything for name in names}


@dataclass(frozen=True, slots=True)
class _Format:
    checker: Any
    name: str

    def __call__(self, value: str) -> bool:
        return bool(self.checker.conforms(value, self.name))


def _anything(_: str) -> bool:
    return True


class _Keyword:
    """A keyword that jsonschema-rs leaves to us: `validate` raises where the value breaks it."""

    def __init__(self, _parent: Any, value: Any, _path: Any) -> None:
        self.value = value

    def validate(self, instance: Any) -> None:
        if not self.holds(instance):
            raise ValueError

    def holds(self, instance: Any) -> bool:
        raise NotImplementedError


class _Unique(_Keyword):
    def holds(self, instance: Any) -> bool:
        # jsonschema-rs takes a very large integer and the float next to it for two values.
        return not self.value or not isinstance(instance, list) or are_unique(instance)


class _MultipleOf(_Keyword):
    def holds(self, instance: Any) -> bool:
        return isinstance(instance, bool) or not isinstance(instance, int | float) or is_multiple(instance, self.value)


class _NotAnInteger(_Keyword):
    def holds(self, instance: Any) -> bool:
        return isinstance(instance, bool) or not isinstance(instance, int)
