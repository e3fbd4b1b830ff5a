"""The library of scenarios: how a folder is loaded, and how a scenario is found in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mockserver.errors import ScenarioError
from mockserver.messages import Call, Request
from mockserver.scenarios import Scenarios
from mockserver.scenarios.format import BrokenScenariosError, library_of, load_folder, read_folder
from mockserver.scenarios.suggestions import nearest_names

ROOT = Path(__file__).parent.parent.parent


def write(folder: Path, name: str, *, when: str = "", operation: str = "op") -> None:
    condition = f"when: {{path: {{customer_id: {when}}}}}\n" if when else ""
    text = f"about: One.\n{condition}stubs:\n  - {{name: a, operation: {operation}, reply: {{status: 503}}}}\n"
    (folder / f"{name}.yaml").write_text(text)


def call(customer_id: str) -> Call:
    return Call(request=Request(method="GET", path="/"), operation="op", path={"customer_id": customer_id})


def test_names(tmp_path: Path) -> None:
    """A scenario has the name of its file without the ending. Other files and folders are ignored."""
    for name in ("slow", "card_declined", "happy-2"):
        write(tmp_path, name)
    for other in ("README.md", "scenario.schema.json", ".hidden.yaml", "notes.txt", "slow.yaml~"):
        (tmp_path / other).write_text("{")
    (tmp_path / "folder.yaml").mkdir()
    write(tmp_path / "folder.yaml", "inner")
    library = load_folder(tmp_path)
    assert ["card_declined", "happy-2", "slow"] == list(library)
    assert 3 == len(library)
    assert "slow" == library["slow"].name
    assert "fast" not in library
    with pytest.raises(KeyError):
        library["fast"]


def test_an_empty_library() -> None:
    """An empty library finds nothing."""
    library = Scenarios()
    assert ([], [], None) == (list(library), nearest_names("slow", library), library.fitting(call("a")))


NEAREST = {
    "a typo": ("happy_pth", ["happy_path"]),
    "another case": ("SLOW", ["slow"]),
    "several": ("card_de", ["card_declined", "card_decided"]),
    "nothing like it": ("zzz", []),
    "absurdly long": ("slow" * 100_000, []),
    "not printable": ("slow\x00", ["slow"]),
}


@pytest.mark.parametrize(("name", "expected"), NEAREST.values(), ids=NEAREST.keys())
def test_nearest(tmp_path: Path, name: str, expected: list[str]) -> None:
    """An unknown name finds the most similar names."""
    for known in ("slow", "card_declined", "card_decided", "happy_path"):
        write(tmp_path, known)
    assert sorted(expected) == sorted(nearest_names(name, load_folder(tmp_path), count=2))


def test_fitting(tmp_path: Path) -> None:
    """The first scenario by name whose file-level `when` fits is found. Scenarios without `when` are never found."""
    write(tmp_path, "a_plain")
    write(tmp_path, "c_first", when="'503'")
    write(tmp_path, "b_first", when="{matches: '^50'}")
    write(tmp_path, "d_other", when="'404'")
    library = load_folder(tmp_path)
    chosen = {name: library.fitting(call(name)) for name in ("503", "404", "200")}
    assert {"503": "b_first", "404": "d_other", "200": None} == {
        name: scenario and scenario.name for name, scenario in chosen.items()
    }


def test_unknown_operations(tmp_path: Path) -> None:
    """A stub for an unknown operation is a problem, unless the operations are not given."""
    write(tmp_path, "slow", operation="c_create")
    assert ["slow"] == list(load_folder(tmp_path))
    with pytest.raises(BrokenScenariosError) as caught:
        library_of(read_folder(tmp_path, operations=frozenset({"d_create"})))
    message = "the contract has no operation 'c_create'; did you mean 'd_create'?"
    assert f"{tmp_path}/slow.yaml:3:26: stubs[0].operation: {message}" == str(caught.value)


def test_read_folder_reads_each_file_by_itself(tmp_path: Path) -> None:
    """A broken file does not affect the other files of a folder."""
    write(tmp_path, "slow")
    (tmp_path / "broken.yaml").write_text("about: x")
    broken, slow = read_folder(tmp_path)
    assert (["broken.yaml", "slow.yaml"], ["broken", "slow"]) == (
        [Path(each.file).name for each in (broken, slow)],
        [each.name for each in (broken, slow)],
    )
    assert (True, None, (), True) == (bool(broken.problems), broken.scenario, slow.problems, slow.scenario is not None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """A named pipe would block forever, so it is a problem."""
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ScenarioError, match=r"pipe\.yaml:1:1: cannot be read: it is a named pipe, not a regular file$"):
        load_folder(tmp_path)


def test_fitting_among_many(tmp_path: Path) -> None:
    """One scenario with a `when` is found among many without."""
    for number in range(200):
        write(tmp_path, f"scenario_{number:04}", when="'7'" if number == 70 else "")
    library = load_folder(tmp_path)
    assert 200 == len(library)
    found = library.fitting(call("7"))
    assert found is not None
    assert "scenario_0070" == found.name


def test_bundled_scenarios() -> None:
    """Every bundled scenario is valid, starts with the schema line for editors and has an example."""
    folder = ROOT / "scenarios"
    library = load_folder(folder)
    assert "happy_path" in library
    for scenario in library.values():
        text = (folder / f"{scenario.name}.yaml").read_text("utf-8")
        assert "# yaml-language-server: $schema=scenario.schema.json" == text.splitlines()[0]
        assert scenario.example
