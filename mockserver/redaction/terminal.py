"""Text for a terminal or a log. Control characters are escaped, so that they cannot move the cursor or hide text."""

import re
from typing import Final
from unicodedata import category

# Every character outside of printable ASCII. The function `_escaped` decides which of them are escaped.
_UNUSUAL: Final = re.compile(r"[^\x20-\x7e]")


def printable(text: str) -> str:
    r"""The text in one line. Control characters, bidirectional controls and line separators are escaped, as `\x1b`."""
    return text if text.isprintable() else _UNUSUAL.sub(_escaped, text)


def printable_lines(text: str) -> str:
    """The text with its line breaks; everything else is escaped as in `printable`."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """A JSON text, in which the same characters have JSON's own escapes."""
    return "\n".join(line if line.isprintable() else _UNUSUAL.sub(_escaped_for_json, line) for line in text.split("\n"))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character.isprintable():
        return character
    # Spaces of other widths do no harm.
    return " " if category(character) == "Zs" else character.encode("unicode_escape").decode("ascii")


def _escaped_for_json(match: re.Match[str]) -> str:
    character = match[0]
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[index : index + 4]}" for index in range(0, len(units), 4))
