"""Planned faults: how the connection misbehaves instead of delivering the reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FAULTS", "MOST_CHUNKS", "PLAIN_FAULTS", "PlannedFault"]

PLAIN_FAULTS: Final = ("connection_reset", "empty_reply", "truncated_body", "malformed_json", "hang")
"""The faults without parameters."""

FAULTS: Final = (*PLAIN_FAULTS, "dribble")
MOST_CHUNKS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """One of FAULTS. A dribbled reply is sent in `chunks` pieces over `over` seconds."""

    kind: str
    chunks: int = 1
    over: float = 0.0
