"""Durations and delays: `200ms`, `1.5s`, and how long to wait when it is left to chance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Protocol

from mockserver.scenarios.format.flaws import FlawsError, below, expected

__all__ = ["NO_DELAY", "Delay", "Fixed", "Lognormal", "Uniform", "parse_delay", "parse_duration"]

LONGEST: Final = 3600.0
"""No duration is longer, in seconds; whoever wants to wait for ever has the fault `hang`."""

_DURATION: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s)")
_EXAMPLES: Final = "a duration such as 200ms or 1.5s"
_MOST_SIGMA: Final = 5


class Delay(Protocol):
    """How long a reply is held back."""

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time; the same generator state gives the same answer."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same; asks nothing of the generator."""

    value: float

    def seconds(self, rng: Random) -> float:  # noqa: ARG002 - a Delay is asked with a generator, needed or not
        """The seconds to wait."""
        return self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two durations, with equal chances."""

    low: float
    high: float

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time."""
        return rng.uniform(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """What real networks look like: mostly near the median, with a long tail; never beyond LONGEST."""

    median: float
    sigma: float

    def seconds(self, rng: Random) -> float:
        """The seconds to wait this time."""
        return min(LONGEST, rng.lognormvariate(math.log(self.median), self.sigma))


NO_DELAY: Final = Fixed(0.0)


def parse_duration(value: Any) -> float:
    """The seconds of `200ms` or `1.5s`."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FlawsError.one(expected(_EXAMPLES, value))
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if seconds > LONGEST:
        raise FlawsError.one(expected("at most 3600s", value))
    return seconds


def parse_delay(value: Any) -> Delay:
    """A delay as scenario files write it: a duration, `uniform` or `lognormal`."""
    if not isinstance(value, dict):
        return Fixed(parse_duration(value))
    if len(value) != 1:
        raise FlawsError.one(f"expected exactly one of uniform, lognormal, found {len(value)} keys")
    kind, given = next(iter(value.items()))
    if kind == "uniform":
        with below(kind):
            return _uniform(given)
    if kind == "lognormal":
        with below(kind):
            return _lognormal(given)
    raise FlawsError.unknown_key(kind, ("uniform", "lognormal"))


def _uniform(value: Any) -> Uniform:
    if not isinstance(value, list) or len(value) != 2:
        raise FlawsError.one(expected("two durations such as [50ms, 200ms]", value))
    with below(0):
        low = parse_duration(value[0])
    with below(1):
        high = parse_duration(value[1])
    if low > high:
        raise FlawsError.one("expected the shorter duration first")
    return Uniform(low, high)


def _lognormal(value: Any) -> Lognormal:
    if not isinstance(value, dict) or set(value) != {"median", "sigma"}:
        raise FlawsError.one(expected("{median: 80ms, sigma: 0.4}, both of them", value))
    with below("median"):
        median = parse_duration(value["median"])
    sigma = value["sigma"]
    if median == 0:
        with below("median"):
            raise FlawsError.one(expected("a duration greater than 0", value["median"]))
    if isinstance(sigma, bool) or not isinstance(sigma, int | float) or not 0 <= sigma <= _MOST_SIGMA:
        with below("sigma"):
            raise FlawsError.one(expected(f"a number from 0 to {_MOST_SIGMA}", sigma))
    return Lognormal(median, float(sigma))
