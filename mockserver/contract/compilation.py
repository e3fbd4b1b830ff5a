"""Compiles translated schemas with jsonschema-rs, with openapi-core's own meaning of formats and patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from mockserver.contract.document import Document
from mockserver.contract.patterns import PATTERN_OPTIONS
from mockserver.contract.translation import Untranslatable, translate

__all__ = ["compile_schema"]


def compile_schema(document: Document, schema: Any, *, direction: str) -> Callable[[Any], bool] | None:
    """A function that says whether a JSON value satisfies a schema, or None where only openapi-core may say.

    `direction` is "request" or "reply": readOnly and writeOnly depend on it in OpenAPI 3.0.
    """
    validator = jsonschema_rs.Draft202012Validator if document.is_31 else jsonschema_rs.Draft4Validator
    try:
        translated = translate(document.data, schema, is_31=document.is_31, direction=direction)
        compiled = validator(
            translated.schema,
            formats=_formats(translated.formats),
            validate_formats=True,
            pattern_options=PATTERN_OPTIONS,
            offline=True,
        )
    except (Untranslatable, ValueError, RecursionError):
        return None
    return compiled.is_valid


def _formats(names: frozenset[str]) -> dict[str, Callable[[str], bool]]:
    """openapi-core's checks of these formats, so that both judge a format alike."""
    if not names:
        return {}
    # Imported only where a schema uses formats: it costs a tenth of a second at start.
    from openapi_schema_validator import OAS30ReadValidator

    checker = OAS30ReadValidator.FORMAT_CHECKER
    return {name: _Format(checker, name) for name in names if name in checker.checkers}


@dataclass(frozen=True, slots=True)
class _Format:
    checker: Any
    name: str

    def __call__(self, value: str) -> bool:
        return bool(self.checker.conforms(value, self.name))
