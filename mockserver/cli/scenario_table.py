"""The table that `mockserver scenarios` prints: what there is to choose from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from mockserver.redaction.printable import plain
from mockserver.scenarios import Scenario

__all__ = ["listing"]

HEAD: Final = ("NAME", "ABOUT", "OPERATIONS", "STATUSES")
GAP: Final = "  "


def listing(scenarios: Iterable[Scenario], *, width: int | None = None) -> str:
    """The table, one scenario a line; with a width, in columns, what is too long goes on in the next line."""
    rows = [HEAD, *map(_row, scenarios)]
    widths = _widths(rows, width)
    return "\n".join(line for row in rows for line in _lines(row, widths))


def _row(scenario: Scenario) -> tuple[str, ...]:
    operations = dict.fromkeys(stub.operation for stub in scenario.stubs)
    statuses = dict.fromkeys(stub.ending for stub in scenario.stubs)
    return scenario.name, plain(scenario.about), plain(", ".join(operations)), ", ".join(statuses)


def _widths(rows: list[tuple[str, ...]], width: int | None) -> list[int]:
    """The widths of the columns: as the longest cells need them, or less, but no word is broken."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in cell.split()) for column in columns]
    over = 0 if width is None else sum(widths) + len(GAP) * (len(widths) - 1) - width
    while over > 0 and widths != least:
        widest = max((have, index) for index, have in enumerate(widths) if have > least[index])[1]
        widths[widest] -= 1
        over -= 1
    return widths


def _lines(row: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    cells = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    for index in range(max(map(len, cells))):
        parts = [cell[index] if index < len(cell) else "" for cell in cells]
        yield GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
