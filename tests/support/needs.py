"""What some tests need besides Python: looked for, skipped without, and never missing in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

__all__ = ["command", "modules", "need", "tool"]

PACKAGES = Path(__file__).parents[1] / "npm"
# .ci/run sets it, to the folder in which it has installed the packages: there nothing may be missing.
VARIABLE = "MOCKSERVER_NPM"


def need(found: object, what: str) -> None:
    """Skips the test when something is not there; fails it where everything has to be: MOCKSERVER_NPM says so."""
    if found:
        return
    if VARIABLE in os.environ:
        pytest.fail(what)
    pytest.skip(what)


def command(*names: str) -> str:
    """The path of the first of these commands that is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    need(found, f"{names[0]} is not installed")
    return str(found)


def modules(name: str) -> Path:
    """The npm packages of tests/npm/<name>: in the folder that MOCKSERVER_NPM names, or beside their package.json."""
    folder = Path(os.environ.get(VARIABLE, PACKAGES)) / name / "node_modules"
    need(folder.is_dir(), f"run npm install in tests/npm/{name}")
    return folder


def tool(name: str) -> Path:
    """A command that comes as an npm package."""
    command("node")
    return modules("newest") / ".bin" / name
