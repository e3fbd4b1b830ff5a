"""The two ways to read a text, with what each allows."""

from __future__ import annotations

from typing import Any, Final

from mockserver.parsing.json_documents import NotJsonError, read_json
from mockserver.parsing.positions import Position, PositionedData, PositionNode
from mockserver.parsing.text_errors import TextError, position_of
from mockserver.parsing.yaml_builder import Builder, Limits
from mockserver.parsing.yaml_parser import parse

__all__ = ["MAX_SCENARIO_BYTES", "read_data", "read_with_positions"]

MAX_SCENARIO_BYTES: Final = 1024 * 1024
_DATA_LIMITS: Final = Limits(depth=200, nodes=5_000_000)
_MARKED_LIMITS: Final = Limits(depth=100, nodes=200_000)


def read_data(text: bytes, *, name: str, max_bytes: int | None = None) -> Any:
    """The data of an OpenAPI document, YAML or JSON; TextError with the place of what is wrong.

    Scalars mean what they mean in JSON, so that `no`, dates and `012` are text; keys are always text. What
    stands behind an alias is shared, not copied.
    """
    decoded = _decode(text, name=name, max_bytes=max_bytes)
    if name.lower().endswith(".json"):
        return read_json(decoded, name=name, max_depth=_DATA_LIMITS.depth)
    if decoded.lstrip()[:1] in ("{", "["):
        try:
            return read_json(decoded, name=name, max_depth=_DATA_LIMITS.depth)
        except NotJsonError:
            pass  # a flow mapping is YAML all the same
    builder = Builder(name=name, limits=_DATA_LIMITS, marking=False, merging=True)
    parse(decoded, builder)
    return builder.data


def read_with_positions(text: bytes, *, name: str) -> PositionedData:
    """The data of a scenario file with the place of every part; TextError if it is no YAML at all.

    Scalars mean what `read_data` makes of them; those that another reader would bend are listed in `bent`.
    """
    builder = Builder(name=name, limits=_MARKED_LIMITS, marking=True, merging=False)
    parse(_decode(text, name=name, max_bytes=MAX_SCENARIO_BYTES), builder)
    return PositionedData(
        name=name, data=builder.data, root=builder.mark or PositionNode(Position(1, 1)), bent=tuple(builder.bent)
    )


def _decode(text: bytes, *, name: str, max_bytes: int | None) -> str:
    if max_bytes is not None and len(text) > max_bytes:
        raise TextError(name=name, line=1, column=1, problem=f"the file is longer than {max_bytes:,} bytes")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TextError(name=name, line=1, column=1, problem="the file is UTF-16; save it as UTF-8")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig")
        line, column = position_of(before, len(before))
        problem = f"the byte 0x{text[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TextError(name=name, line=line, column=column, problem=problem) from None
