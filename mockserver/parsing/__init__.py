"""Strict YAML and JSON with positions, JSON pointers, media types and the comparison of JSON values.

May import: `errors`. It owns PyYAML, orjson and werkzeug. Start with `text_reader.py` for files, with `json_reader.py` for
bodies.
"""

from __future__ import annotations

from mockserver.parsing.positions import AmbiguousScalar, Position, PositionedData, TextError
from mockserver.parsing.text_reader import MAX_SCENARIO_BYTES, read_data, read_with_positions

__all__ = [
    "MAX_SCENARIO_BYTES",
    "AmbiguousScalar",
    "Position",
    "PositionedData",
    "TextError",
    "read_data",
    "read_with_positions",
]
