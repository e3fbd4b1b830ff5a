"""Leaves of the file model: pydantic types whose values are read by our own parsers, flaws and places included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from mockserver.scenarios.expressions import KnowsFake
from mockserver.scenarios.format.flaws import Flaw, FlawsError

__all__ = ["FLAW", "KNOWS_FAKE", "Leaf", "TemplateLeaf", "refuse"]

FLAW: Final = "flaw"
"""The type of a pydantic error whose message is a flaw's own."""

KNOWS_FAKE: Final = "knows_fake"
"""Where the context of a validation keeps the question whether a made-up value exists."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Makes a type one that a parser reads; the JSON schema is what an editor is told about it."""

    parse: Callable[[Any], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        def validate(value: Any) -> Any:
            try:
                return self.parse(value)
            except FlawsError as error:
                raise refuse(error.flaws) from None

        return core_schema.no_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.schema


@dataclass(frozen=True, slots=True)
class TemplateLeaf:
    """A leaf in which expressions may stand."""

    parse: Callable[[Any, KnowsFake | None], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        def validate(value: Any, info: core_schema.ValidationInfo) -> Any:
            try:
                return self.parse(value, (info.context or {}).get(KNOWS_FAKE))
            except FlawsError as error:
                raise refuse(error.flaws) from None

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.schema


def refuse(flaws: Iterable[Flaw]) -> ValidationError:
    """The error that pydantic understands; it puts the path of the field before that of each flaw."""
    return ValidationError.from_exception_data(
        FLAW,
        [
            # The message goes in as a value: a brace in it is not a placeholder.
            InitErrorDetails(
                type=PydanticCustomError(FLAW, "{problem}", {"problem": flaw.problem, "at_key": flaw.at_key}),
                loc=flaw.path,
                input=None,
            )
            for flaw in flaws
        ],
    )
