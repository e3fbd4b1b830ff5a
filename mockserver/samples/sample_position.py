"""Where in the value the making stands, and how much may still be made there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mockserver.parsing import json_pointers
from mockserver.samples.sample_errors import Exhausted, NoSample

__all__ = ["Budget", "SamplePosition"]

DEEPEST = 40


class Budget:
    """The steps that one attempt may take."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self) -> None:
        """Take one step. Raises Exhausted after the last."""
        if self.left <= 0:
            raise Exhausted
        self.left -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePosition:
    """A place in the value to be made.

    `refs` are the references followed on the way here: one that comes again is a recursion.
    `room` is how many optional members may still be made at this place and below.
    `careful` holds each part against its schema at once, `fresh` leaves published examples aside.
    """

    path: tuple[str | int, ...] = ()
    refs: tuple[str, ...] = ()
    room: int
    budget: Budget
    careful: bool = False
    fresh: bool = False

    @property
    def pointer(self) -> str:
        """The place as an RFC 6901 JSON pointer."""
        return json_pointers.join(self.path)

    @property
    def name(self) -> str:
        """The nearest member's name, which says what its value is about."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    def below(self, part: str | int, *, refs: tuple[str, ...], room: int) -> SamplePosition:
        """The place of a member or an item; `refs` were followed at this place."""
        if len(self.path) >= DEEPEST:
            raise NoSample(f"what it requires is nested deeper than {DEEPEST}", self.pointer)
        return replace(self, path=(*self.path, part), refs=(*self.refs, *refs), room=max(room, 0))

    def lean(self) -> SamplePosition:
        """The same place, without room for what is optional."""
        return replace(self, room=0)

    def afresh(self) -> SamplePosition:
        """The same place, where published examples are left aside."""
        return replace(self, fresh=True)
