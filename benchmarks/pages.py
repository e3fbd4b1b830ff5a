"""Puts measured tables between the marks of the pages that show them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["write"]


def write(block: str, text: str, pages: Iterable[Path]) -> None:
    """Replace what stands in the block of this name on each page; each must have it once."""
    marks = re.compile(rf"(<!-- {block}: begin[^>]*-->\n).*?(<!-- {block}: end -->)", re.DOTALL)
    for page in pages:
        after, blocks = marks.subn(lambda found: f"{found[1]}{text}{found[2]}", page.read_text("utf-8"))
        if blocks != 1:
            raise SystemExit(f"{page}: {blocks} blocks {block!r}, expected one")
        page.write_text(after, "utf-8")
