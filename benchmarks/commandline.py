"""What all benchmarks have in common: their flags, the machine they ran on, and where their table goes."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from pages import write

__all__ = ["MACHINE", "CommandLine"]

PAGE = Path(__file__).parent / "README.md"
MACHINE = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, {platform.system()}"


class CommandLine(argparse.ArgumentParser):
    """`--write` and `--quick`, and a description that is the benchmark's docstring."""

    def __init__(self, about: str | None, *, block: str, pages: Iterable[Path] = (PAGE,)) -> None:
        super().__init__(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
        self._block = block
        self._pages = tuple(pages)
        self._writes = False
        self.add_argument("--write", action="store_true", help="put the table where the READMEs show it")
        self.add_argument("--quick", action="store_true", help="a few seconds; the figures mean nothing")

    def read(self) -> argparse.Namespace:
        """What was said; ends with exit code 2 where it makes no sense."""
        said = self.parse_args()
        if said.write and said.quick:
            self.error("--quick measures nothing worth writing down")
        self._writes = said.write
        return said

    def show(self, lines: Iterable[str]) -> None:
        """Print the table, and write it down where that was asked for."""
        text = "\n".join([*lines, ""])
        print(text)
        if self._writes:
            write(self._block, text, self._pages)
