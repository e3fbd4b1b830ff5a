"""The README keeps its word: each command, answer, snippet and table in it is held against the real thing."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml

from mockserver.cli import commands as cli
from mockserver.errors import REFUSALS
from mockserver.testing import MockServer, plugin
from tests.support.command import ROOT, Running, served

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SESSION, REFUSAL = [json.loads(text) for kind, text in BLOCKS if kind == "json"]
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
PATH = f"/v1/c/customer/{CUSTOMER}/payment/session"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with served("--seed", "1") as running:
        yield running


def block(start: str) -> str:
    """The one block that starts so."""
    (found,) = [text for _, text in BLOCKS if text.startswith(start)]
    return str(found)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    section = README[README.index(f"\n## {heading}\n") :].split("\n## ")[1]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def ask(
    running: Running, *, method: str = "POST", path: str = PATH, body: str | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, Any]:
    """One request with the README's headers and body, unless told otherwise; an empty header is left out."""
    parts = urlsplit(running.url)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"wb-key": "api_key_demo", "content-type": "application/json", **given}
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(
            method,
            path,
            '{"operation":"add_method","address":true}' if body is None else body,
            {name: value for name, value in fields.items() if value},
        )
        reply = connection.getresponse()
        text = reply.read()
        return reply, json.loads(text) if text else None
    finally:
        connection.close()


def session(running: Running, **members: object) -> Any:
    """The payment session for a body with these members more."""
    reply, answer = ask(running, body=json.dumps({"operation": "add_method", "address": True, **members}))
    assert 200 == reply.status, answer
    return answer


def test_it_says_early_what_it_is_not() -> None:
    """Whoever reads seven lines knows what this is not."""
    assert "**It is not** Wingback" in "\n".join(README.splitlines()[:7])


def test_every_block_is_known_here() -> None:
    """A new block in the README needs a test here."""
    starts = [
        "python3 -m venv",
        "curl -s http",
        "{",
        "curl -si",
        "about:",
        "<script src=",
        "page.get_by_label",
        "<div id=",
        "import stripe",
        "@pytest.fixture",
        "from mockserver.testing",
        "mockserver --seed",
        "{",
        "docker build",
        "curl -s -X PUT",
        "python3 -m venv",
    ]

    assert len(starts) == len(BLOCKS)
    assert [True] * len(starts) == [text.startswith(start) for (_, text), start in zip(BLOCKS, starts, strict=True)]


@pytest.mark.parametrize("end", [r"\.venv/bin/mockserver", r"-m pytest"], ids=["serves", "tests"])
def test_the_two_commands_are_one_line_that_ci_carries_out(end: str) -> None:
    """Both begin with an empty virtual environment; .ci/run finds each by the same pattern."""
    (found,) = re.findall(rf"^python3 -m venv \.venv && .*{end}$", README, re.MULTILINE)
    pattern = end.replace("/", r"\/").replace("-m pytest", " -m pytest")

    assert found
    assert pattern in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_curl_gets_the_answer_shown() -> None:
    """The first answer after a start with --seed 1 is the one in the README, to the letter."""
    with served("--seed", "1") as running:
        command = block("curl -s http").replace("http://127.0.0.1:8080", running.url)
        done = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)

    assert SESSION == json.loads(done.stdout)
    assert list(SESSION) == list(json.loads(done.stdout))


def test_token_and_secret_are_new_and_the_account_is_the_keys(server: Running) -> None:
    """What the README says below the answer."""
    one, two, other = session(server), session(server), ask(server, wb_key="api_key_other")[1]
    stripe = [each["setup_intent"]["stripe"] for each in (one, two, other)]

    assert 3 == len({each["token"] for each in (one, two, other)})
    assert 3 == len({each["client_secret"] for each in stripe})
    assert stripe[0]["connected_account_id"] == stripe[1]["connected_account_id"] != stripe[2]["connected_account_id"]
    assert stripe[0]["pk_key"] == stripe[1]["pk_key"] != stripe[2]["pk_key"]


