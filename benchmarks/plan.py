"""The plan of a benchmark whose servers take turns under load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FULL", "QUICK", "Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of rounds, and the seconds per round."""

    rounds: int
    seconds: float


FULL: Final = Plan(rounds=5, seconds=3.0)
QUICK: Final = Plan(rounds=1, seconds=0.3)
