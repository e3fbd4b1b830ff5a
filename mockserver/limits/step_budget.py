"""Limits the work for one message, counted in steps: unlike seconds, they are the same in each run.

A step is about a microsecond.
"""

from __future__ import annotations


class StepLimitReached(Exception):  # noqa: N818  # it ends a check or an attempt, and is handled as a result
    """All steps are used. `path` leads to the part of the value that was being checked, as far as it is known."""

    def __init__(self) -> None:
        super().__init__("the schema takes too many steps to check")
        self.path: list[str | int] = []


class StepBudget:
    """The steps that may still be taken. With a `parent`, each step is also taken from the parent."""

    def __init__(self, steps: int, *, parent: StepBudget | None = None) -> None:
        self.left = steps
        self._parent = parent

    def spend(self, steps: int = 1) -> None:
        """Take steps. Raises StepLimitReached when too few are left, and from then on at each call."""
        self.left -= steps
        if self.left < 0:
            raise StepLimitReached
        if self._parent is not None:
            self._parent.spend(steps)
