"""Reads the text of a file: an OpenAPI document, or a scenario file with positions."""

import re
from typing import Any, Final

import yaml

from mockserver.parsing.json_reader import JsonError, JsonSyntaxError, parse_json_text
from mockserver.parsing.positions import Position, PositionedData, PositionNode, TextError, position_of
from mockserver.parsing.yaml_builder import Limits, YamlBuilder

MAX_SCENARIO_BYTES: Final = 1024 * 1024
_DOCUMENT_LIMITS: Final = Limits(depth=200, values=5_000_000)
_SCENARIO_LIMITS: Final = Limits(depth=100, values=200_000)
_START: Final = Position(1, 1)

# From events, a document of 13 MB takes 1.5 s; from the nodes of CSafeLoader it takes 9 s.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_data(text: bytes, *, name: str) -> Any:
    """Return the data of an OpenAPI document, which is YAML or JSON. Raises TextError.

    Scalars have their JSON meaning: `no`, dates and `012` are text. Keys are always text. An aliased value is
    shared, not copied.
    """
    decoded = _decode(text, name)
    is_json_file = name.lower().endswith(".json")
    if is_json_file or decoded.lstrip()[:1] in ("{", "["):
        try:
            return parse_json_text(decoded, max_depth=_DOCUMENT_LIMITS.depth)
        except JsonError as error:
            # A flow mapping of YAML begins like JSON.
            if is_json_file or not isinstance(error, JsonSyntaxError):
                raise TextError(name, error.position, error.problem) from None
    builder = YamlBuilder(name, _DOCUMENT_LIMITS, with_positions=False)
    _parse_yaml(decoded, builder)
    return builder.data


def read_with_positions(text: bytes, *, name: str) -> PositionedData:
    """Return the data of a scenario file with the position of every part. Raises TextError if it is not YAML.

    Scalars mean the same as in `read_data`; those that another reader would convert are listed in `ambiguous`.
    """
    if len(text) > MAX_SCENARIO_BYTES:
        raise TextError(name, _START, f"the file is longer than {MAX_SCENARIO_BYTES:,} bytes")
    builder = YamlBuilder(name, _SCENARIO_LIMITS, with_positions=True)
    _parse_yaml(_decode(text, name), builder)
    return PositionedData(builder.data, builder.root or PositionNode(_START), tuple(builder.ambiguous))


def _decode(text: bytes, name: str) -> str:
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TextError(name, _START, "the file is UTF-16; save it as UTF-8")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig")
        problem = f"the byte 0x{text[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TextError(name, position_of(before, len(before)), problem) from None


def _parse_yaml(text: str, builder: YamlBuilder) -> None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.handle(event)
    except yaml.MarkedYAMLError as error:
        raise _described(error, text, builder.name) from None
    except yaml.reader.ReaderError:
        found = _UNPRINTABLE.search(text)
        offset = found.start() if found else 0
        problem = f"the character U+{ord(text[offset]):04X} is not allowed in YAML"
        raise TextError(builder.name, position_of(text, offset), problem) from None


def _described(error: yaml.MarkedYAMLError, text: str, name: str) -> TextError:
    """Describe an error of the YAML parser in plain words."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.splitlines()
    source = lines[line - 1] if line <= len(lines) else ""
    problem = error.problem or "not YAML"
    if "\t" in source[: len(source) - len(source.lstrip())]:
        column = source.index("\t") + 1
        problem = "a tab; YAML is indented with spaces"
    elif "cannot start any token" in problem:
        problem = f"{source[column - 1 : column]!r} cannot begin a value: write the text in quotes"
    elif "mapping values are not allowed" in problem:
        problem = "a colon where no key is possible: check the indentation, or write the text in quotes"
    elif error.context is not None:
        start = "" if error.context_mark is None else f" that begins in line {error.context_mark.line + 1}"
        problem = f"{problem}, {error.context}{start}"
    return TextError(name, Position(line, column), problem)
