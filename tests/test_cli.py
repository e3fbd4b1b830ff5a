"""The command line: its output, its exit codes and its options."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import commands as cli
from mockserver.cli.health_check import described_server, health_problem
from mockserver.cli.main import run_command
from mockserver.settings import Settings
from tests.support.command import ROOT, Running, environment, run, served
from tests.support.ports import free_port

PATH = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"
OTHER_SPEC = """
openapi: 3.0.3
info: {title: "Payments in \N{EURO SIGN}", version: "2"}
paths:
  /pets:
    get: {operationId: list_pets, responses: {"200": {description: fine}}}
  /pets/{id}:
    delete:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: gone}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with served("--seed", "1") as running:
        yield running


def post(url: str, *, body: str = '{"operation":"add_method","address":true}', key: str = "k") -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("POST", PATH, body, {"wb-key": key, "Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Collects the arguments of `serve` instead of serving."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(cli.serve, "callback", lambda **values: calls.append(values))
    return calls


def called(calls: list[dict[str, object]], arguments: Sequence[str], **variables: str) -> dict[str, object]:
    CliRunner().invoke(cli.commands, arguments, env=variables, catch_exceptions=False, standalone_mode=False)
    assert 1 == len(calls)
    return calls[0]


def test_greeting_describes_the_server(server: Running) -> None:
    """It shows the API, the URL, the files and the seed."""
    lines = server.greeting.splitlines()

    assert f"mockserver {mockserver.__version__} serves wingback-api 0.1.0, 1 operation, at {server.url}" == lines[0]
    assert f"  spec       {ROOT / 'spec' / 'wingback.yaml'} (bundled)" == lines[1]
    assert re.fullmatch(rf"  scenarios  {re.escape(str(ROOT / 'scenarios'))} \(bundled\): [1-9]\d*", lines[2])
    assert "  seed       1, repeat this run with --seed 1" == lines[3]


def test_greeting_has_a_curl_command_that_works(server: Running) -> None:
    """The printed curl command works as it is, and returns a payment session."""
    command = server.greeting[server.greeting.index("curl ") :].strip()

    answer = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)

    assert server.url in command
    assert "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670" == json.loads(answer.stdout)["customer_id"]


def test_greeting_shows_no_key() -> None:
    """A key given with --api-key is not printed; the curl command has a placeholder."""
    with served("--api-key", "api_key_hush") as running:
        assert "api_key_hush" not in running.greeting
        assert "wb-key: <one of the keys given with --api-key>" in running.greeting
        assert [200, 401] == [post(running.url, key=key)[0] for key in ("api_key_hush", "api_key_demo")]


def test_greeting_of_another_contract_lists_its_operations(tmp_path: Path) -> None:
    """For another contract the first operations are listed instead of the README's curl command."""
    spec = tmp_path / "pets.yaml"
    spec.write_text(OTHER_SPEC, "utf-8")

    with served("--spec", str(spec)) as running:
        greeting = running.greeting

    assert "serves Payments in \N{EURO SIGN} 2, 2 operations, at" in greeting
    assert f"  spec       {spec}\n  scenarios  none: every operation answers from its schema\n" in greeting
    assert f"  GET {running.url}/pets\n  DELETE {running.url}/pets/{{id}}\n" in greeting


def test_characters_outside_the_locale(tmp_path: Path) -> None:
    """Characters that the terminal cannot show are escaped."""
    spec = tmp_path / "pets.yaml"
    spec.write_text(OTHER_SPEC, "utf-8")

    with served("--spec", str(spec), variables={"PYTHONIOENCODING": "latin-1"}) as running:
        assert r"serves Payments in \u20ac 2" in running.greeting


def test_a_random_seed_is_printed() -> None:
    """Without --seed the seed is random, and it is printed so that the run can be repeated."""
    with served() as first:
        seed = re.search(r"seed +(\d+), repeat this run with --seed \1\n", first.greeting)
        assert seed
        answer = post(first.url)
    with served("--seed", seed[1]) as second:
        assert answer == post(second.url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server(number: signal.Signals) -> None:
    """After SIGTERM or Ctrl-C the exit code is 0 and nothing is printed."""
    with served() as running:
        assert (0, "") == running.stop(number)


def test_a_closed_pipe_does_not_stop_the_server() -> None:
    """`mockserver | head -1` continues to serve, and ends cleanly."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        process.stdout.close()
        for _ in range(200):
            if health_problem(f"http://127.0.0.1:{port}") is None:
                break
            assert process.poll() is None
            time.sleep(0.05)
        assert [200, 200] == [post(f"http://127.0.0.1:{port}")[0] for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert ("", 0) == (process.stderr.read(), process.wait(30))
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--spec", "missing.yaml"], "missing.yaml", id="no such spec"),
        pytest.param(["--spec", "."], "", id="a folder for a spec"),
        pytest.param(["--spec", "broken.yaml"], "broken.yaml", id="a spec that is not YAML"),
        pytest.param(["--spec", "list.yaml"], "not an OpenAPI document", id="a spec that is a list"),
        pytest.param(["--scenarios", "missing"], "missing", id="no such scenarios"),
        pytest.param(
            ["--spec", "https://x/y.yaml"],
            "mockserver: --spec takes a file, not a URL: download https://x/y.yaml first\n",
            id="a URL for a spec",
        ),
        pytest.param(
            ["--scenarios", "http://x/y"],
            "mockserver: --scenarios takes a folder, not a URL: download http://x/y first\n",
            id="a URL for scenarios",
        ),
        pytest.param(
            ["check", "--spec", "https://x/y"], "--spec takes a file, not a URL: download https://x/y", id="check a URL"
        ),
        pytest.param(
            ["check", "--scenarios", "https://x"],
            "--scenarios takes a folder, not a URL",
            id="check scenarios of a URL",
        ),
        pytest.param(
            ["check", "--against", "https://x/y"],
            "mockserver: --against takes a file, not a URL: download https://x/y first\n",
            id="check against a URL",
        ),
        pytest.param(
            ["scenarios", "--scenarios", "https://x"],
            "--scenarios takes a folder, not a URL",
            id="list scenarios of a URL",
        ),
        pytest.param(["--port", "80x"], "'80x' is not a valid whole number", id="a port that is not a number"),
        pytest.param(["--port", "65536"], "65536 is not in the range", id="a port too high"),
        pytest.param(["--host", "no.such.invalid"], "'no.such.invalid' is unknown", id="no such host"),
        pytest.param(["--prot", "1"], "--port", id="an unknown option"),
        pytest.param(["chek"], "No such command 'chek'", id="an unknown command"),
        pytest.param(["serve", "more"], "unexpected extra argument", id="an extra argument"),
        pytest.param(["--allow-host", "a b"], "--allow-host", id="an invalid host"),
        pytest.param(["--cors-origin", "example"], "--cors-origin", id="an invalid origin"),
        pytest.param(["--max-body", "0"], "0 is not in the range", id="a limit of zero"),
        pytest.param(["health", "ftp://x"], "'ftp://x' cannot be checked", id="health over ftp"),
        pytest.param(
            ["health", "http://[::1"], "is not the URL of a mock server", id="health of an incomplete address"
        ),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error is one line on stderr, without a traceback."""
    (tmp_path / "broken.yaml").write_text("a: [", "utf-8")
    (tmp_path / "list.yaml").write_text("- a\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", environment({}))
    monkeypatch.setattr(sys, "argv", ["mockserver", *arguments])

    with pytest.raises(SystemExit) as ended:
        run_command()

    out, errors = capsys.readouterr()
    assert (2, "") == (ended.value.code, out)
    assert re.fullmatch(r"mockserver: .+\n", errors)
    assert expected in errors


def test_a_port_in_use_is_one_line_and_exit_code_2(server: Running) -> None:
    """A second server on the same port reports it and ends."""
    port = str(urlsplit(server.url).port)

    ended = run("--port", port)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert re.fullmatch(rf"mockserver: .*\b{port}\b.*in use.*\n", ended.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param(["serve"], id="the command alone"),
        pytest.param(["--port", "8080"], id="options alone"),
        pytest.param(["--port=8080"], id="an option with an equals sign"),
        pytest.param(["serve", "--port", "8080"], id="both"),
    ],
)
def test_serve_is_the_default_command(settings_of: list[dict[str, object]], arguments: list[str]) -> None:
    """Without a command `serve` is run, and the defaults are those of Settings."""
    assert Settings() == Settings(**called(settings_of, arguments))  # type: ignore[arg-type] # checked by equality


def values_of(flag: click.Option) -> tuple[list[str], object]:
    """Texts for an option, and the value that they should give."""
    found: tuple[list[str], object]
    match flag:
        case click.Option(is_flag=True):
            found = ["true"], True
        case click.Option(multiple=True):
            found = ["a.example", "b.example"], ("a.example", "b.example")
        case click.Option(type=click.Choice(choices=choices)):
            found = [choices[-1]], choices[-1]
        case click.Option(type=click.types.IntParamType() | click.IntRange()):
            found = ["7"], 7
        case click.Option(type=click.types.FloatParamType()):
            found = ["2m"], 120.0
        case click.Option(type=click.Path()):
            found = ["some/where"], Path("some/where")
        case _:
            found = ["text"], "text"
    return found


FLAGS = [each for each in cli.serve.params if isinstance(each, click.Option) and each.expose_value]


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.opts[0])
def test_each_option_reaches_the_settings(settings_of: list[dict[str, object]], flag: click.Option) -> None:
    """An option sets the field of Settings with the same name."""
    texts, expected = values_of(flag)

    words = [[flag.opts[0]] if flag.is_flag else [flag.opts[0], text] for text in texts]
    values = called(settings_of, [word for each in words for word in each])

    assert expected == values[str(flag.name)]


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.opts[0])
@pytest.mark.parametrize("separator", [",", " ", ", ", "\n"], ids=["comma", "space", "both", "line"])
def test_each_option_has_its_variable(settings_of: list[dict[str, object]], flag: click.Option, separator: str) -> None:
    """MOCKSERVER_MAX_BODY is --max-body. In a variable, commas or white space separate several values."""
    texts, expected = values_of(flag)
    variable = f"MOCKSERVER_{flag.opts[0][2:].upper().replace('-', '_')}"

    values = called(settings_of, ["serve"], **{variable: separator.join(texts)})

    assert expected == values[str(flag.name)]


