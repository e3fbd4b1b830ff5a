"""The command line of all benchmarks, the description of the machine, and the tables in the documentation."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["MACHINE", "CommandLine"]

PAGE = Path(__file__).parent / "README.md"
PACKAGE = PAGE.parent.parent / "mockserver"
MACHINE = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, {platform.system()}"


class CommandLine(argparse.ArgumentParser):
    """A parser with `--write` and `--quick`; `block` names the table on each of the pages."""

    def __init__(self, description: str | None, *, block: str, pages: Iterable[Path] = (PAGE,)) -> None:
        super().__init__(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        self._block = block
        self._pages = tuple(pages)
        self._writes = False
        self.add_argument("--write", action="store_true", help="also put the table into the documentation")
        self.add_argument("--quick", action="store_true", help="only check that the benchmark runs; ignore the figures")

    def read(self) -> argparse.Namespace:
        """Parse the arguments; exit with code 2 if they contradict each other."""
        arguments = self.parse_args()
        if arguments.write and arguments.quick:
            self.error("--write needs real figures, which --quick does not produce")
        self._writes = arguments.write
        # pip compiles the modules of a package that it installs. A checkout may have none that are compiled.
        compileall.compile_dir(PACKAGE, quiet=2)
        return arguments

    def show(self, lines: Iterable[str]) -> None:
        """Print the table; with `--write`, also put it into the documentation."""
        text = "\n".join([*lines, ""])
        print(text)
        if self._writes:
            for page in self._pages:
                self._replace(page, text)

    def _replace(self, page: Path, text: str) -> None:
        """Replace the text between the two comments of the block; each page must contain them once."""
        block = re.compile(rf"(<!-- {self._block}: begin[^>]*-->\n).*?(<!-- {self._block}: end -->)", re.DOTALL)
        content, count = block.subn(lambda match: f"{match[1]}{text}{match[2]}", page.read_text("utf-8"))
        if count != 1:
            raise SystemExit(f"{page}: expected one block {self._block!r}, found {count}")
        page.write_text(content, "utf-8")
