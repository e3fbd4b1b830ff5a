"""Broken scenario files: each problem is reported with its position, its key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.errors import ScenarioError
from mockserver.scenarios.format import BrokenScenariosError, load_folder
from mockserver.scenarios.format.file_reader import read_text
from tests.support.broken_files import BROKEN
from tests.support.scenario_files import OPERATION, stub


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_file(text: str | bytes, expected: list[str]) -> None:
    """Each problem of a file has its line, column, key and message."""
    file = read_text(
        text if isinstance(text, bytes) else text.encode(), file="s.yaml", name="s", operations={OPERATION}
    )
    assert file.scenario is None
    assert [f"s.yaml:{message}" for message in expected] == [str(problem) for problem in file.problems]


BROKEN_FOLDERS = {
    "empty": ({}, "{}: the folder has no scenario file (*.yaml)"),
    "only other files": (
        {"README.md": "", "scenario.schema.json": "{}"},
        "{}: the folder has no scenario file (*.yaml)",
    ),
    "yml": ({"a.yml": ""}, "{}/a.yml:1:1: a scenario's file name ends with .yaml: rename it to a.yaml"),
    "capital ending": ({"a.YAML": ""}, "{}/a.YAML:1:1: a scenario's file name ends with .yaml: rename it to a.yaml"),
    "capital name": (
        {"Slow.yaml": stub("fault: hang")},
        "{}/Slow.yaml:1:1: expected a file name of lower-case letters, digits, - and _, found 'Slow'",
    ),
    "name with a dot": (
        {"a.b.yaml": stub("fault: hang")},
        "{}/a.b.yaml:1:1: expected a file name of lower-case letters, digits, - and _, found 'a.b'",
    ),
    "larger than 1 MiB": (
        {"a.yaml": "#" * (1024 * 1024 + 1)},
        "{}/a.yaml:1:1: the file is longer than 1,048,576 bytes",
    ),
    "two broken files": (
        {"b.yaml": "", "a.yaml": "a", "c.yaml": stub("fault: hang")},
        "{0}/a.yaml:1:1: expected a mapping, found the text 'a'\n{0}/b.yaml:1:1: the file is empty",
    ),
}


@pytest.mark.parametrize(("files", "expected"), BROKEN_FOLDERS.values(), ids=BROKEN_FOLDERS.keys())
def test_broken_folder(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    """If one file of a folder is broken, no scenario is loaded. The error lists the problems of all files."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_folder(tmp_path)
    assert expected.format(tmp_path) == str(caught.value)


def test_missing_folder(tmp_path: Path) -> None:
    """The error for a missing folder is one line."""
    with pytest.raises(ScenarioError) as caught:
        load_folder(tmp_path / "none")
    expected = f"{tmp_path}/none: the folder of scenarios cannot be read: No such file or directory"
    assert expected == str(caught.value)


def test_problems_are_data(tmp_path: Path) -> None:
    """A problem has its file, line, column, key and message as separate values."""
    (tmp_path / "a.yaml").write_text(stub("fault: hang\ntimes: 0"))
    with pytest.raises(BrokenScenariosError) as caught:
        load_folder(tmp_path)
    [problem] = caught.value.problems
    message = "expected a whole number from 1 to 1000000, found the number 0"
    expected = (f"{tmp_path}/a.yaml", 6, 12, "stubs[0].times", message)
    assert expected == (problem.file, problem.line, problem.column, problem.key, problem.message)


def test_links_out_of_the_folder(tmp_path: Path) -> None:
    """A link that leads out of the folder, or nowhere, is an error. A link inside the folder is followed."""
    (tmp_path / "outside.yaml").write_text(stub("fault: hang"))
    folder = tmp_path / "scenarios"
    (folder / "..data").mkdir(parents=True)
    (folder / "..data" / "good.yaml").write_text(stub("fault: hang"))
    (folder / "good.yaml").symlink_to("..data/good.yaml")
    assert ["good"] == list(load_folder(folder))
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "out.yaml").symlink_to("../outside.yaml")
    (folder / "passwd.yaml").symlink_to("/etc/passwd")
    with pytest.raises(BrokenScenariosError) as caught:
        load_folder(folder)
    problems = {Path(problem.file).name: problem.message for problem in caught.value.problems}
    assert "cannot be read: No such file or directory" == problems.pop("dangling.yaml")
    assert problems.pop("loop.yaml").startswith("cannot be read: ")
    out = "the link leads out of the folder of scenarios, and is not followed"
    assert {"out.yaml": out, "passwd.yaml": out} == problems