def test_an_option_takes_precedence_over_its_variable(settings_of: list[dict[str, object]]) -> None:
    """An option on the command line takes precedence over its variable."""
    assert 9000 == called(settings_of, ["--port", "9000"], MOCKSERVER_PORT="9001")["port"]


def test_version() -> None:
    """`mockserver --version` prints the version."""
    ended = run("--version")

    assert (0, f"mockserver {mockserver.__version__}\n", "") == (ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["serve", "-h"], ["health", "--help"]], ids=" ".join)
def test_help(arguments: list[str]) -> None:
    """Help is printed, and the exit code is 0."""
    ended = run(*arguments)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert ended.stdout.startswith("Usage: mockserver ")


@pytest.mark.parametrize("arguments", [["--help"], ["health", "127.0.0.1:1"]], ids=" ".join)
def test_help_and_health_import_no_framework(arguments: list[str]) -> None:
    """Help and health import no framework: a container checks its health every few seconds."""
    source = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'uvicorn', 'starlette', 'openapi_core', 'yaml', 'pydantic', 'faker', 'asyncio'}), file=sys.stderr))\n"
        f"sys.argv = ['mockserver', *{arguments!r}]\n"
        "from mockserver.cli.main import run_command\n"
        "run_command()\n"
    )

    ended = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "[]" == ended.stderr.splitlines()[-1]


