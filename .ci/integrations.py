"""Check scenario files with the pre-commit hook and the GitHub action, as another repository uses them.

    integrations.py FOLDER CHECKOUT

FOLDER is a new folder. CHECKOUT has the files of this project; they become a git repository that pre-commit installs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

VALID = """\
about: Every call is answered 503.
stubs:
  - name: not available
    operation: c_create_payment_session
    reply: {status: 503, off_contract: the contract documents only 200}
"""
INVALID = VALID.replace("c_create_payment_session", "c_create_payment_sessions")
# What the mock says about the misspelled name.
PROBLEM = "'c_create_payment_session'"
SCENARIO = Path("mocks") / "unavailable.yaml"
AUTHOR = ("-c", "user.name=ci", "-c", "user.email=ci@example.com")


def commit(folder: Path) -> str:
    """Make a git repository of a folder. Returns its commit."""
    for words in (("init", "--quiet"), ("add", "."), (*AUTHOR, "commit", "--quiet", "-m", "all")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def require(name: str, done: subprocess.CompletedProcess[str], *, passes: bool) -> None:
    """Raise SystemExit unless the check passed, or failed with the problem of the invalid file."""
    out = done.stdout + done.stderr
    if passes != (done.returncode == 0) or passes == (PROBLEM in out):
        raise SystemExit(f"{name} ended with {done.returncode}:\n{out}")
    print(f"{name} {'passes the valid' if passes else 'fails with the invalid'} file")


def check_hook(folder: Path, project: Path, user: Path) -> None:
    """Run the hook with pre-commit, which installs the project from its commit."""
    hook = {"id": "mockserver-check", "args": ["--scenarios", str(SCENARIO.parent)]}
    repository = {"repo": str(project), "rev": commit(project), "hooks": [hook]}
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}), "utf-8")
    commit(user)
    for text in (VALID, INVALID):
        (user / SCENARIO).write_text(text, "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=user,
            env={**os.environ, "PRE_COMMIT_HOME": str(folder / "pre-commit")},
            capture_output=True,
            text=True,
            check=False,
        )
        require("the pre-commit hook", done, passes=text is VALID)


def run_step(step: dict[str, Any], values: dict[str, str], environment: dict[str, str], folder: Path) -> Any:
    """Run a shell step of the action. Its expressions must be among the values."""

    def expand(text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found[1]], text)

    variables = {name: expand(value) for name, value in step.get("env", {}).items()}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder / expand(step.get("working-directory", ".")),
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def check_action(folder: Path, project: Path, user: Path) -> None:
    """Run the shell steps of the action, with the Python that the first step would install."""
    action = yaml.safe_load((project / "action.yml").read_bytes())
    values = {f"inputs.{name}": each["default"] for name, each in action["inputs"].items()}
    values |= {"inputs.scenarios": str(SCENARIO.parent), "steps.python.outputs.python-path": sys.executable}
    environment = {**os.environ, "RUNNER_TEMP": str(folder / "runner"), "GITHUB_ACTION_PATH": str(project)}
    install, check = (step for step in action["runs"]["steps"] if "run" in step)
    done = run_step(install, values, environment, user)
    if done.returncode:
        raise SystemExit(f"the action cannot be installed:\n{done.stdout}{done.stderr}")
    for text in (VALID, INVALID):
        (user / SCENARIO).write_text(text, "utf-8")
        require("the GitHub action", run_step(check, values, environment, user), passes=text is VALID)


def main() -> None:
    """The command line."""
    folder, checkout = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    user = folder / "user"
    (user / SCENARIO).parent.mkdir(parents=True)
    (user / SCENARIO).write_text(VALID, "utf-8")
    project = Path(shutil.copytree(checkout, folder / "project", ignore=shutil.ignore_patterns(".venv", "__pycache__")))
    check_hook(folder, project, user)
    check_action(folder, project, user)


if __name__ == "__main__":
    main()
