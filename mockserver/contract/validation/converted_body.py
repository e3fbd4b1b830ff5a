"""A body of text that was converted to the types of its schema: the value of a form or of XML."""

from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from mockserver.contract.validation.quiet_values import quiet


class ConversionError(ValidationError):
    """A part of a body that cannot be read as its schema describes it. `path` leads to its value."""

    def __init__(self, path: tuple[str | int, ...], keyword: str, message: str) -> None:
        super().__init__(message, validator=keyword, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedBody:
    """The value that a body means, and the errors that were found while it was read."""

    value: Any
    errors: tuple[ConversionError, ...] = ()

    def all_errors(self, validator: Validator) -> list[ValidationError]:
        """The errors found while reading, and those of the value that do not follow from them."""
        broken = [tuple(error.path) for error in self.errors if error.path]
        found = [(error, tuple(error.path)) for error in validator.iter_errors(quiet(self.value))]
        independent = [error for error, path in found if not any(path[: len(each)] == each for each in broken)]
        return [*self.errors, *independent]
