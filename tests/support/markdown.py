"""The documents of the project: their code blocks, sections, tables and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.command import ROOT

__all__ = ["BLOCKS", "CI_DOCUMENT", "DOCUMENTS", "RECIPES", "Block", "links", "prose", "rows", "section", "text_of"]

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md"))
    if not path.relative_to(ROOT).as_posix().startswith(".")
)
"""Every Markdown file in the root of the project and in its folders."""

RECIPES = "docs/unmodified-apps.md"
"""Its code blocks are run by tests/browser/test_recipes.py."""

CI_DOCUMENT = "docs/ci.md"
"""Its code blocks are run by tests/docs/test_ci.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced code block. `intro` is the paragraph above it, `heading` the nearest heading."""

    document: str
    line: int
    heading: str
    intro: str
    language: str
    text: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Document, heading and language: what identifies a block in a test."""
        return self.document, self.heading, self.language

    @property
    def runs_in_checkout(self) -> bool:
        """Whether the text says that the block runs in a checkout; otherwise it runs in an empty folder."""
        return "in a checkout" in " ".join(self.intro.split()).lower()

    @property
    def has_own_test(self) -> bool:
        """HTML, Python that uses the fixture `page` of pytest-playwright, and documents with a test of their own."""
        uses_page = self.language == "python" and "(page)" in self.text
        return self.language == "html" or uses_page or self.document in {RECIPES, CI_DOCUMENT}

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def _blocks(document: str) -> Iterator[Block]:
    heading, intro = "", ""
    paragraph: list[str] = []
    opened: tuple[int, str, list[str]] | None = None
    for number, line in enumerate(text_of(document).splitlines(), 1):
        if opened is not None:
            begin, language, lines = opened
            if line != "```":
                lines.append(line)
                continue
            text = "".join(f"{each}\n" for each in lines)
            yield Block(document=document, line=begin, heading=heading, intro=intro, language=language, text=text)
            opened, paragraph = None, []
        elif line.startswith("```"):
            opened = (number, line.removeprefix("```").strip(), [])
            intro = "\n".join(paragraph) or intro
        elif line.startswith("#"):
            heading, paragraph, intro = line.lstrip("# "), [], ""
        elif line:
            paragraph.append(line)
        elif paragraph:
            intro, paragraph = "\n".join(paragraph), []
    assert opened is None, f"{document}: a code block has no end"


BLOCKS = [block for document in DOCUMENTS for block in _blocks(document)]


def prose(document: str) -> str:
    """The text of a document without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text_of(document), flags=re.MULTILINE | re.DOTALL)


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next heading of the same level or above."""
    parts = re.split(r"^(#+) (.+)$", prose(document), flags=re.MULTILINE)
    levels, headings, texts = parts[1::3], parts[2::3], parts[3::3]
    start = headings.index(heading)
    found = [texts[start]]
    for level, name, text in zip(levels[start + 1 :], headings[start + 1 :], texts[start + 1 :], strict=True):
        if len(level) <= len(levels[start]):
            break
        found += [f"{level} {name}", text]
    return "\n".join(found)


def rows(document: str, heading: str, table: int = 0) -> list[list[str]]:
    """The cells of a table under a heading, without its head."""
    tables = re.findall(r"(?:^\|.*\n)+", section(document, heading) + "\n", re.MULTILINE)
    lines = tables[table].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def links(document: str) -> list[tuple[Path, str]]:
    """The links of a document into the project: the file, and the anchor or an empty text."""
    found = re.findall(r"\]\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\)", prose(document))
    return [((ROOT / document).parent / name if name else ROOT / document, anchor) for name, anchor in found]
