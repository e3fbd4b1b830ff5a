"""The documents as a whole: links, forms of code blocks, and the size of the README."""

from __future__ import annotations

import re

import pytest

from tests.support.command import ROOT
from tests.support.markdown import DOCUMENTS, links, prose, text_of


def anchors(document: str) -> set[str]:
    """The anchors that GitHub makes from the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(path_and_anchor: tuple[object, str]) -> bool:
    path, anchor = path_and_anchor
    target = ROOT.joinpath(str(path)).resolve()
    if not target.is_relative_to(ROOT) or not target.exists():
        return True
    return bool(anchor) and anchor not in anchors(target.relative_to(ROOT).as_posix())


def test_links_lead_somewhere() -> None:
    """Each link into the project has a target, and each anchor a heading."""
    found = [(document, *link) for document in DOCUMENTS for link in links(document)]

    assert len(found) > 20
    assert [] == [link for link in found if is_broken(link[1:])]


def test_every_document_can_be_found_from_the_readme() -> None:
    """The README links to each document, directly or through another one."""
    seen, waiting = {"README.md"}, ["README.md"]
    while waiting:
        for path, _ in links(waiting.pop()):
            name = path.resolve().relative_to(ROOT).as_posix()
            if name in DOCUMENTS and name not in seen:
                seen.add(name)
                waiting.append(name)

    assert set(DOCUMENTS) == seen


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"^[ \t]+```.*", id="indented fence"),
        pytest.param(r"^[ \t]*~~~.*", id="tildes"),
        pytest.param(r"\n\n(?:    |\t)\S.*", id="indented code"),
        pytest.param(r"<(?:pre|code)\b.*", id="HTML"),
    ],
)
def test_code_is_in_fenced_blocks(pattern: str) -> None:
    """Only fenced blocks are found and run by the tests, so a document must have no other form of code block."""
    assert [] == [(name, found) for name in DOCUMENTS for found in re.findall(pattern, prose(name), re.MULTILINE)]


def test_the_readme_is_short() -> None:
    """Longer material is in docs/."""
    assert len(text_of("README.md").splitlines()) <= 300


def test_prose_fits_the_line() -> None:
    """Lines have at most 120 characters; tables and what the benchmarks write are exempt."""
    written = {
        document: re.sub(r"<!-- (\w+): begin.*?<!-- \1: end -->", "", prose(document), flags=re.DOTALL)
        for document in DOCUMENTS
    }
    lines = [(document, line) for document, text in written.items() for line in text.splitlines()]

    assert [] == [(document, line) for document, line in lines if len(line) > 120 and not line.startswith("|")]


def test_the_figures_are_the_same_on_both_pages() -> None:
    """The table that benchmarks/run.py wrote is the same in both READMEs."""
    tables = [
        re.findall(r"<!-- benchmark: begin.*?<!-- benchmark: end -->", text_of(document), re.DOTALL)
        for document in ("README.md", "benchmarks/README.md")
    ]

    assert [1, 1] == [len(found) for found in tables]
    assert tables[0] == tables[1]
