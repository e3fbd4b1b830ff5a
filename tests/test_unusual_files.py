"""Files that are not regular, or that never end: each is reported in one line, and reading them never blocks."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from mockserver.contract import Contract
from mockserver.contract.document import spec_folder
from mockserver.errors import SpecError
from mockserver.loading import load_engine
from mockserver.parsing.regular_file import read_regular_file
from mockserver.reloading.sources import Sources
from mockserver.scenarios.format import read_folder
from mockserver.settings import Settings
from tests.support.command import ROOT, run
from tests.support.documents import document_with, request_body

# What the message says about each kind of file.
KINDS = {
    "zero": "it is a device, not a regular file",
    "null": "it is a device, not a regular file",
    "terminal": "it is a device, not a regular file",
    "pipe": "it is a named pipe, not a regular file",
    "socket": "it is a socket, not a regular file",
    "link to a pipe": "it is a named pipe, not a regular file",
    "folder": "Is a directory",
}


@pytest.fixture
def unusual(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """A path of each kind."""
    folder = tmp_path / "unusual"
    folder.mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "link.yaml").symlink_to(folder / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        # Relative, because the path of a socket may have 107 bytes only.
        before = Path.cwd()
        os.chdir(folder)
        listener.bind("socket.yaml")
        os.chdir(before)
        yield {
            "zero": Path("/dev/zero"),
            "null": Path("/dev/null"),
            "terminal": Path("/dev/ptmx"),
            "pipe": folder / "pipe.yaml",
            "socket": folder / "socket.yaml",
            "link to a pipe": folder / "link.yaml",
            "folder": folder,
        }


@pytest.mark.parametrize(("kind", "problem"), KINDS.items(), ids=KINDS)
def test_as_the_spec(unusual: dict[str, Path], kind: str, problem: str) -> None:
    """`--spec` reports it."""
    path = unusual[kind]
    with pytest.raises(SpecError) as refused:
        Contract.load(path)
    assert f"the spec {path} cannot be read: {problem}" == str(refused.value)


@pytest.mark.parametrize("kind", ["pipe", "socket", "link to a pipe", "folder"])
def test_as_a_referenced_file(unusual: dict[str, Path], kind: str) -> None:
    """A reference to it is reported."""
    spec = unusual["folder"] / "spec.yaml"
    name = "." if kind == "folder" else unusual[kind].name
    spec.write_text(yaml.safe_dump(document_with(request_body({"$ref": name}))), "utf-8")
    with pytest.raises(SpecError, match=r"does not refer to a file") as refused:
        Contract.load(spec)
    assert 1 == len(str(refused.value).splitlines())


@pytest.mark.parametrize("kind", ["pipe", "socket", "zero"])
def test_as_a_scenario_file(unusual: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """A scenario file is reported with its name."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    # A link into another folder is not followed, so that only links to devices need one.
    target = folder / "odd.yaml"
    if kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to(unusual[kind])
    (found,) = read_folder(folder)
    problem = KINDS["pipe"] if kind == "pipe" else "the link leads out of the folder of scenarios, and is not followed"
    assert [f"{target}:1:1: {'cannot be read: ' if kind == 'pipe' else ''}{problem}"] == list(map(str, found.problems))


PROC = {
    "a file that seems empty": ("/proc/self/environ", "/proc/self/environ"),
    "a file with the size of the memory": ("/proc/kcore", "/proc/kcore"),
    "a file whose reader waits": ("/proc/kmsg", "/proc/kmsg"),
    "a folder": ("/proc", "Is a directory"),
}


# Containers may hide some of them.
AVAILABLE = {name: case for name, case in PROC.items() if Path(case[0]).exists()}


@pytest.mark.parametrize(("path", "problem"), AVAILABLE.values(), ids=AVAILABLE)
def test_files_of_the_kernel(path: str, problem: str) -> None:
    """Files in /proc, whose size is unknown, are read up to the limit."""
    with pytest.raises(SpecError) as refused:
        Contract.load(Path(path))
    assert problem in str(refused.value)
    assert 1 == len(str(refused.value).splitlines())


def test_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most one byte more than the limit is read, also of a referenced file."""
    (tmp_path / "large.yaml").write_bytes(b"a" * 5000)
    assert 4001 == len(read_regular_file(tmp_path / "large.yaml", limit=4000))
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(document_with(request_body({"$ref": "large.yaml"}))), "utf-8")
    monkeypatch.setattr(spec_folder, "MAX_DOCUMENT_BYTES", 4000)
    with pytest.raises(SpecError, match=r"\$ref 'large\.yaml': the file is larger than 0 MiB"):
        Contract.load(spec)


def test_a_file_that_becomes_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is replaced by a named pipe after the first check does not block."""
    path = tmp_path / "spec.yaml"
    path.write_text("a: 1", "utf-8")
    regular = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda _: regular)
    with pytest.raises(OSError, match="it is a named pipe"):
        read_regular_file(path, limit=10)


@pytest.mark.parametrize("arguments", [["serve", "--spec"], ["check", "--spec"], ["check", "--against"]])
def test_the_command_line(unusual: dict[str, Path], arguments: list[str]) -> None:
    """The commands end with the exit code 2 and one line, instead of filling the memory or waiting."""
    for kind in ("zero", "pipe"):
        ended = run(*arguments, str(unusual[kind]))
        assert (2, "") == (ended.returncode, ended.stdout)
        assert f"mockserver: the spec {unusual[kind]} cannot be read: {KINDS[kind]}\n" == ended.stderr


@pytest.mark.parametrize("kind", ["zero", "pipe"])
def test_as_the_folder_of_scenarios(unusual: dict[str, Path], kind: str) -> None:
    """A folder of scenarios that is no folder is reported."""
    ended = run("check", "--scenarios", str(unusual[kind]))
    expected = f"mockserver: {unusual[kind]}: the folder of scenarios cannot be read: Not a directory\n"
    assert (2, expected) == (ended.returncode, ended.stderr)


def test_reload(tmp_path: Path) -> None:
    """If the spec of a running server becomes a named pipe, the reload fails and does not wait."""
    spec = tmp_path / "spec.yaml"
    spec.write_bytes((ROOT / "spec" / "wingback.yaml").read_bytes())
    settings = Settings(spec=spec)
    sources = Sources(settings, load_engine(settings).snapshot)
    spec.unlink()
    os.mkfifo(spec)
    found: list[str] = []

    def read() -> None:
        try:
            sources.read()
        except SpecError as error:
            found.append(str(error))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(10)
    assert [f"the spec {spec} cannot be read: it is a named pipe, not a regular file"] == found
