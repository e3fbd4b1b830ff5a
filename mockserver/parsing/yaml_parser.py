"""Parses YAML, and describes the errors of the parser in plain words."""

from __future__ import annotations

import re
from typing import Final

import yaml

from mockserver.parsing.positions import Position, TextError, position_of
from mockserver.parsing.yaml_builder import Limits, YamlBuilder

__all__ = ["parse_yaml"]

# From events, a document of 13 MB takes 1.5 s; from the nodes of CSafeLoader it takes 9 s.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_yaml(text: str, *, name: str, limits: Limits, with_positions: bool, merge_keys: bool) -> YamlBuilder:
    """Return the builder that has received every event of a text. Raises TextError."""
    builder = YamlBuilder(name=name, limits=limits, with_positions=with_positions, merge_keys=merge_keys)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.handle(event)
    except yaml.MarkedYAMLError as error:
        raise _described(error, text, name) from None
    except yaml.reader.ReaderError:
        found = _UNPRINTABLE.search(text)
        offset = found.start() if found else 0
        problem = f"the character U+{ord(text[offset]):04X} is not allowed in YAML"
        raise TextError(name, position_of(text, offset), problem) from None
    return builder


def _described(error: yaml.MarkedYAMLError, text: str, name: str) -> TextError:
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
