"""What a server prints: with `--log-format json`, only lines of JSON; and what Kubernetes sets is ignored."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

import mockserver
from mockserver.cli.json_lines import JsonFormatter
from mockserver.cli.service_links import ignore_service_link
from tests.support.command import ROOT, environment, run

LINK = "tcp://10.96.12.7:8080"


def lines_of(*flags: str, **variables: str) -> list[dict[str, Any]]:
    """Every line that a server prints on stdout and stderr, from its start over one request to its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--port", "0", "--log-format", "json", *flags],
        env=environment(variables),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            first = json.loads(server.stdout.readline())
            if "url" in first:
                urllib.request.urlopen(f"{first['url']}/__mock/scenarios").close()
                server.send_signal(signal.SIGTERM)
            rest = server.communicate(timeout=30)[0]
        finally:
            server.kill()
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
