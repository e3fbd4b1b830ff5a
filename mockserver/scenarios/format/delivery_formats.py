"""Delays and faults in a scenario file."""

import re
from typing import Any, Final

from mockserver.delivery.plans import (
    FAULTS,
    LONGEST_DELAY,
    MOST_CHUNKS,
    PLAIN_FAULTS,
    Delay,
    FixedDelay,
    LognormalDelay,
    PlannedFault,
    UniformDelay,
)
from mockserver.scenarios.format.flaws import FlawsError, below, expected
from mockserver.scenarios.format.formats import Key, ValueFormat, record, whole_number, word_or

_SECONDS: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s)")
_MOST_SIGMA: Final = 5


def _duration(value: Any) -> float:
    """The seconds of `200ms` or `1.5s`."""
    match = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FlawsError.one(expected("a duration such as 200ms or 1.5s", value))
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if seconds > LONGEST_DELAY:
        raise FlawsError.one(expected("at most 3600s", value))
    return seconds


def _uniform(value: Any) -> UniformDelay:
    if not isinstance(value, list) or len(value) != 2:
        raise FlawsError.one(expected("two durations such as [50ms, 200ms]", value))
    with below(0):
        low = _duration(value[0])
    with below(1):
        high = _duration(value[1])
    if low > high:
        raise FlawsError.one("expected the shorter duration first")
    return UniformDelay(low, high)


def _median(value: Any) -> float:
    seconds = _duration(value)
    if seconds == 0:
        raise FlawsError.one(expected("a duration greater than 0", value))
    return seconds


def _sigma(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_SIGMA:
        raise FlawsError.one(expected(f"a number from 0 to {_MOST_SIGMA}", value))
    return float(value)


def _delay(value: Any) -> Delay:
    return _RANDOM_DELAY.parse(value) if isinstance(value, dict) else FixedDelay(_duration(value))


_SECONDS_SCHEMA: Final = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s)$"}
_DURATION: Final = ValueFormat(_duration, _SECONDS_SCHEMA)
_MEDIAN: Final = ValueFormat(_median, _SECONDS_SCHEMA)
_SIGMA: Final = ValueFormat(_sigma, {"type": "number", "minimum": 0, "maximum": _MOST_SIGMA})
_UNIFORM: Final = ValueFormat(_uniform, {"type": "array", "items": _SECONDS_SCHEMA, "minItems": 2, "maxItems": 2})
_LOGNORMAL: Final = record(
    LognormalDelay,
    {
        "median": Key(_MEDIAN, "Half of the delays are shorter."),
        "sigma": Key(_SIGMA, "How much the delays vary; with 0 they do not."),
    },
    required=("median", "sigma"),
)
_RANDOM_DELAY: Final[ValueFormat[Delay]] = record(
    lambda **kind: next(iter(kind.values())),
    {
        "uniform": Key(_UNIFORM, "Between two durations, all equally likely."),
        "lognormal": Key(_LOGNORMAL, "Mostly near the median, with a long tail."),
    },
    exactly_one_of=("uniform", "lognormal"),
)
DELAY: Final = ValueFormat(_delay, {"oneOf": [_SECONDS_SCHEMA, _RANDOM_DELAY.schema]})

_DRIBBLE: Final = record(
    lambda chunks, over: PlannedFault(kind="dribble", chunks=chunks, over=over),
    {
        "chunks": Key(whole_number(1, MOST_CHUNKS), "In how many pieces the reply is sent."),
        "over": Key(_DURATION, "How long it takes to send them."),
    },
    required=("chunks", "over"),
)
_SLOW_FAULT: Final = record(
    lambda dribble: dribble, {"dribble": Key(_DRIBBLE, "The reply is sent slowly.")}, exactly_one_of=("dribble",)
)
FAULT: Final = word_or({kind: PlannedFault(kind=kind) for kind in PLAIN_FAULTS}, _SLOW_FAULT, FAULTS)
