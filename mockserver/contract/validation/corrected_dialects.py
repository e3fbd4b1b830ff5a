"""Derives validator classes from those of jsonschema, with corrected keywords. Each class is built once."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from mockserver.contract.validation.discriminator_keywords import DiscriminatorKeywords
from mockserver.contract.validation.schema_check import bounded

Schema = Mapping[str, Any]
Errors = Iterator[ValidationError]
Keyword = Callable[[Any, Any, Any, Schema], Errors]
"""A keyword of jsonschema: it takes the validator, the keyword's value, the instance and the whole schema."""

Correction = Callable[[Keyword, Any, Any, Any, Schema], Errors]
"""A corrected keyword: it takes the dialect's own keyword, and then what a keyword takes."""


class CorrectedDialects:
    """The corrected validator classes of one document: one for each dialect that a schema names with `$schema`."""

    def __init__(self, corrections: Mapping[str, Correction], discriminator_keywords: DiscriminatorKeywords) -> None:
        self._corrections = corrections
        self._discriminator_keywords = discriminator_keywords
        self._classes: dict[Any, Any] = {}

    def corrected(self, dialect: Any) -> Any:
        """The corrected class of a dialect."""
        if dialect not in self._classes:
            self._classes[dialect] = self._build(dialect)
        return self._classes[dialect]

    def _build(self, dialect: Any) -> Any:
        own = dialect.VALIDATORS
        corrected: dict[str, Any] = {
            name: partial(correct, own[name]) for name, correct in self._corrections.items() if name in own
        }
        if "discriminator" in own:
            corrected |= self._discriminator_keywords.functions
        extended = extend(dialect, corrected)  # type: ignore[no-untyped-call]  # jsonschema has no types
        extended.DISCRIMINATOR_KEYWORDS = self._discriminator_keywords
        return bounded(extended, self.corrected)
