"""Plans for the delivery of a reply: a fixed or random delay, or a fault of the connection."""

import math
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

LONGEST_DELAY: Final = 3600.0
"""No delay is longer, in seconds. The fault `hang` waits without end."""

PLAIN_FAULTS: Final = ("connection_reset", "empty_reply", "truncated_body", "malformed_json", "hang")
"""The faults without parameters."""

FAULTS: Final = (*PLAIN_FAULTS, "dribble")
MOST_CHUNKS: Final = 10_000


class Delay(Protocol):
    """How long a reply is held back."""

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time. The same state of the generator gives the same result."""


@dataclass(frozen=True, slots=True)
class FixedDelay:
    """Always the same time."""

    value: float

    def seconds(self, rng: Random) -> float:  # noqa: ARG002 - the signature of Delay
        """The seconds to wait; the generator is not used."""
        return self.value


@dataclass(frozen=True, slots=True)
class UniformDelay:
    """A random time between two limits, all equally likely."""

    low: float
    high: float

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time."""
        return rng.uniform(self.low, self.high)


@dataclass(frozen=True, slots=True)
class LognormalDelay:
    """A random time as in real networks: mostly near the median, with a long tail, at most LONGEST_DELAY."""

    median: float
    sigma: float

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time."""
        return min(LONGEST_DELAY, rng.lognormvariate(math.log(self.median), self.sigma))


NO_DELAY: Final = FixedDelay(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """One of FAULTS, instead of a proper delivery. A dribbled reply is sent in `chunks` pieces over `over` seconds."""

    kind: str
    chunks: int = 1
    over: float = 0.0
