"""`mockserver scenarios`, `mockserver schema` and `serve --scenario`."""

from __future__ import annotations

import fcntl
import http.client
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.cli.scenario_table import scenario_table
from mockserver.scenarios.format import load_folder
from tests.support.command import ROOT, environment, run, served
from tests.support.scenario_files import HAPPY, OPERATION, PATH, more, reply, stub, write

FILES = {
    "happy_path": HAPPY,
    "retry": stub("times: 2\nreply: {status: 503, off_contract: x}") + more("b", "reply: {payment_session: {}}"),
    "storm": stub("fault: hang").replace("One.", "The first call hangs, and " + "then it is refused " * 6 + "again.")
    + more("b", "reply: {status: 503, off_contract: x}")
    + more("c", "fault: {dribble: {chunks: 2, over: 1s}}").replace(OPERATION, "another_operation"),
    "sly": HAPPY.replace("One.", '"\\e[2Jone"'),
}


def test_the_table_without_a_width(tmp_path: Path) -> None:
    """Without a width each scenario has one line with its name, description, operations, statuses and faults."""
    lines = scenario_table(load_folder(write(tmp_path / "scenarios", **FILES)).values()).splitlines()
    assert ["NAME", "ABOUT", "OPERATIONS", "STATUSES"] == lines[0].split()
    about = "The first call hangs, and " + "then it is refused " * 6 + "again."
    escaped = "\\x1b[2Jone"
    both = f"{OPERATION}, another_operation"
    assert [
        f"happy_path  {'One.':{len(about)}}  {OPERATION:{len(both)}}  200",
        f"retry       {'One.':{len(about)}}  {OPERATION:{len(both)}}  503, 200",
        f"sly         {escaped:{len(about)}}  {OPERATION:{len(both)}}  200",
        f"storm       {about}  {both}  hang, 503, dribble",
    ] == lines[1:]


@pytest.mark.parametrize("width", [100, 80])
def test_the_table_with_a_width(tmp_path: Path, width: int) -> None:
    """With a width no line is longer, and no text is lost."""
    scenarios = load_folder(write(tmp_path / "scenarios", **FILES))
    wrapped = scenario_table(scenarios.values(), width=width)
    assert max(map(len, wrapped.splitlines())) <= width
    assert sorted(wrapped.split()) == sorted(scenario_table(scenarios.values()).split())


def test_a_width_that_is_too_small(tmp_path: Path) -> None:
    """A column is never narrower than its longest word."""
    scenarios = load_folder(write(tmp_path / "scenarios", **FILES))
    assert set(scenario_table(scenarios.values()).split()) == set(scenario_table(scenarios.values(), width=10).split())


def test_the_bundled_scenarios_are_listed() -> None:
    """The command lists the bundled scenarios. In a pipe each has one line."""
    ended = run("scenarios")
    library = load_folder(ROOT / "scenarios")
    assert (0, "", [*library]) == (
        ended.returncode,
        ended.stderr,
        [line.split()[0] for line in ended.stdout.splitlines()[1:]],
    )
    assert all(scenario.about in ended.stdout for scenario in library.values())


def test_the_table_in_a_terminal() -> None:
    """In a terminal the table is at most 100 columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    command = [sys.executable, "-m", "mockserver", "scenarios"]
    with subprocess.Popen(command, env=environment({"COLUMNS": ""}), stdout=theirs) as process:
        os.close(theirs)
        text = b""
        # Linux says that the other end of a terminal is closed by an error.
        try:
            while read := os.read(ours, 65536):
                text += read
        except OSError:
            pass
        assert 0 == process.wait(30)
    os.close(ours)
    lines = text.decode().splitlines()
    assert lines[0].startswith("NAME ")
    assert 80 < max(map(len, lines)) <= 100


def test_another_folder_is_listed(tmp_path: Path) -> None:
    """--scenarios or its variable selects the folder. The operations need not be in a contract."""
    folder = write(tmp_path / "scenarios", mine=reply("status: 503").replace(OPERATION, "op"))
    ends = [
        run("scenarios", "--scenarios", str(folder)),
        run("scenarios", variables={"MOCKSERVER_SCENARIOS": str(folder)}),
    ]
    assert [(0, "mine  One.   op          503")] * 2 == [
        (each.returncode, each.stdout.splitlines()[1]) for each in ends
    ]


def test_broken_files_are_not_listed(tmp_path: Path) -> None:
    """Each problem is a line on stderr, and the exit code is 2."""
    folder = write(tmp_path / "scenarios", a="about: x", b="", c=HAPPY)
    ended = run("scenarios", "--scenarios", str(folder))
    assert (2, "") == (ended.returncode, ended.stdout)
    assert [
        f"mockserver: {folder}/a.yaml:1:1: stubs: required, but missing",
        f"mockserver: {folder}/b.yaml:1:1: the file is empty",
    ] == ended.stderr.splitlines()


def test_the_schema_is_the_published_one() -> None:
    """`mockserver schema` prints the file scenarios/scenario.schema.json."""
    ended = run("schema")
    published = (ROOT / "scenarios" / "scenario.schema.json").read_text("utf-8")
    assert (0, published, "") == (ended.returncode, ended.stdout, ended.stderr)


def test_serve_with_a_scenario() -> None:
    """--scenario answers requests that select no other scenario; the header Mock-Scenario still selects one."""
    with served("--scenario", "server_error") as running:
        parts = urlsplit(running.url)
        statuses = []
        for more_headers in ({}, {"Mock-Scenario": "happy_path"}, {}):
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
            headers = {"wb-key": "k", "Content-Type": "application/json", **more_headers}
            connection.request("POST", PATH, '{"operation":"add_method","address":true}', headers)
            statuses.append(connection.getresponse().status)
            connection.close()
    assert [500, 200, 500] == statuses


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["--scenario", "hapy_path"], "there is no scenario 'hapy_path'; did you mean 'happy_path'?", id="a typo"
        ),
        pytest.param(
            ["--scenario", "slow", "--spec", "spec/wingback.yaml"], "no scenario files are loaded", id="no files"
        ),
    ],
)
def test_serve_with_an_unknown_scenario(arguments: list[str], expected: str) -> None:
    """An unknown scenario is one line with the nearest name, and exit code 2."""
    ended = run(*arguments, cwd=ROOT)
    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines()))
    assert expected in ended.stderr
