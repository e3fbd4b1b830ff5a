"""Reads the text of a file: an OpenAPI document, or a scenario file with positions."""

from __future__ import annotations

from typing import Any, Final

from mockserver.parsing.json_reader import JsonError, JsonSyntaxError, parse_json_text
from mockserver.parsing.positions import Position, PositionedData, PositionNode, TextError, position_of
from mockserver.parsing.yaml_builder import Limits
from mockserver.parsing.yaml_parser import parse_yaml

__all__ = ["MAX_SCENARIO_BYTES", "read_data", "read_with_positions"]

MAX_SCENARIO_BYTES: Final = 1024 * 1024
_DOCUMENT_LIMITS: Final = Limits(depth=200, values=5_000_000)
_SCENARIO_LIMITS: Final = Limits(depth=100, values=200_000)
_START: Final = Position(1, 1)


def read_data(text: bytes, *, name: str, max_bytes: int | None = None) -> Any:
    """Return the data of an OpenAPI document, which is YAML or JSON. Raises TextError.

    Scalars have their JSON meaning: `no`, dates and `012` are text. Keys are always text. An aliased value is shared, not
    copied.
    """
    decoded = _decode(text, name=name, max_bytes=max_bytes)
    is_json_file = name.lower().endswith(".json")
    if is_json_file or decoded.lstrip()[:1] in ("{", "["):
        try:
            return parse_json_text(decoded, max_depth=_DOCUMENT_LIMITS.depth)
        except JsonError as error:
            # A flow mapping of YAML begins like JSON.
            if is_json_file or not isinstance(error, JsonSyntaxError):
                raise TextError(name, error.position, error.problem) from None
    return parse_yaml(decoded, name=name, limits=_DOCUMENT_LIMITS, with_positions=False, merge_keys=True).data


def read_with_positions(text: bytes, *, name: str) -> PositionedData:
    """Return the data of a scenario file with the position of every part. Raises TextError if it is not YAML.

    Scalars mean the same as in `read_data`; those that another reader would convert are listed in `ambiguous`.
    """
    decoded = _decode(text, name=name, max_bytes=MAX_SCENARIO_BYTES)
    built = parse_yaml(decoded, name=name, limits=_SCENARIO_LIMITS, with_positions=True, merge_keys=False)
    root = built.root or PositionNode(_START)
    return PositionedData(name=name, data=built.data, root=root, ambiguous=tuple(built.ambiguous))


def _decode(text: bytes, *, name: str, max_bytes: int | None) -> str:
    if max_bytes is not None and len(text) > max_bytes:
        raise TextError(name, _START, f"the file is longer than {max_bytes:,} bytes")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TextError(name, _START, "the file is UTF-16; save it as UTF-8")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig")
        problem = f"the byte 0x{text[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TextError(name, position_of(before, len(before)), problem) from None
