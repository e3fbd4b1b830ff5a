"""Fields of the file model that our own functions parse, and the simple ones among these functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import core_schema

from mockserver.scenarios.format.delivery_fields import parse_whole_number
from mockserver.scenarios.format.flaws import FlawsError, expected
from mockserver.scenarios.format.header_fields import parse_text

__all__ = ["KNOWS_FAKE", "ParsedBy", "parse_line", "parse_reason", "text", "whole_number"]

KNOWS_FAKE: Final = "knows_fake"
"""The key in pydantic's context of the function that tells which made-up values exist."""


@dataclass(frozen=True, slots=True)
class ParsedBy:
    """Annotates a field that a function parses. The function raises FlawsError.

    `schema` is the JSON Schema for editors. With `expressions`, the function also gets what is in the context as KNOWS_FAKE.
    """

    parse: Callable[..., Any]
    schema: dict[str, Any]
    expressions: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        if not self.expressions:
            return core_schema.no_info_plain_validator_function(self.parse)
        return core_schema.with_info_plain_validator_function(
            lambda value, info: self.parse(value, (info.context or {}).get(KNOWS_FAKE))
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.schema


def whole_number(least: int, most: int) -> ParsedBy:
    """A whole number within limits."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return ParsedBy(lambda value: parse_whole_number(value, least, most), schema)


def text(pattern: str, what: str) -> ParsedBy:
    """A text that matches a pattern from beginning to end; `what` describes it in a message."""
    compiled = re.compile(pattern)

    def parse(value: Any) -> str:
        if not compiled.fullmatch(parse_text(value)):
            raise FlawsError.one(expected(what, value))
        return str(value)

    return ParsedBy(parse, {"type": "string", "pattern": f"^{pattern}$"})


def parse_line(value: Any) -> str:
    """One line of text that is not empty."""
    stripped = parse_text(value).strip()
    if not stripped or "\n" in stripped:
        raise FlawsError.one(expected("one line of text", value))
    return stripped


def parse_reason(value: Any) -> str:
    """The reason why a reply breaks the contract."""
    if not isinstance(value, str) or not value.strip():
        raise FlawsError.one(expected("the reason in words", value))
    return parse_line(value)
