"""`mockserver check`: the bundled files, more than a hundred broken ones, and the exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.broken_files import BROKEN
from tests.support.command import ROOT, run
from tests.support.scenario_files import HAPPY, reply, stub, write
from tests.support.violating_files import VIOLATING

SPEC = (ROOT / "spec" / "wingback.yaml").read_text("utf-8")


def test_the_bundled_scenarios() -> None:
    """The bundled files have no problems."""
    ended = run("check", cwd=ROOT)
    *lines, summary = ended.stdout.splitlines()
    names = sorted(path.name for path in (ROOT / "scenarios").glob("*.yaml"))
    assert (0, "") == (ended.returncode, ended.stderr)
    assert [f"scenarios/{name}: ok, " for name in names] == [re.sub(r"\d+ examples?$", "", line) for line in lines]
    assert f"spec/wingback.yaml 0.1.0: {len(names)} files, no problems" == summary


def test_ci_checks_the_bundled_scenarios() -> None:
    """CI runs the check."""
    assert "mockserver check" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The problems of all broken files in one run, by the name of the file."""
    folder = tmp_path_factory.mktemp("broken")
    for number, (text, _) in enumerate([*BROKEN.values(), *VIOLATING.values()]):
        (folder / f"case_{number:03}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = run("check", "--scenarios", str(folder))
    assert (1, "") == (ended.returncode, ended.stderr)
    assert (
        f"{len(BROKEN) + len(VIOLATING)} files, {len(BROKEN) + len(VIOLATING)} with " in ended.stdout.splitlines()[-1]
    )
    lines: dict[str, list[str]] = {}
    for line in ended.stdout.splitlines()[:-1]:
        if line.startswith("  "):
            file, _, message = line.removeprefix(f"  {folder}/").partition(".yaml:")
            lines[file].append(message)
        else:
            file = line.removeprefix(f"{folder}/").partition(".yaml:")[0]
            lines[file] = []
    return lines


@pytest.mark.parametrize("number", range(len(BROKEN) + len(VIOLATING)), ids=[*BROKEN, *VIOLATING])
def test_broken_files(problems: dict[str, list[str]], number: int) -> None:
    """One run reports the problems of more than a hundred broken files."""
    _, expected = [*BROKEN.values(), *VIOLATING.values()][number]
    assert expected == problems[f"case_{number:03}"]


EXITS = {
    "no problems": (["--scenarios", "good"], 0, "2 files, no problems"),
    "a spec and scenarios": (
        ["--spec", "spec.yaml", "--scenarios", "good"],
        0,
        "spec.yaml 0.1.0: 2 files, no problems",
    ),
    "no scenario files": (
        ["--spec", "spec.yaml"],
        0,
        "spec.yaml 0.1.0: no scenario files to check, because --scenarios names no folder",
    ),
    "no scenario would break": (["--scenarios", "good", "--against", "spec.yaml"], 0, "breaks none of the 2 scenarios"),
    "a problem": (["--scenarios", "bad"], 1, "1 file, 1 with 1 problem"),
    "no such spec": (["--spec", "none.yaml"], 2, "none.yaml"),
    "no such version": (["--scenarios", "good", "--against", "none.yaml"], 2, "none.yaml"),
    "no such folder": (["--scenarios", "none"], 2, "none: the folder of scenarios cannot be read"),
    "an empty folder": (["--scenarios", "empty"], 2, "the folder has no scenario file"),
    "no such format": (["--format", "xml"], 2, "'xml' is not one of"),
}


@pytest.mark.parametrize(("arguments", "code", "expected"), EXITS.values(), ids=EXITS.keys())
def test_exit_codes(tmp_path: Path, arguments: list[str], code: int, expected: str) -> None:
    """The exit code is 0 without problems, 1 with problems, 2 if something cannot be read. The last line says why."""
    write(tmp_path / "good", a=HAPPY, b=stub("fault: hang"))
    write(tmp_path / "bad", a=reply("status: 503"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    ended = run("check", *arguments, cwd=tmp_path)
    output, other_output = (ended.stderr, ended.stdout) if code == 2 else (ended.stdout, ended.stderr)
    assert (code, "") == (ended.returncode, other_output)
    assert expected in output.splitlines()[-1]


def test_variables(tmp_path: Path) -> None:
    """Each option has its variable."""
    folder = write(tmp_path / "good", a=HAPPY)
    variables = {"MOCKSERVER_SCENARIOS": str(folder), "MOCKSERVER_FORMAT": "json", "MOCKSERVER_AGAINST": "spec.yaml"}
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    report = json.loads(run("check", variables=variables, cwd=tmp_path).stdout)
    assert ("good", "spec.yaml") == (report["scenarios"], report["against"]["spec"])
