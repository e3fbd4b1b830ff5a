"""Promise 7: no text of a request, a file or a server reaches a terminal with control characters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from mockserver.errors import UsageError
from tests.support.command import run, run_pytest, served
from tests.support.fake_server import fake_server

HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e\u2066\u2028\x85\x7f"
# As it is written in the YAML of a scenario file and in the JSON of a contract.
WRITTEN = json.dumps(HOSTILE)[1:-1]
CONTRACT = {
    "openapi": "3.0.3",
    "info": {"title": f"Orders {HOSTILE}", "version": f"1{HOSTILE}"},
    "paths": {
        "/orders": {
            "post": {
                "operationId": f"order{HOSTILE}",
                "requestBody": {"content": {"application/json": {"schema": {"type": f"strng{HOSTILE}"}}}},
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}
SCENARIO = f"""
about: "An order {WRITTEN}."
stubs:
  - name: the first
    operation: "order{WRITTEN}"
    reply: {{status: 200, headers: {{X-Note: "1"}}, off_contract: "it has {WRITTEN}"}}
example:
  - request: {{method: POST, path: "/orders?a", body: "{WRITTEN}"}}
    reply: {{status: 201}}
"""
BROKEN = f"""
about: "An order."
"unknown {WRITTEN}": 1
stubs: [{{name: one, operation: "nothing {WRITTEN}", reply: {{status: 200}}}}]
"""


def unsafe(text: str) -> list[str]:
    """The characters of a text that a terminal obeys or that change the order of a line."""
    return sorted({character for line in text.split("\n") for character in line if not character.isprintable()})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract and scenario files with control characters in every text."""
    found = tmp_path_factory.mktemp("terminal")
    (found / "orders.json").write_text(json.dumps(CONTRACT), "utf-8")
    (found / "other.json").write_text(json.dumps({**CONTRACT, "paths": {}}), "utf-8")
    for name, files in {"sound": {"one": SCENARIO}, "broken": {"one": SCENARIO, "two": BROKEN}}.items():
        (found / name).mkdir()
        for stem, text in files.items():
            (found / name / f"{stem}.yaml").write_text(text, "utf-8")
    return found


COMMANDS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "--spec=orders.json", "--scenarios=sound"),
    "check, broken": ("check", "--spec=orders.json", "--scenarios=broken"),
    "check, JSON": ("check", "--spec=orders.json", "--scenarios=broken", "--format=json"),
    "check, GitHub": ("check", "--spec=orders.json", "--scenarios=broken", "--format=github"),
    "check, against": ("check", "--spec=orders.json", "--scenarios=sound", "--against=other.json"),
    "scenarios": ("scenarios", "--scenarios=sound"),
    "serve, broken": ("serve", "--spec=orders.json", "--scenarios=broken", "--port=0"),
    "serve, no scenario": ("serve", "--spec=orders.json", "--scenarios=sound", f"--scenario=x{HOSTILE}"),
    "no such file": ("check", f"--spec=none{HOSTILE}.json"),
    "no such command": (f"nothing{HOSTILE}",),
    "no such option": (f"--nothing{HOSTILE}",),
    "no such format": ("check", f"--format={HOSTILE}"),
    "health, no URL": ("health", f"http://{HOSTILE}/"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_promise_7_no_control_characters_from_commands(folder: Path, name: str) -> None:
    """What a command prints of a contract, of scenario files and of its arguments is escaped."""
    result = run(*COMMANDS[name], cwd=folder)
    output = result.stdout + result.stderr

    assert output.strip()
    assert [] == unsafe(output), output
    if "JSON" in name:
        assert f"1{HOSTILE}" == json.loads(result.stdout)["version"]


def test_promise_7_no_control_characters_from_a_server(folder: Path) -> None:
    """The greeting and the log are escaped."""
    with served("--spec", "orders.json", "--scenarios", "sound", cwd=folder) as server:
        httpx.post(f"{server.url}/orders%1b%07?%1b%07%0aforged", headers={"mock-scenario": "x%1b"}, content=b"\x1b\x07")
        _, rest = server.stop()

    assert "Orders \\x1b]0;owned" in server.greeting
    assert "forged" in rest
    assert [] == unsafe(server.greeting + rest)


def test_promise_7_no_control_characters_from_health() -> None:
    """What a server that is no mock server sends is escaped."""
    with fake_server({"health": b"HTTP/1.1 " + HOSTILE.encode() + b"\r\n\r\n"}) as url:
        result = run("health", url)

    assert 1 == result.returncode
    assert [] == unsafe(result.stdout + result.stderr)


REPORTED = f"""
import pytest

HOSTILE = {HOSTILE!r} + "\\nforged"
URL = "/v1/c/customer/Cust_1/payment/session"


def test_refused(mockserver_client):
    mockserver_client.post(URL, json={{"operation": HOSTILE, "address": HOSTILE, HOSTILE: 1}})
    mockserver_client.post(URL, content=HOSTILE.encode(), headers={{"content-type": "application/json"}})
    mockserver_client.post(URL + "?a=%1b", content=b"\\x1b]0;\\x07", headers={{"content-type": "text/plain"}})


@pytest.mark.mockserver(allow_violations=True)
def test_not_verified(mockserver, mockserver_client):
    test_refused(mockserver_client)
    mockserver.verify(body={{"operation": HOSTILE + "x", "other": {{"matches": "a"}}}})


@pytest.mark.mockserver(allow_violations=True)
def test_failed(mockserver_client):
    test_refused(mockserver_client)
    mockserver_client.post(URL, json={{"operation": "add_method", "adress" + HOSTILE[:2]: True, "address": True}})
    pytest.fail("failed", pytrace=False)


def test_an_error(mockserver):
    mockserver.scenario(HOSTILE)
"""


def test_promise_7_no_control_characters_in_pytest_reports(tmp_path: Path) -> None:
    """What the plugin reports about requests is escaped, and no text of a request begins a line."""
    (tmp_path / "test_reported.py").write_text(REPORTED, "utf-8")
    result = run_pytest(tmp_path, "--tb=line", "--show-capture=no", "-rA")

    assert "4 failed" in result.stdout
    assert "\\x1b]0;owned" in result.stdout
    assert [] == unsafe(result.stdout + result.stderr)
    assert [] == [line for line in result.stdout.splitlines() if line.startswith("forged")]


def test_the_text_of_an_error() -> None:
    """Every error of this project escapes its text, and keeps its lines."""
    assert "one\ntwo \\x1b[2J\\x9b" == str(UsageError("one\ntwo \x1b[2J\x9b"))
