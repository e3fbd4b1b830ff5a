"""What the makers of sample values share: the position in the value, the step budget, the errors, the interface."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mockserver.errors import MockserverError
from mockserver.limits.step_budget import StepBudget
from mockserver.parsing import json_pointers

MAX_DEPTH = 40
STEPS_OF_A_VALUE = 60
STEPS_OF_A_SCHEMA = 15


class NoSample(MockserverError):  # noqa: N818  # callers handle it as a result, not as an error
    """No value satisfies the schema. `reason` says why, `pointer` (RFC 6901) says where in the value."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {reason}" if pointer else reason)
        self.reason = reason
        self.pointer = pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePosition:
    """A position in the value that is being made.

    `refs` are the references followed to get here: a reference that occurs again is a recursion.
    `room` is the number of optional members that may still be added at this position and below.
    `check_parts` validates every part as soon as it is made. `skip_examples` ignores published examples.
    """

    path: tuple[str | int, ...] = ()
    refs: tuple[str, ...] = ()
    room: int
    budget: StepBudget
    check_parts: bool = False
    skip_examples: bool = False

    @property
    def pointer(self) -> str:
        """The position as an RFC 6901 JSON pointer."""
        return json_pointers.join(self.path)

    @property
    def name(self) -> str:
        """The name of the nearest member, which hints at what its value means."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    def child(self, part: str | int, *, refs: tuple[str, ...], room: int) -> SamplePosition:
        """The position of a member or an item; `refs` are the references followed at this position."""
        if len(self.path) >= MAX_DEPTH:
            raise NoSample(f"the required value is nested deeper than {MAX_DEPTH} levels", self.pointer)
        return replace(self, path=(*self.path, part), refs=(*self.refs, *refs), room=max(room, 0))

    def without_optional(self) -> SamplePosition:
        """The same position, without room for optional members."""
        return replace(self, room=0)

    def without_examples(self) -> SamplePosition:
        """The same position, where published examples are ignored."""
        return replace(self, skip_examples=True)


class PartMaker(Protocol):
    """The part of `ValueMaker` with which makers of arrays and objects make the values inside."""

    rng: random.Random
    openapi_31: bool

    def make(self, schemas: tuple[Any, ...], position: SamplePosition) -> Any:
        """A value that satisfies all the schemas. Raises NoSample."""

    def followed(self, schema: Any) -> Any:
        """The schema at the end of a chain of references."""

    def satisfies(self, schema: Any, value: Any) -> bool:
        """Whether a value satisfies a schema."""