def test_the_answer_follows_the_request(server: Running) -> None:
    """Customer, address, provider and purpose are the caller's."""
    body = json.dumps({"operation": "add_method", "address": False, "provider": "authorize"})
    _, answer = ask(server, path="/v1/c/customer/Cust_me/payment/session", body=body)

    assert ("Cust_me", False, "authorize", "add_method") == (
        answer["customer_id"],
        answer["address"],
        answer["provider"],
        answer["operation"],
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"wb_key": "anything"}, id="any wb-key"),
        pytest.param({"wb_key": "", "cookie": "app-session=anything"}, id="any app-session"),
        pytest.param({"origin": "http://localhost:5173"}, id="a page on localhost"),
    ],
)
def test_a_frontend_may_call(server: Running, headers: dict[str, str]) -> None:
    """Any credential is accepted, and so are pages of loopback origins."""
    reply, _ = ask(server, **headers)

    assert 200 == reply.status
    assert headers.get("origin") == reply.headers["access-control-allow-origin"]


def test_other_origins_can_be_named() -> None:
    """`--cors-origin`, as the README writes it, lets that page call, and no other."""
    flag, origin = re.findall(r"`(--cors-origin) (https://[^`]+)`", README)[0]

    with served(flag, origin) as running:
        asked = [ask(running, origin=each)[0].status for each in (origin, "https://elsewhere.example")]

    assert [200, 403] == asked


def test_the_servers_named_are_the_contracts() -> None:
    """The two base URLs in the README stand in the contract."""
    urls = [server["url"] for server in yaml.safe_load((ROOT / "spec" / "wingback.yaml").read_bytes())["servers"]]

    assert urls == [url for url in urls if f"`{url}`" in README]


