"""The wheel, installed in a new environment, also after another distribution has overwritten `mockserver/__init__.py`.

The distribution mockserver-client on PyPI installs a package of the same name.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.command import ROOT, run_pytest, run_python


def run_module(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the commands of an environment that has the wheel; its `mockserver/__init__.py` is empty."""
    folder = tmp_path_factory.mktemp("wheel")
    # Without isolation the build needs no network; hatchling is in the extra `dev`.
    isolation = [] if find_spec("hatchling") is None else ["--no-isolation"]
    run_module("build", "--wheel", *isolation, "--outdir", str(folder), str(ROOT))
    run_module("venv", "--without-pip", str(folder / "venv"))
    scripts = folder / "venv" / "bin"
    (wheel,) = map(str, folder.glob("*.whl"))
    pip = ("pip", "--python", str(scripts / "python"), "install", "--no-deps", "--no-index", "--no-compile")
    run_module(*pip, wheel)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    # The dependencies come from this environment. Its own installation of the project comes later on the path.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "mockserver" / "__init__.py").write_text("")
    return scripts


def test_the_version(installed: Path) -> None:
    """`mockserver --version` works."""
    done = subprocess.run([installed / "mockserver", "--version"], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("mockserver 0.")


def test_the_downstream_project(installed: Path, tmp_path: Path) -> None:
    """The tests of a project pass, except those that import names from the emptied module."""
    project = shutil.copytree(ROOT / "tests" / "downstream", tmp_path / "project")
    python = installed / "python"
    source = "import mockserver.version; print(mockserver.__doc__, mockserver.version.__file__)"
    module = run_python(project, "-c", source, python=python, PYTHONPATH="")
    done = run_pytest(project, "--ignore=tests/test_in_process.py", python=python, PYTHONPATH="")

    assert module.stdout.startswith(f"None {installed.parent}"), module.stdout + module.stderr
    assert 0 == done.returncode, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_plugin_can_be_disabled(installed: Path, tmp_path: Path) -> None:
    """The plugin is named `wingback_mockserver`, and `-p no:wingback_mockserver` disables it."""
    (tmp_path / "test_one.py").write_text("def test_one(mockserver):\n    pass\n")
    python = installed / "python"
    enabled = run_pytest(tmp_path, python=python, PYTHONPATH="")
    disabled = run_pytest(tmp_path, "-p", "no:wingback_mockserver", python=python, PYTHONPATH="")

    assert 0 == enabled.returncode, enabled.stdout
    assert 1 == disabled.returncode, disabled.stdout
    assert "fixture 'mockserver' not found" in disabled.stdout
