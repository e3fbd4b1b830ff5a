"""What a server prints: with `--log-format json`, only lines of JSON; and what Kubernetes sets is ignored."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.cli.json_lines import JsonFormatter
from mockserver.cli.main import run_command
from mockserver.cli.service_links import ignore_service_link
from tests.support.command import ROOT, environment, run, spawned

LINK = "tcp://10.96.12.7:8080"


def lines_of(*flags: str, **variables: str) -> list[dict[str, Any]]:
    """Every line that a server prints on stdout and stderr, from its start over one request to its end."""
    with spawned("--port", "0", *flags, cwd=ROOT, variables=variables) as server:
        assert server.stdout is not None
        first = json.loads(server.stdout.readline())
        if "url" in first:
            urllib.request.urlopen(f"{first['url']}/__mock/scenarios").close()
            server.send_signal(signal.SIGTERM)
        rest = server.communicate(timeout=30)[0]
    return [first, *map(json.loads, rest.splitlines())]


def test_every_line_is_json() -> None:
    """The greeting has the facts of the text form, and the request is a line too."""
    greeting, request = lines_of("--seed", "7")

    assert greeting["message"].startswith(f"mockserver {mockserver.__version__} serves wingback-api 0.1.0, 1 operation")
    assert greeting["message"].endswith(f" at {greeting['url']}")
    assert (7, str(ROOT / "spec" / "wingback.yaml"), []) == (greeting["seed"], greeting["spec"], greeting["notes"])
    assert ("/__mock/scenarios", 200) == (request["path"], request["status"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", greeting["time"])


def test_a_failed_start_is_json() -> None:
    """An error ends the server with exit code 2 and one line of JSON."""
    ended = run("--log-format", "json", "--spec", "missing.yaml")

    assert (2, "") == (ended.returncode, ended.stdout)
    assert "missing.yaml" in json.loads(ended.stderr)["message"]


def test_a_traceback_is_one_line_of_json() -> None:
    """A bug of the mock, and whatever else `logging` reports, is one line."""
    error = ValueError("first\nsecond \x1b[31m")
    raised = (ValueError, error, None)
    record = logging.LogRecord("mockserver", logging.ERROR, "", 1, "%s met a bug", ("GET",), raised)
    line = JsonFormatter().format(record)

    assert ("error", 1) == (json.loads(line)["level"], len(line.splitlines()))
    assert json.loads(line)["message"].startswith("GET met a bug\nValueError: first\nsecond")
    assert "\x1b" not in json.loads(line)["message"]


def test_the_port_of_a_kubernetes_service_is_ignored() -> None:
    """The server starts, and a note says why the variable has no effect."""
    (note,) = lines_of(MOCKSERVER_PORT=LINK)[0]["notes"]

    assert LINK in note
    assert "enableServiceLinks" in note


def test_health_ignores_it_too() -> None:
    """The check asks the default port instead."""
    ended = run("health", variables={"MOCKSERVER_PORT": LINK, "XDG_RUNTIME_DIR": "/nonexistent"})

    assert "10.96.12.7" not in ended.stdout + ended.stderr
    assert ended.returncode in {0, 1}


@pytest.mark.parametrize("value", ["8080", "", "tcp://", "http://10.0.0.1:80", "x tcp://10.0.0.1:80"])
def test_other_values_stay(value: str) -> None:
    """Only the form of Kubernetes is ignored: any other wrong value is an error."""
    variables = {"MOCKSERVER_PORT": value}

    assert ignore_service_link(variables) is None
    assert {"MOCKSERVER_PORT": value} == variables


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(("--port", "abc"), id="a value"),
        pytest.param(("--prot", "1"), id="a flag"),
        pytest.param(("--config", "none.toml"), id="a file"),
    ],
)
@pytest.mark.parametrize("way", ["a flag", "a variable"])
def test_wrong_usage_is_json(flags: tuple[str, str], way: str) -> None:
    """With `--log-format json`, errors about flags are JSON, too."""
    variables = {"MOCKSERVER_LOG_FORMAT": "json"} if way == "a variable" else {}
    ended = run(*(("--log-format=json",) if way == "a flag" else ()), *flags, variables=variables)
    line = json.loads(ended.stderr)

    assert (2, "error") == (ended.returncode, line["level"])
    assert flags[0] in line["message"]


def test_other_commands_print_text() -> None:
    """They have no log."""
    ended = run("check", "--against", "none.yaml", variables={"MOCKSERVER_LOG_FORMAT": "json"})

    assert ended.stderr.startswith("mockserver: ")


def test_a_bug_at_the_start_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its traceback is one line."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mockserver.cli.serving.run_server", fail)
    monkeypatch.setattr(sys, "argv", ["mockserver", "--log-format", "json"])
    with pytest.raises(SystemExit) as ended:
        run_command()
    line = json.loads(capsys.readouterr().err)

    assert (1, "error") == (ended.value.code, line["level"])
    assert "ZeroDivisionError" in line["message"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("schema",), ("scenarios",), ("check",), ("--help",), ("--version",)])
def test_a_full_disk(arguments: tuple[str, ...]) -> None:
    """A command that cannot write its output ends with exit code 1."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "mockserver", *arguments],
            env=environment({}),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert 1 == ended.returncode
    assert "mockserver: standard output cannot be written: No space left on device\n" == ended.stderr


# Variables, each with the name that its note suggests. There is no note if the name is empty.
MISSPELLED = {
    "MOCKSERVER_API_KEYS": "MOCKSERVER_API_KEY",
    "MOCKSERVER_ADMINTOKEN": "MOCKSERVER_ADMIN_TOKEN",
    "MOCKSERVER_ALLOW_HOSTS": "MOCKSERVER_ALLOW_HOST",
    "MOCKSERVER_SERVICE_PORT": "",
    "MOCKSERVER_SERVICE_PORT_HTTP": "",
    "MOCKSERVER_SERVICE_HOST": "",
    "MOCKSERVER_PORT_8080_TCP_PORT": "",
    "MOCKSERVER_COMMAND": "",
    "MOCKSERVER_URL": "",
    "MOCKSERVER_SEED": "",
    "API_KEYS": "",
}


def test_misspelled_variables() -> None:
    """The greeting names those that are like a known one."""
    greeting, *_ = lines_of(**dict.fromkeys(MISSPELLED, "1"))

    assert [
        f"the variable {name} is ignored: did you mean {meant}?" for name, meant in sorted(MISSPELLED.items()) if meant
    ] == greeting["notes"]
