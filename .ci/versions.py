"""Test the wheel with the oldest versions of its dependencies, and beside the frameworks of the application under test.

    versions.py FOLDER WHEEL

Each case has a virtual environment in the folder; several are tested at once. With the newest versions, all tests run:
.ci/run installs them for that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
# The tests that depend on the internals of uvicorn and Starlette.
INTERNALS = ["head", "running", "upgrade", "wire"]
# The tests that read what prometheus-client writes.
METRICS = ["metrics", "metrics_formats"]
# Tests that run with a store.
STORED = ["payment_sessions", "verify"]
PLUGIN = ["command", "downstream", "mock_server"]
# What each framework's environment has first, and its tests.
FRAMEWORKS = {
    "FastAPI 0.115": (["fastapi>=0.115,<0.116", "starlette>=0.46,<0.47", "uvicorn>=0.34,<0.35"], "fastapi"),
    "the newest FastAPI": (["fastapi", "uvicorn"], "fastapi"),
    "Django 4.2": (["django>=4.2,<4.3"], "django"),
    "Flask 3.0": (["flask>=3.0,<3.1", "werkzeug>=3.0,<3.1"], "flask"),
    "Litestar": (["litestar", "uvicorn"], "litestar"),
}


class Environment:
    """A virtual environment. `log` has the output of all its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = ""
        self.uv = folder.parent / "uv" / "bin" / "uv"
        self.python = str(folder / "venv" / "bin" / "python")
        folder.mkdir()
        self.run(self.uv, "venv", "-q", "--python", sys.executable, folder / "venv")

    def run(self, *command: object, cwd: Path | None = None, **variables: str) -> str:
        """Run a command. Returns its standard output."""
        words = [str(word) for word in command]
        done = subprocess.run(
            words, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
        self.log += f"$ {' '.join(words)}\n{done.stdout}{done.stderr}"
        if done.returncode:
            raise SystemExit(f"{self.log}\nfailed with exit code {done.returncode}")
        return done.stdout

    def install(self, *requirements: object) -> None:
        """Install packages."""
        self.run(self.uv, "pip", "install", "-q", "--python", self.python, *requirements)

    def versions(self) -> dict[str, str]:
        """The installed packages."""
        listed = json.loads(self.run(self.uv, "pip", "list", "--python", self.python, "--format", "json"))
        return {package["name"]: package["version"] for package in listed}

    def check(self) -> None:
        """Check that every package has what it requires."""
        self.run(self.uv, "pip", "check", "--python", self.python)

    def test(self, *arguments: object, cwd: Path, **variables: str) -> None:
        """Run pytest."""
        options = ("-q", "-p", "no:cacheprovider")
        self.run(self.python, "-m", "pytest", *options, *arguments, cwd=cwd, **variables)


def test_lowest(environment: Environment, wheel: Path) -> None:
    """The plugin's tests with the oldest direct dependencies that have a wheel for this Python."""
    lowest = environment.folder / "lowest.txt"
    # openapi-core requires pydantic; the application under test is often locked to an old one.
    wanted = environment.folder / "pydantic.txt"
    wanted.write_text("pydantic>=2.7\n")
    resolution = ("--resolution", "lowest-direct", "--only-binary", ":all:", "--python", environment.python)
    sources = (ROOT / "pyproject.toml", "--extra", "pytest", "--extra", "redis", wanted)
    environment.run(environment.uv, "pip", "compile", "-q", *sources, *resolution, "-o", lowest)
    environment.install("--constraint", lowest, f"{wheel}[pytest,redis]")
    environment.check()
    downstream = shutil.copytree(TESTS / "downstream", environment.folder / "downstream")
    environment.test(cwd=downstream)
    # The tests of this project need a newer pytest.
    environment.install("pytest>=9", "pytest-xdist", "hypothesis")
    files = [f"tests/web/test_{name}.py" for name in INTERNALS] + [f"tests/testing/test_{name}.py" for name in PLUGIN]
    files += [f"tests/control/test_{name}.py" for name in METRICS]
    environment.test("-n2", *files, cwd=ROOT, PYTHONPATH=str(ROOT))
    stored = [f"tests/control/test_{name}.py" for name in STORED]
    environment.test("-n2", *stored, cwd=ROOT, PYTHONPATH=str(ROOT), MOCKSERVER_TEST_STORE="redis")


def test_framework(environment: Environment, wheel: Path, packages: list[str], name: str) -> None:
    """The wheel replaces nothing that a framework has installed, and a small app is tested with the plugin."""
    environment.install(*packages)
    before = environment.versions()
    environment.install(f"{wheel}[pytest]")
    environment.check()
    after = environment.versions()
    replaced = {package: after[package] for package, version in before.items() if after.get(package) != version}
    if replaced:
        raise SystemExit(f"{name}: the wheel replaced {replaced}; before it were {before}")
    project = shutil.copytree(TESTS / "downstream_frameworks", environment.folder / "project")
    environment.test(f"test_{name}.py", cwd=project)


def main() -> None:
    """The command line."""
    folder, wheel = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", folder / "uv"], check=True)
    subprocess.run([folder / "uv" / "bin" / "pip", "install", "-q", "uv"], check=True)
    cases: dict[str, Callable[[Environment], None]] = {"the oldest versions": lambda it: test_lowest(it, wheel)}
    for case, (packages, name) in FRAMEWORKS.items():
        cases[case] = lambda it, packages=packages, name=name: test_framework(it, wheel, packages, name)

    def run(case: str) -> str:
        environment = Environment(folder / case.replace(" ", "-"))
        cases[case](environment)
        return f"with {case}: {environment.log.splitlines()[-1]}"

    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(run, cases):
            print(line, flush=True)


if __name__ == "__main__":
    main()
