"""Programs and packages that some tests need: without them a test is skipped, and in CI it fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

__all__ = ["command", "modules", "need", "tool"]

PACKAGES = Path(__file__).parents[1] / "npm"
# The folder with the npm packages. .ci/run sets it, and there nothing may be missing.
VARIABLE = "MOCKSERVER_NPM"


def need(found: object, what: str) -> None:
    """Skip the test if something is missing; fail it if MOCKSERVER_NPM is set."""
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


def tool(name: str, package: str = "newest") -> Path:
    """A command from the npm packages of tests/npm/<package>."""
    command("node")
    return modules(package) / ".bin" / name
