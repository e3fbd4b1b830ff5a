"""Delays and faults in a scenario file."""

from __future__ import annotations

import re
from typing import Any, Final

from mockserver.delivery.delays import LONGEST_DELAY, Delay, FixedDelay, LognormalDelay, UniformDelay
from mockserver.delivery.planned_faults import FAULTS, MOST_CHUNKS, PLAIN_FAULTS, PlannedFault
from mockserver.scenarios.format.flaws import FlawsError, below, expected

__all__ = [
    "DELAY_SCHEMA",
    "FAULT_SCHEMA",
    "object_schema",
    "parse_delay",
    "parse_fault",
    "parse_fault_kind",
    "parse_whole_number",
]

_DURATION: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s)")
_MOST_SIGMA: Final = 5


def object_schema(**properties: Any) -> dict[str, Any]:
    """The JSON Schema of a mapping with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_DURATION_SCHEMA: Final = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s)$"}
DELAY_SCHEMA: Final[dict[str, Any]] = {
    "oneOf": [
        _DURATION_SCHEMA,
        object_schema(uniform={"type": "array", "items": _DURATION_SCHEMA, "minItems": 2, "maxItems": 2}),
        object_schema(
            lognormal=object_schema(
                median=_DURATION_SCHEMA, sigma={"type": "number", "minimum": 0, "maximum": _MOST_SIGMA}
            )
        ),
    ]
}
FAULT_SCHEMA: Final[dict[str, Any]] = {
    "oneOf": [
        {"enum": list(PLAIN_FAULTS)},
        object_schema(
            dribble=object_schema(
                chunks={"type": "integer", "minimum": 1, "maximum": MOST_CHUNKS}, over=_DURATION_SCHEMA
            )
        ),
    ]
}


def parse_delay(value: Any) -> Delay:
    """A delay: a duration, `uniform` or `lognormal`."""
    if not isinstance(value, dict):
        return FixedDelay(_duration(value))
    if len(value) != 1:
        raise FlawsError.one(f"expected exactly one of uniform, lognormal, found {len(value)} keys")
    kind, limits = next(iter(value.items()))
    if kind not in ("uniform", "lognormal"):
        raise FlawsError.unknown_key(kind, ("uniform", "lognormal"))
    with below(kind):
        return _uniform(limits) if kind == "uniform" else _lognormal(limits)


def parse_fault_kind(value: Any) -> str:
    """The kind of a fault."""
    if value not in FAULTS:
        raise FlawsError.not_one_of(FAULTS, "a fault", value)
    return str(value)


def parse_fault(value: Any) -> PlannedFault:
    """A fault: a word, or `dribble` with its chunks and duration."""
    if isinstance(value, str):
        if value in PLAIN_FAULTS:
            return PlannedFault(kind=value)
        if value == "dribble":
            raise FlawsError.one("dribble needs chunks and a duration: {dribble: {chunks: 5, over: 2s}}")
        raise FlawsError.not_one_of(FAULTS, "a fault", value)
    if not isinstance(value, dict) or len(value) != 1:
        raise FlawsError.one(expected(f"one of {', '.join(PLAIN_FAULTS)} or {{dribble: …}}", value))
    kind, measure = next(iter(value.items()))
    if kind in PLAIN_FAULTS:
        raise FlawsError.one(f"{kind} takes no value: write the word alone")
    if kind != "dribble":
        raise FlawsError.unknown_key(kind, FAULTS)
    with below("dribble"):
        if not isinstance(measure, dict) or set(measure) != {"chunks", "over"}:
            raise FlawsError.one(expected("{chunks: 5, over: 2s}, both of them", measure))
        with below("chunks"):
            chunks = parse_whole_number(measure["chunks"], 1, MOST_CHUNKS)
        with below("over"):
            return PlannedFault(kind="dribble", chunks=chunks, over=_duration(measure["over"]))


def parse_whole_number(value: Any, least: int, most: int) -> int:
    """A whole number within limits."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FlawsError.one(expected(f"a whole number from {least} to {most}", value))
    return value


def _duration(value: Any) -> float:
    """The seconds of `200ms` or `1.5s`."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
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


def _lognormal(value: Any) -> LognormalDelay:
    if not isinstance(value, dict) or set(value) != {"median", "sigma"}:
        raise FlawsError.one(expected("{median: 80ms, sigma: 0.4}, both of them", value))
    with below("median"):
        median = _duration(value["median"])
        if median == 0:
            raise FlawsError.one(expected("a duration greater than 0", value["median"]))
    sigma = value["sigma"]
    if isinstance(sigma, bool) or not isinstance(sigma, int | float) or not 0 <= sigma <= _MOST_SIGMA:
        with below("sigma"):
            raise FlawsError.one(expected(f"a number from 0 to {_MOST_SIGMA}", sigma))
    return LognormalDelay(median, float(sigma))
