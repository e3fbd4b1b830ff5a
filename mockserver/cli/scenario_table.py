"""The table that `mockserver scenarios` prints."""

import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final

from mockserver.redaction.terminal import printable
from mockserver.scenarios import Scenario

HEAD: Final = ("NAME", "ABOUT", "OPERATIONS", "STATUSES")
GAP: Final = "  "


def scenario_table(scenarios: Iterable[Scenario], *, width: int | None = None) -> str:
    """One row for each scenario. With a width, long cells continue on the next line of their column."""
    rows = [HEAD, *map(_row, scenarios)]
    widths = _column_widths(rows, width)
    return "\n".join(line for row in rows for line in _lines(row, widths))


def _row(scenario: Scenario) -> tuple[str, ...]:
    operations = dict.fromkeys(stub.operation for stub in scenario.stubs)
    statuses = dict.fromkeys(stub.ending for stub in scenario.stubs)
    return printable(scenario.name), printable(scenario.about), printable(", ".join(operations)), ", ".join(statuses)


def _column_widths(rows: list[tuple[str, ...]], width: int | None) -> list[int]:
    """The width of each column's longest cell; if the table is too wide, the widest columns shrink.

    No column becomes narrower than its longest word, so the table can still be wider than `width`.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    smallest = [max(len(word) for cell in column for word in cell.split()) for column in columns]
    limit = sys.maxsize if width is None else width - len(GAP) * (len(columns) - 1)
    while sum(widths) > limit and widths != smallest:
        _, widest = max((current, index) for index, current in enumerate(widths) if current > smallest[index])
        widths[widest] -= 1
    return widths


def _lines(row: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    cells = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        yield GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