def test_the_script_for_a_test_suite_works(tmp_path: Path) -> None:
    """Started, waited for, used and stopped, the shell script ends with the server's exit code, 0."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "mockserver").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mockserver "$@"\n', "utf-8")
    (folder / "mockserver").chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    call = f"curl -s -o /dev/null -w '%{{http_code}}\\n' -X POST -H 'wb-key: api_key_test' http://127.0.0.1:{port}/"
    script = block("mockserver --seed").replace("# your tests", f"{call}\n# your tests")

    with subprocess.Popen(
        ["bash", "-e", "-c", script],
        env={"PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "MOCKSERVER_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            out, errors = shell.communicate(timeout=60)
        finally:
            # A script that breaks off must leave no server behind for the next run to meet.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)

    assert 0 == shell.returncode, errors
    assert ["ok", "404"] == [line for line in out.splitlines() if line in {"ok", "404"}]


def test_the_pytest_section_is_cut_from_the_project_that_is_run() -> None:
    """Each piece stands in the tests of the downstream project, to the letter."""
    project = (ROOT / "tests" / "downstream" / "tests" / "test_checkout.py").read_text("utf-8")

    assert [True] * 3 == [piece.strip("\n") in project for piece in block("@pytest.fixture").split("\n\n\n")]


def test_the_python_shown_runs() -> None:
    """The context manager prints where it listens, and nothing is wrong at its end."""
    code = block("from mockserver.testing")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ \{'wb-key': 'api_key_\w+'\}\n", done.stdout)


def test_the_fixtures_and_options_are_the_plugins() -> None:
    """The two tables have each fixture and each option once."""
    told = [cells[0] for cells in rows("For a test suite")]
    fixtures = re.findall(r"^@pytest\.fixture\ndef (\w+)", Path(plugin.__file__).read_text("utf-8"), re.MULTILINE)
    options = [f"`--mockserver-{name.replace('_', '-')}`, `mockserver_{name}`" for name in plugin.OPTIONS]

    assert sorted(fixtures) == sorted(name.strip("`") for name in told if name.startswith("`mockserver"))
    assert sorted(options) == sorted(name for name in told if name.startswith("`--"))


def test_the_attributes_are_there() -> None:
    """What the table says a MockServer has."""
    (about,) = [cells[1] for cells in rows("For a test suite") if cells[0] == "`mockserver`"]
    named = re.findall(r"`(\w+)(?:\(\))?`", about)

    assert named.pop(0) == MockServer.__name__
    assert [] == [name for name in named if not hasattr(MockServer, name)]


def test_the_refusal_shown_is_the_answer(server: Running) -> None:
    """The body named in the README gets the refusal shown there, to the letter."""
    (body,) = re.findall(r"Here `(\{.*\})` was sent", README)

    reply, answer = ask(server, body=body)

    assert REFUSAL == answer
    assert (400, "application/problem+json") == (reply.status, reply.headers["content-type"])
    assert "contract-violation" == reply.headers["mock-refused"]


def test_the_flags_are_the_command_lines() -> None:
    """The table has each flag once, in order, with its variable and, where there is one, its default."""
    flags = [parameter for parameter in cli.serve.params if isinstance(parameter, click.Option)]
    told = [(flag.strip("`"), variable.strip("`"), default) for flag, variable, default, _ in rows("Flags")]

    assert [(flag.opts[0], flag.envvar) for flag in flags] == [(flag, variable) for flag, variable, _ in told]
    assert [f"`{flag.default}`" for flag in flags if isinstance(flag.default, int | str) and not flag.is_flag] == [
        default for _, _, default in told if default.startswith("`")
    ]


def test_the_refusals_are_the_codes() -> None:
    """The table has each kind once, in the order of the checks, with its status."""
    assert [(kind, str(refusal.status)) for kind, refusal in REFUSALS.items()] == [
        (kind.strip("`"), status) for kind, status, _ in rows("Refusals")
    ]


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("bad-host", {"host": "mock.example.com"}),
        ("foreign-origin", {"origin": "https://elsewhere.example"}),
        ("unknown-path", {"path": "/v1/nothing"}),
        ("method-not-allowed", {"method": "GET"}),
        ("not-authenticated", {"wb_key": ""}),
        ("too-large", {"body": " " * (1024 * 1024 + 1)}),
        ("unsupported-media-type", {"content_type": "text/plain"}),
        ("malformed-body", {"body": '{"address":true,"address":false}'}),
        ("malformed-body", {"body": "NaN"}),
        ("malformed-body", {"body": "[" * 65 + "]" * 65}),
        ("contract-violation", {"body": "{}"}),
        ("unknown-scenario", {"mock_scenario": "hapy_path"}),
    ],
)
def test_what_is_refused(server: Running, kind: str, request_: dict[str, str]) -> None:
    """Each kind of refusal that the bundled contract can give is given as the table says."""
    reply, answer = ask(server, **request_)

    assert (kind, REFUSALS[kind].status) == (reply.headers["mock-refused"], reply.status)
    assert f"urn:mockserver:{kind}" == answer["type"]


@pytest.mark.parametrize(
    "request_",
    [
        b"nothing\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"a" * 200_000,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"GET /\r\n\r\n",
    ],
    ids=["400", "431", "501", "505"],
)
def test_what_is_not_http_has_a_kind(server: Running, request_: bytes, request: pytest.FixtureRequest) -> None:
    """What comes before the table of refusals is told under it, with each status that it may have."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request_)
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        problem = json.loads(reply.read())
    (told,) = re.findall(r"is answered `([a-z-]+)` \(([^)]*)\)", README)

    assert request.node.callspec.id == str(reply.status) == str(problem["status"])
    assert (told[0], True) == (reply.headers["mock-refused"], str(reply.status) in re.findall(r"\d+", told[1]))


