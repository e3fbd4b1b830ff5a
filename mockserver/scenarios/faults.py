"""Planned faults: which misbehaviour of the wire a scenario asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mockserver.scenarios.durations import parse_duration
from mockserver.scenarios.format.flaws import FlawsError, below, did_you_mean, expected

__all__ = ["FAULTS", "MOST_CHUNKS", "PLAIN_FAULTS", "PlannedFault", "parse_fault"]

PLAIN_FAULTS: Final = ("connection_reset", "empty_reply", "truncated_body", "malformed_json", "hang")
FAULTS: Final = (*PLAIN_FAULTS, "dribble")
MOST_CHUNKS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """A fault as a scenario names it; `chunks` and `over`, in seconds, belong to dribble."""

    kind: str
    chunks: int = 1
    over: float = 0.0


def parse_fault(value: Any) -> PlannedFault:
    """A fault as scenario files write it: a word, or `dribble` with its chunks and duration."""
    if isinstance(value, str):
        if value in PLAIN_FAULTS:
            return PlannedFault(kind=value)
        if value == "dribble":
            raise FlawsError.one("dribble needs its measure: {dribble: {chunks: 5, over: 2s}}")
        raise FlawsError.one(f"{expected('a fault', value)}{did_you_mean(value, FAULTS)}")
    if not isinstance(value, dict) or len(value) != 1:
        raise FlawsError.one(expected(f"one of {', '.join(PLAIN_FAULTS)} or {{dribble: …}}", value))
    kind, given = next(iter(value.items()))
    if kind in PLAIN_FAULTS:
        raise FlawsError.one(f"{kind} takes nothing: write the word alone")
    if kind != "dribble":
        raise FlawsError.unknown_key(kind, FAULTS)
    with below("dribble"):
        return _dribble(given)


def _dribble(value: Any) -> PlannedFault:
    if not isinstance(value, dict) or set(value) != {"chunks", "over"}:
        raise FlawsError.one(expected("{chunks: 5, over: 2s}, both of them", value))
    chunks = value["chunks"]
    if isinstance(chunks, bool) or not isinstance(chunks, int) or not 1 <= chunks <= MOST_CHUNKS:
        with below("chunks"):
            raise FlawsError.one(expected(f"a whole number from 1 to {MOST_CHUNKS}", chunks))
    with below("over"):
        return PlannedFault(kind="dribble", chunks=chunks, over=parse_duration(value["over"]))
