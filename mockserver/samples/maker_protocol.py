"""What arrays and objects ask of the maker that made them: their parts."""

from __future__ import annotations

import random
from typing import Any, Protocol

from mockserver.samples.sample_position import SamplePosition

__all__ = ["MakerProtocol"]


class MakerProtocol(Protocol):
    """One value in the making."""

    rng: random.Random
    openapi_31: bool

    def make(self, schemas: tuple[Any, ...], place: SamplePosition) -> Any:
        """A value that satisfies all the schemas. Raises NoSample."""

    def leads_back(self, schemas: tuple[Any, ...], refs: tuple[str, ...]) -> bool:
        """Whether one of the schemas is one that the way here went through."""

    def followed(self, schema: Any) -> Any:
        """The schema, or what its reference leads to."""

    def satisfies(self, schema: Any, value: Any) -> bool:
        """Whether a value satisfies a schema."""
