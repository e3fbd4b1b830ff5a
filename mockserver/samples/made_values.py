"""Records how the parts of a value were made, so that similar values need no search."""

from typing import Any, NamedTuple

from mockserver.samples.conjunction import Conjunction
from mockserver.samples.sample_context import SamplePosition

Path = tuple[str | int, ...]
"""The members and items that lead to a part of a value."""


class MadeValue(NamedTuple):
    """How the value at a position was made for schemas.

    `kind` is a type, or `listed` for one of the values of an `enum` or `const`; empty for a published example.
    `conjunction` is the choice among the alternatives of the schemas; None for a published example.
    """

    schemas: tuple[Any, ...]
    position: SamplePosition
    kind: str = ""
    conjunction: Conjunction | None = None
