"""What the YAML parser complains about, in words and with a place."""

from __future__ import annotations

import re
from typing import Final

import yaml

from mockserver.parsing.text_errors import TextError, position_of
from mockserver.parsing.yaml_builder import Builder

__all__ = ["parse"]

# From events, a document of 13 MB takes 1.5 s; by way of CSafeLoader's nodes it takes 9 s.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(text: str, builder: Builder) -> None:
    """Hand the builder every event of a text; TextError where it is not YAML."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _in_words(error, text, builder.name) from None
    except yaml.reader.ReaderError:
        found = _UNPRINTABLE.search(text)
        offset = found.start() if found else 0
        line, column = position_of(text, offset)
        problem = f"the character U+{ord(text[offset]):04X} may not stand in YAML"
        raise TextError(name=builder.name, line=line, column=column, problem=problem) from None


def _in_words(error: yaml.MarkedYAMLError, text: str, name: str) -> TextError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.splitlines()
    at = lines[line - 1] if line <= len(lines) else ""
    problem = error.problem or "not YAML"
    if "\t" in at[: len(at) - len(at.lstrip())]:
        column = at.index("\t") + 1
        problem = "a tab; YAML is indented with spaces"
    elif "cannot start any token" in problem:
        problem = f"{at[column - 1 : column]!r} cannot begin a value: write the text in quotes"
    elif "mapping values are not allowed" in problem:
        problem = "a colon where no key can stand: check the indentation, or write the text in quotes"
    elif error.context is not None:
        begun = "" if error.context_mark is None else f" begun in line {error.context_mark.line + 1}"
        problem = f"{problem}, {error.context}{begun}"
    return TextError(name=name, line=line, column=column, problem=problem)
