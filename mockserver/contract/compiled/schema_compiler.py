"""Compiles schemas with jsonschema-rs, with the formats and patterns that openapi-core uses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.contract.compiled.keyword_values import Untranslatable
from mockserver.contract.compiled.schema_translation import MULTIPLE_OF, NOT_AN_INTEGER, translate
from mockserver.contract.compiled.schema_work import MAX_LEVELS, schema_work
from mockserver.contract.document.document import Document
from mockserver.contract.formats.string_formats import JSON_SCHEMA_FORMATS, string_check
from mockserver.contract.patterns.compiled_pattern import PATTERN_OPTIONS
from mockserver.contract.rust_validators import jsonschema_rs
from mockserver.parsing.json_values import are_unique, is_multiple

DIALECT_31 = "https://spec.openapis.org/oas/3.1/dialect/base"
# Applying this many schemas to one character each takes jsonschema-rs at most a second.
MAX_WORK = 200_000_000


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A compiled schema. `weight` is the number of its schemas.

    Texts longer than `max_length` and values with more than `max_levels` levels could take too much time: openapi-core
    checks them within a budget of steps.
    """

    is_valid: Callable[[Any], bool]
    weight: int
    max_length: int
    max_levels: int

    def accepts(self, value: Any, length: int) -> bool:
        """Whether a value is valid, whose text has this length; False means that openapi-core has to decide."""
        try:
            if length > self.max_length or (self.max_levels < MAX_LEVELS and has_more_levels(value, self.max_levels)):
                return False
            return self.is_valid(value)
        except Exception:  # noqa: BLE001  # values that jsonschema-rs or a format check cannot handle
            return False


def compile_schema(document: Document, schema: Any, *, direction: str) -> CompiledSchema | None:
    """The compiled schema, or None if only openapi-core can check it.

    `direction` is "request" or "reply": the meaning of readOnly and writeOnly depends on it in OpenAPI 3.0.
    """
    if document.is_31 and document.data.get("jsonSchemaDialect", DIALECT_31) != DIALECT_31:
        return None
    validator = jsonschema_rs.Draft202012Validator if document.is_31 else jsonschema_rs.Draft4Validator
    try:
        translated, formats = translate(document, schema, direction=direction)
        work = schema_work(translated)
        compiled = validator(
            translated,
            formats=_formats(formats, is_31=document.is_31),
            validate_formats=True,
            pattern_options=PATTERN_OPTIONS,
            keywords=KEYWORDS,
            offline=True,
        )
    except (Untranslatable, ValueError, RecursionError):
        return None
    max_length = MAX_WORK // work.applications
    return CompiledSchema(compiled.is_valid, 1 + len(translated["definitions"]), max_length, work.levels)


def has_more_levels(value: Any, levels: int) -> bool:
    """Whether arrays and objects in a value are nested more than `levels` times."""
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return bool(value) if levels == 0 else any(has_more_levels(part, levels - 1) for part in parts)


def _formats(names: set[str], *, is_31: bool) -> dict[str, Callable[[str], bool]]:
    """The checks of these formats, except those that jsonschema-rs checks itself in this version of JSON Schema."""
    return {name: string_check(name) for name in names if not (is_31 and name in JSON_SCHEMA_FORMATS)}


def _keyword(accepts: Callable[[Any, Any], bool]) -> type:
    """A keyword that calls Python, with its value in the schema and the instance."""

    class Keyword:
        def __init__(self, _parent: Any, value: Any, _path: Any) -> None:
            self.value = value

        def validate(self, instance: Any) -> None:
            if not accepts(self.value, instance):
                raise ValueError

    return Keyword


def _is_number(instance: Any) -> bool:
    return isinstance(instance, int | float) and not isinstance(instance, bool)


KEYWORDS = {
    # jsonschema-rs does not see that a very large integer and the float next to it are equal.
    "uniqueItems": _keyword(lambda unique, value: not unique or not isinstance(value, list) or are_unique(value)),
    MULTIPLE_OF: _keyword(lambda divisor, value: not _is_number(value) or is_multiple(value, divisor)),
    NOT_AN_INTEGER: _keyword(lambda _, value: isinstance(value, bool) or not isinstance(value, int)),
}