OTHER_SPEC = """
openapi: 3.0.3
info: {title: pets, version: "1"}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {"200": {description: fine, content: {application/json: {schema: {type: integer}}}}}
  /pets/one:
    get:
      operationId: get_pet
      responses: {"200": {description: fine, content: {application/json: {schema: {type: integer}}}}}
"""
OTHER_SCENARIO = """
about: A pet is asked for with a query, or it is no number.
stubs:
  - {name: numbered, operation: get_pet, when: {query: {number: "1"}}, reply: {status: 200, body: "{$request.query.number}"}}
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of another contract: one operation answers from its schema, the other by a scenario."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "pets.yaml").write_text(OTHER_SPEC, "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(OTHER_SCENARIO, "utf-8")
    with served("--spec", str(folder / "pets.yaml"), "--scenarios", str(folder / "scenarios")) as running:
        yield running


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("not-acceptable", {"path": "/pets", "accept": "text/html"}),
        ("unknown-preference", {"path": "/pets", "prefer": "code=404"}),
        ("no-stub", {"path": "/pets/one"}),
        ("reply-violates-contract", {"path": "/pets/one?number=1"}),
    ],
)
def test_what_is_refused_elsewhere(other: Running, kind: str, request_: dict[str, str]) -> None:
    """Kinds of refusal that the bundled contract and scenarios never give."""
    reply, answer = ask(other, method="GET", body="", content_type="", **request_)

    assert (kind, REFUSALS[kind].status) == (reply.headers["mock-refused"], reply.status)
    assert f"urn:mockserver:{kind}" == answer["type"]


def test_the_rare_thing_happens(server: Running) -> None:
    """The README's curl is answered 503 twice, then 200; so is the customer id, without the header."""
    command = block("curl -si").replace("http://127.0.0.1:8080", server.url)
    seen = [
        subprocess.run(["bash", "-c", command], check=True, capture_output=True, text=True).stdout for _ in range(3)
    ]
    customer = "Cust_00000000-0000-4000-8000-000000000503"
    assert customer in README
    by_id = [ask(server, path=PATH.replace(CUSTOMER, customer), wb_key="api_key_other")[0] for _ in range(3)]

    assert ["503", "503", "200"] == [reply.split()[1] for reply in seen]
    assert "mock-scenario: retry_after_503" in seen[0]
    assert [503, 503, 200] == [reply.status for reply in by_id]


def test_the_control_calls_are_the_described_ones() -> None:
    """The table has each call of spec/admin.yaml once; that of one payment session stands beside the list of them."""
    paths = yaml.safe_load((ROOT / "spec" / "admin.yaml").read_bytes())["paths"]
    described = {
        f"`{method.upper()} {path}`"
        for path, item in paths.items()
        for method, operation in item.items()
        if "pages" not in operation.get("tags", ())
    }

    assert described - {"`GET /__mock/payment-sessions/{token}`"} == {
        call for call, _ in rows("Ask it and tell it while it runs")
    }


def test_the_control_calls_shown_work(server: Running) -> None:
    """The README's curls activate a scenario for their caller, and verify that a call came."""
    commands = block("curl -s -X PUT").replace("http://127.0.0.1:8080", server.url)
    ask(server)
    shown = subprocess.run(["bash", "-c", commands], check=True, capture_output=True, text=True).stdout
    reply, _ = ask(server)
    ask(server, method="PUT", path="/__mock/scenario", body='{"name":null}')

    assert '"name":"card_declined"' in shown
    assert '"found":["' in shown
    assert "card_declined" == reply.headers["mock-scenario"]


def test_the_count_of_scenarios_is_true() -> None:
    """As many scenarios are bundled as the README says."""
    (count,) = re.findall(r"(\d+) scenarios are bundled", README)

    assert int(count) == len(list((ROOT / "scenarios").glob("*.yaml")))


def test_the_scenario_file_shown_works(tmp_path: Path) -> None:
    """The README's scenario file is in order, and answers as its sentence says."""
    (tmp_path / "mine.yaml").write_text(block("about:"), "utf-8")
    with served("--scenarios", str(tmp_path), "--scenario", "mine") as running:
        first, _ = ask(running)
        second, answer = ask(running)

    assert [503, 200] == [first.status, second.status]
    assert "pk_test_mine" == answer["setup_intent"]["stripe"]["pk_key"]


