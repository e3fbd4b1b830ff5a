"""Strict YAML and JSON with positions, JSON pointers, media types and the comparison of JSON values.

May import: `errors`. Start with `text_reader.py`.
"""

from __future__ import annotations

from mockserver.parsing.positions import Position, PositionedData
from mockserver.parsing.text_errors import TextError
from mockserver.parsing.text_reader import MAX_SCENARIO_BYTES, read_data, read_with_positions
from mockserver.parsing.yaml_scalars import AmbiguousScalar

__all__ = [
    "MAX_SCENARIO_BYTES",
    "AmbiguousScalar",
    "Position",
    "PositionedData",
    "TextError",
    "read_data",
    "read_with_positions",
]
