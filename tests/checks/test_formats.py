"""The formats of the report that `mockserver check` prints."""

from __future__ import annotations

import json
from pathlib import Path

from mockserver.checks import FORMATS, check
from mockserver.settings import Settings
from tests.support.command import ROOT, run
from tests.support.scenario_files import HAPPY, OPERATION, example, reply, write

SPEC = (ROOT / "spec" / "wingback.yaml").read_text("utf-8")


def test_text(tmp_path: Path) -> None:
    """Each file has a line, with its problems and notes below. The last line is a summary."""
    folder = write(
        tmp_path / "scenarios",
        a=HAPPY,
        b=HAPPY + example("reply: {status: 201}"),
        c=reply("payment_session: {}\noff_contract: x") + example("reply: {status: 200}"),
    )
    ended = run("check", "--scenarios", str(folder), cwd=tmp_path)
    assert (1, "") == (ended.returncode, ended.stderr)
    assert [
        "scenarios/a.yaml: ok, no example",
        "scenarios/b.yaml: 1 problem",
        "  scenarios/b.yaml:9:21: example[0].reply.status: expected 201, found 200, from stub 'a'",
        "scenarios/c.yaml: ok, 1 example",
        (
            "  scenarios/c.yaml:7:7: note: stubs[0].reply.off_contract: off_contract is unnecessary here: the "
            "reply matches the contract"
        ),
        f"{ROOT}/spec/wingback.yaml 0.1.0: 3 files, 1 with 1 problem",
    ] == ended.stdout.splitlines()


def test_json(tmp_path: Path) -> None:
    """The JSON report has a stable structure."""
    write(
        tmp_path / "scenarios",
        a=HAPPY + example("reply: {status: 201}"),
        b=reply("payment_session: {}\noff_contract: x"),
    )
    arguments = ("--scenarios", "scenarios", "--format", "json", "--against", "spec.yaml")
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    ended = run("check", *arguments, cwd=tmp_path)
    message = "expected 201, found 200, from stub 'a'"
    a, b = "scenarios/a.yaml", "scenarios/b.yaml"
    shown = json.loads(ended.stdout)
    compared = {name: shown["against"]["compared"][name] for name in ("requests", "replies")} | {
        "scenarios": 1,
        "operations": [OPERATION],
        "not_generated": [],
    }
    expected = {
        "ok": False,
        "spec": str(ROOT / "spec" / "wingback.yaml"),
        "version": "0.1.0",
        "scenarios": "scenarios",
        "files": [
            {
                "file": a,
                "scenario": "a",
                "ok": False,
                "examples": 1,
                "problems": [
                    {"file": a, "line": 9, "column": 21, "key": "example[0].reply.status", "message": message}
                ],
                "notes": [],
            },
            {
                "file": b,
                "scenario": "b",
                "ok": True,
                "examples": 0,
                "problems": [],
                "notes": [
                    {
                        "file": b,
                        "line": 7,
                        "column": 7,
                        "key": "stubs[0].reply.off_contract",
                        "message": "off_contract is unnecessary here: the reply matches the contract",
                    }
                ],
            },
        ],
        "against": {
            "spec": "spec.yaml",
            "version": "0.1.0",
            "broken": [],
            "findings": [],
            "compared": compared,
        },
        "notes": [],
    }
    assert (1, "", expected) == (ended.returncode, ended.stderr, shown)


def test_github_annotates_files_of_the_checkout(tmp_path: Path) -> None:
    """Paths are relative to the checkout, although the check runs in one of its folders."""
    folder = tmp_path / "packages" / "shop"
    folder.mkdir(parents=True)
    write(folder / "mocks", c="1: 1\n")
    workspaces = {str(tmp_path): "packages/shop/mocks/c.yaml", str(tmp_path / "other"): "mocks/c.yaml"}
    for workspace, expected in workspaces.items():
        ended = run(
            *("check", "--scenarios", "mocks", "--format", "github"),
            cwd=folder,
            variables={"GITHUB_WORKSPACE": workspace},
        )
        assert ended.stdout.startswith(f"::error file={expected},line=1,")


def test_github_annotates_errors(tmp_path: Path) -> None:
    """What ends the check is shown, too."""
    ended = run("check", "--scenarios", "no,where", "--format", "github", cwd=tmp_path)

    assert 2 == ended.returncode
    assert f"::error title=mockserver check::{ended.stderr.removeprefix('mockserver: ')}" == ended.stdout


def test_github(tmp_path: Path) -> None:
    """Each problem is a workflow command with escaped values; the last line is the summary."""
    folder = write(
        tmp_path / "a,b: 100%",
        a=HAPPY + example("reply: {status: 201}"),
        b=reply("payment_session: {}\noff_contract: x"),
        c="100%: 1\n",
    )
    ended = run("check", "--scenarios", str(folder), "--format", "github", cwd=tmp_path)
    assert (1, "") == (ended.returncode, ended.stderr)
    assert [
        (
            "::error file=a%2Cb%3A 100%25/a.yaml,line=9,col=21,title=problem in a scenario file"
            "::example[0].reply.status: expected 201, found 200, from stub 'a'"
        ),
        (
            "::error file=a%2Cb%3A 100%25/c.yaml,line=1,col=1,title=problem in a scenario file"
            "::100%25: unknown key; known are about, example, stubs, when"
        ),
        (
            "::error file=a%2Cb%3A 100%25/c.yaml,line=1,col=1,title=problem in a scenario file::about: required, "
            "but missing"
        ),
        (
            "::error file=a%2Cb%3A 100%25/c.yaml,line=1,col=1,title=problem in a scenario file::stubs: required, "
            "but missing"
        ),
        (
            "::notice file=a%2Cb%3A 100%25/b.yaml,line=7,col=7,title=unnecessary"
            "::stubs[0].reply.off_contract: off_contract is unnecessary here: the reply matches the contract"
        ),
        f"{ROOT}/spec/wingback.yaml 0.1.0: 3 files, 2 with 4 problems",
    ] == ended.stdout.splitlines()


def test_no_control_characters_reach_the_terminal(tmp_path: Path) -> None:
    """Control characters in files are not printed."""
    (tmp_path / "spec.yaml").write_text(SPEC.replace(OPERATION, '"a\\e[2Jb"').replace("0.1.0", '"1\\e[2J"'), "utf-8")
    folder = write(tmp_path / "scenarios", a=HAPPY)
    report = check(Settings(spec=tmp_path / "spec.yaml", scenarios=folder))
    assert [True] * 2 == ["\x1b" not in FORMATS[report_format](report) for report_format in ("text", "json")]