def test_violations_can_be_reported(tmp_path: Path) -> None:
    """With `--on-violation report` the request is answered, and the header tells."""
    with served("--on-violation", "report") as running:
        reply, answer = ask(running, body='{"operation":"pay","address":"true"}')

    assert 200 == reply.status
    assert CUSTOMER == answer["customer_id"]
    assert "/address" in reply.headers["mock-violations"]


CHOICES: dict[str, Callable[[Running], object]] = {
    "`token`": lambda mock: re.fullmatch(rf"PaySess_{UUID}", session(mock)["token"]),
    "`status`": lambda mock: "created" == session(mock)["status"],
    "`wb_customer_id`": lambda mock: (
        re.fullmatch(rf"Cust_{UUID}", session(mock)["wb_customer_id"])
        and session(mock)["wb_customer_id"] == session(mock)["setup_intent"]["wb_customer_id"]
    ),
    "`customer_id`": lambda mock: (
        [CUSTOMER] * 2 == [(one := session(mock))["customer_id"], one["setup_intent"]["customer_id"]]
    ),
    "`provider`": lambda mock: "stripe" == session(mock)["provider"],
    "`detach_previous_on_success`": lambda mock: session(mock)["detach_previous_on_success"] is False,
    "null": lambda mock: (
        "stripe" == session(mock, provider=None)["provider"]
        and session(mock, detach_previous_on_success=None)["detach_previous_on_success"] is False
    ),
    "`setup_intent` for `authorize`": lambda mock: (
        session(mock, provider="authorize")["setup_intent"]["stripe"] is None
    ),
    "`setup_intent` for `self_handled`": lambda mock: session(mock, provider="self_handled")["setup_intent"] is None,
    "error bodies": lambda mock: ask(mock, wb_key="")[0].headers["content-type"] == "application/problem+json",
}


def test_every_choice_is_told() -> None:
    """The table lists the choices that are tested below, and no other."""
    assert list(CHOICES) == [what for what, _ in rows("The mock's own choices")]


@pytest.mark.parametrize("what", CHOICES)
def test_the_choices_are_as_told(server: Running, what: str) -> None:
    """What the mock makes up for what is not public is what the README says it is."""
    assert CHOICES[what](server)


def test_a_scenario_file_overrides_every_member(tmp_path: Path) -> None:
    """None of the choices is forced on anybody."""
    members: dict[str, object] = {
        "token": "Sess_1",
        "wb_customer_id": "Tenant_1",
        "customer_id": "Cust_1",
        "provider": "self_handled",
        "operation": "add_method",
        "status": "active",
        "address": False,
        "detach_previous_on_success": True,
        "setup_intent": None,
    }
    assert list(SESSION) == list(members)
    scenario = {
        "about": "Everything is different.",
        "stubs": [
            {
                "name": "different",
                "operation": "c_create_payment_session",
                "reply": {"payment_session": members},
            }
        ],
        "example": [{"request": {"method": "POST", "path": PATH}, "reply": {"status": 200}}],
    }
    (tmp_path / "happy_path.yaml").write_text(yaml.safe_dump(scenario), "utf-8")

    with served("--scenarios", str(tmp_path)) as running:
        assert members == session(running)


def test_links_lead_somewhere() -> None:
    """Each link into the repository has a target."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [] == [link for link in links if not (ROOT / link).exists()]


def test_the_figures_stand_twice_the_same() -> None:
    """The table that benchmarks/run.py wrote is the same in both READMEs."""
    pages = [README, (ROOT / "benchmarks" / "README.md").read_text("utf-8")]
    tables = [re.findall(r"<!-- benchmark: begin.*?<!-- benchmark: end -->", page, re.DOTALL) for page in pages]

    assert [1, 1] == [len(found) for found in tables]
    assert tables[0] == tables[1]