def test_health_of_a_running_server(server: Running) -> None:
    """The exit code is 0. The server is given by URL, by address or by the variables of the server itself."""
    port = str(urlsplit(server.url).port)

    ends = [
        run("health", server.url),
        run("health", f"{server.url}/"),
        run("health", f"localhost:{port}"),
        run("health", variables={"MOCKSERVER_PORT": port}),
        run("health", variables={"MOCKSERVER_PORT": port, "MOCKSERVER_HOST": "0.0.0.0"}),
    ]

    assert [(0, "ok\n", "")] * len(ends) == [(end.returncode, end.stdout, end.stderr) for end in ends]


def test_health_without_a_server() -> None:
    """The exit code is 1, and one line gives the reason."""
    ended = run("health", variables={"MOCKSERVER_PORT": str(free_port())})

    assert (1, "") == (ended.returncode, ended.stdout)
    assert re.fullmatch(r"mockserver: no mock server answers at http://127\.0\.0\.1:\d+: .+\n", ended.stderr)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"welcome", id="another server's page"),
        pytest.param(200, b"[1]", id="another server's JSON"),
        pytest.param(200, b'{"status": "ill"}', id="a mock that is not healthy"),
        pytest.param(503, b'{"status": "ok"}', id="a proxy in between"),
    ],
)
def test_health_of_another_server(status: int, body: bytes) -> None:
    """A server with any other reply is not healthy."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the standard library
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        problem = health_problem(f"http://127.0.0.1:{other.server_port}")
        thread.join()

    assert (
        f"http://127.0.0.1:{other.server_port} is not a healthy mock server: GET /__mock/health/ready returned {status}"
        == problem
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, "http://127.0.0.1:8080", id="nothing set"),
        pytest.param({"MOCKSERVER_PORT": "9000"}, "http://127.0.0.1:9000", id="port"),
        pytest.param({"MOCKSERVER_HOST": "0.0.0.0"}, "http://127.0.0.1:8080", id="every IPv4 address"),
        pytest.param({"MOCKSERVER_HOST": "::"}, "http://127.0.0.1:8080", id="every IPv6 address"),
        pytest.param({"MOCKSERVER_HOST": "10.1.2.3"}, "http://10.1.2.3:8080", id="one IPv4 address"),
        pytest.param({"MOCKSERVER_HOST": "::1"}, "http://[::1]:8080", id="one IPv6 address"),
        pytest.param({"MOCKSERVER_TLS": "self-signed"}, "https://127.0.0.1:8080", id="TLS"),
        pytest.param({"MOCKSERVER_TLS_CERT": "c.pem"}, "https://127.0.0.1:8080", id="a certificate"),
        pytest.param({"MOCKSERVER_UDS": "/s", "MOCKSERVER_PORT": "1"}, "http://localhost at /s", id="a Unix socket"),
        pytest.param(
            {"MOCKSERVER_HOST": "", "MOCKSERVER_PORT": ""}, "http://127.0.0.1:8080", id="empty counts as unset"
        ),
    ],
)
def test_health_checks_the_server_of_its_environment(environment: dict[str, str], expected: str) -> None:
    """Without a URL, `health` checks the server that the same variables would start."""
    found = described_server(environment)

    assert expected == (found.url if found.uds is None else f"{found.url} at {found.uds}")


def test_greeting_has_the_curl_command_of_the_readme(server: Running) -> None:
    """The greeting and the README have the same curl command."""
    readme = re.findall(r"^curl (?:[^\n]*\\\n)*[^\n]*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    greeting = server.greeting[server.greeting.index("curl ") :].replace(server.url, "http://127.0.0.1:8080")

    assert shlex.split(greeting) == shlex.split(readme[0])


def test_no_log() -> None:
    """`--log-format none` prints only the greeting."""
    with served("--log-format", "none") as running:
        status, _ = post(running.url)
        code, rest = running.stop()

    assert (200, 0, "") == (status, code, rest)
