"""The wheel, installed in a new environment, also after another distribution has overwritten `mockserver/__init__.py`.

The distribution mockserver-client on PyPI installs a package of the same name.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.command import ROOT, run_pytest, run_python, served

# pytest, and what it needs itself.
NEEDED = ("iniconfig", "packaging", "pluggy", "pygments", "pytest")
ALLOWED = {*NEEDED, "__main__", "_pytest", "conftest", "mockserver", "py", "test_it"}


def run_module(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Without isolation the build needs no network; hatchling is in the extra `dev`.
    isolation = [] if find_spec("hatchling") is None else ["--no-isolation"]
    run_module("build", "--wheel", *isolation, "--outdir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def install_without_dependencies(wheel: Path, folder: Path) -> tuple[Path, Path]:
    """Install the wheel into a new environment. Returns its folders of commands and of packages."""
    run_module("venv", "--without-pip", str(folder))
    scripts = folder / "bin"
    pip = ("pip", "--python", str(scripts / "python"), "install", "--no-deps", "--no-index", "--no-compile")
    run_module(*pip, str(wheel))
    (packages,) = folder.glob("lib/python*/site-packages")
    return scripts, packages


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the commands of an environment that has the wheel; its `mockserver/__init__.py` is empty."""
    scripts, packages = install_without_dependencies(wheel, tmp_path_factory.mktemp("installed") / "venv")
    # The dependencies come from this environment. Its own installation of the project comes later on the path.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "mockserver" / "__init__.py").write_text("")
    return scripts


def test_the_version(installed: Path) -> None:
    """`mockserver --version` works; so does the command with the name of the distribution, for `uvx`."""
    for name in ("mockserver", "wingback-mockserver"):
        done = subprocess.run([installed / name, "--version"], capture_output=True, text=True, check=False)

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


ONLY_PYTEST = """
import json, sys, urllib.request
from pathlib import Path

def create(mock):
    url = f"{mock.url}/v1/c/customer/Cust_1/payment/session"
    headers = {**mock.headers, "content-type": "application/json"}
    body = b'{"operation": "add_method", "address": true}'
    return urllib.request.urlopen(urllib.request.Request(url, body, headers)).status

def test_the_mock(mockserver):
    assert 200 == create(mockserver)
    assert 1 == len(mockserver.journal) == len(mockserver.payment_sessions)
    mockserver.verify(operation="c_create_payment_session", count=1)
    mockserver.namespace().scenario("server_error")
    mockserver.reset()

def test_that_fails(mockserver):
    mockserver.verify(operation="c_create_payment_session", count=1)
"""
NOTE_MODULES = """
def pytest_unconfigure():
    import json, sys
    from pathlib import Path
    Path("modules.json").write_text(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("by", ["command", "url"])
def test_the_plugin_without_dependencies(wheel: Path, tmp_path: Path, by: str) -> None:
    """Installed with `--no-deps` beside pytest alone, the plugin works with a server in another process."""
    scripts, packages = install_without_dependencies(wheel, tmp_path / "venv")
    needed = {path.parts[0] for name in NEEDED for path in distribution(name).files or () if path.parts[0] != ".."}
    for name in needed:
        (packages / name).symlink_to(Path(sysconfig.get_path("purelib"), name))
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_it.py").write_text(ONLY_PYTEST)
    (project / "conftest.py").write_text(NOTE_MODULES)
    options = ("--mockserver-fail-under=1", "--mockserver-coverage-json=coverage.json", "--mockserver-seed=4")
    if by == "command":
        # The server runs with this environment, where everything is installed.
        command = shlex.join(["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "mockserver"])
        done = run_pytest(
            project, *options, f"--mockserver-command={command}", python=scripts / "python", PYTHONPATH=""
        )
    else:
        with served() as running:
            url = f"--mockserver-url={running.url}"
            done = run_pytest(project, *options[:2], url, python=scripts / "python", PYTHONPATH="")
    modules = set(json.loads((project / "modules.json").read_text()))

    assert 1 == done.returncode, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "Expected exactly 1 call" in done.stdout
    assert modules - sys.stdlib_module_names - ALLOWED == set()
