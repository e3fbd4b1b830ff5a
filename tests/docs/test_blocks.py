"""Every code block of every document runs as written.

The blocks are found in the documents, not listed here: a new block is tested or fails. A runner is chosen by the
language of the block; SPECIAL has the blocks that need something else, and says what. Blocks with HTML, and Python
that uses a browser page, are run by tests/browser/test_snippets.py; the recipes for test tools by
tests/browser/test_recipes.py; docs/ci.md by tests/docs/test_ci.py.

A block is changed in one way only: port 8080 may be in use on this machine, so it is replaced by the port of a mock
that runs for the tests, or by a free port if the block starts a server itself.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.command import ROOT, served
from tests.support.markdown import BLOCKS, Block
from tests.support.mock import Mock
from tests.support.needs import command, modules
from tests.support.ports import free_port

PATIENCE = 60.0

# What an active environment has on its PATH, started from the source in this checkout.
COMMANDS = {
    "mockserver": f'exec "{sys.executable}" -m mockserver "$@"',
    "python": f'exec "{sys.executable}" "$@"',
    "pytest": f'exec "{sys.executable}" -m pytest "$@"',
    # Tests of the wheel install the plugin for real (tests/testing), and no test downloads the server.
    "pip": 'test "$1 $2" = "install --no-deps"',
    "uvx": f'test "$1" = wingback-mockserver && shift && exec "{sys.executable}" -m mockserver "$@"',
}

# A block that runs in a checkout may install packages, build an image or take minutes. .ci/run does these things for
# real: the two set-up commands, the image, each benchmark with --quick. Here they are replaced by
# scripts that check their arguments.
STAND_INS = {
    # The virtual environment is there already.
    "python3": 'test "$1 $2" = "-m venv"',
    # Every extra must be one that pyproject.toml has.
    ".venv/bin/pip": f"""exec "{sys.executable}" - "$@" <<'END'
import re, sys, tomllib
extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]
named = [name for text in sys.argv for each in re.findall(r"\\.\\[(.+)\\]", text) for name in each.split(",")]
assert sys.argv[1] == "install" and set(named) <= set(extras), sys.argv
END""",
    ".venv/bin/mockserver": f'exec "{sys.executable}" -m mockserver "$@"',
    # The tests are not run by a test, and a benchmark prints its help only.
    ".venv/bin/python": f"""case "$1 $2" in
"-m pytest") exec "{sys.executable}" -m pytest --version ;;
*) exec "{sys.executable}" "$@" --help ;;
esac""",
    # An image needs the Dockerfile. A container is `mockserver` with the arguments after the image's name.
    "docker": """case "$1" in
build) exec test -f Dockerfile ;;
compose) exec test -f compose.yaml ;;
esac
while [ "$1" != wingback-mock ]; do shift; done
shift
exec mockserver "$@\"""",
    "npm": 'test "$1 $2" = "install --prefix"',
    "benchmarks/.peers/bin/pip": 'test "$1" = install',
}


def with_port(text: str, port: int | str) -> str:
    return re.sub(r"\b8080\b", str(port), text)


def write_scripts(folder: Path, scripts: Mapping[str, str]) -> None:
    for name, script in scripts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)


def lay_out_checkout(folder: Path) -> None:
    """The files of this checkout, as links, and the stand-ins in their places."""
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name != "benchmarks":
            (folder / path.name).symlink_to(path)
    (folder / "benchmarks").mkdir()
    for path in (ROOT / "benchmarks").glob("*.py"):
        (folder / "benchmarks" / path.name).symlink_to(path)
    write_scripts(folder, {name: script for name, script in STAND_INS.items() if "/" in name})


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    write_scripts(folder / "installed", COMMANDS)
    write_scripts(folder / "stand-ins", {name: script for name, script in STAND_INS.items() if "/" not in name})
    return folder


class Stage:
    """Where a block runs: an empty folder or a checkout, with a port and the variables of a fresh shell."""

    def __init__(self, folder: Path, commands: Path, mock: Mock) -> None:
        self.folder = folder
        self.commands = commands
        self.mock = mock
        self.shared_port = str(httpx.URL(mock.url).port)

    def environment(self, port: int | str, *, checkout: bool = False) -> dict[str, str]:
        folders = [self.commands / "stand-ins"] * checkout + [self.commands / "installed"]
        return {
            "PATH": ":".join([*map(str, folders), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "MOCKSERVER_PORT": str(port),
        }

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(self.shared_port),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture
def stage(tmp_path: Path, commands: Path, mock: Mock) -> Stage:
    return Stage(tmp_path, commands, mock)


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/__mock/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def run_shell(block: Block, stage: Stage) -> str:
    """Run it in `sh -eu`: every command succeeds, the mock refuses nothing, and no process is left behind."""
    serves = serves_until_stopped(block)
    starts_a_server = serves or re.search(r"^mockserver .*&$", block.text, re.MULTILINE)
    port = free_port() if starts_a_server else stage.shared_port
    if block.runs_in_checkout:
        lay_out_checkout(stage.folder)
    with subprocess.Popen(
        ["sh", "-eu", "-c", with_port(block.text, port)],
        cwd=stage.folder,
        env=stage.environment(port, checkout=block.runs_in_checkout),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            if serves:
                interrupt_when_healthy(shell, f"http://127.0.0.1:{port}")
            out, errors = shell.communicate(timeout=PATIENCE)
        finally:
            was_left = kill_group(shell.pid)

    assert shell.returncode in ([0, -signal.SIGINT] if serves else [0]), out + errors
    assert "urn:mockserver:" not in out
    assert not was_left, "the block leaves a process behind"
    return out


def kill_group(pid: int) -> bool:
    """Kill the processes of a block that still run; gives whether there was one."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def serves_until_stopped(block: Block) -> bool:
    """Whether the last command is a server in the foreground."""
    last = block.text.rstrip().rpartition("&&")[2].strip()
    return last == ".venv/bin/mockserver" or last.startswith("docker run ")


def interrupt_when_healthy(shell: subprocess.Popen[str], url: str) -> None:
    """Wait until the server is healthy, then stop it as Ctrl-C in a terminal does."""
    deadline = time.monotonic() + PATIENCE
    while not is_healthy(url):
        assert shell.poll() is None, shell.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(shell.pid, signal.SIGINT)


def shown_output(text: str, comment: str) -> list[str]:
    """The lines that the block says it prints: `print(x)  # -> succeeded`."""
    return re.findall(rf"{comment} -> (.+)$", text, re.MULTILINE)


def run_python(block: Block, stage: Stage) -> str:
    """Run it as a script, or with pytest if it has tests; it prints what its comments say."""
    has_tests = "\ndef test_" in block.text
    path = stage.folder / ("test_block.py" if has_tests else "block.py")
    path.write_text(with_port(block.text, stage.shared_port), "utf-8")
    options = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if has_tests else []
    done = stage.python("-W", "error", *options, path.name)
    shown = shown_output(block.text, "#")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert [] == [line for line in shown if line not in done.stdout.splitlines()]
    return done.stdout


def run_node(block: Block, stage: Stage) -> None:
    """Run it with Node.js and the package `stripe`; it prints what its comments say."""
    path = stage.folder / "block.cjs"
    path.write_text(with_port(block.text, stage.shared_port), "utf-8")
    done = subprocess.run(
        [command("node"), path.name],
        cwd=stage.folder,
        env={**stage.environment(stage.shared_port), "NODE_PATH": str(modules("stripe").resolve())},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert shown_output(block.text, "//") == done.stdout.splitlines()


def check_scenario(block: Block, stage: Stage) -> None:
    """A scenario file: `mockserver check` accepts it, and its examples hold."""
    (stage.folder / "scenarios").mkdir()
    (stage.folder / "scenarios" / "shown.yaml").write_text(block.text, "utf-8")
    done = stage.python("-m", "mockserver", "check", "--scenarios", "scenarios")

    assert 0 == done.returncode, done.stdout + done.stderr


RUNNERS: dict[str, Callable[[Block, Stage], Any]] = {
    "sh": run_shell,
    "python": run_python,
    "js": run_node,
    "yaml": check_scenario,
}


def first_reply(block: Block, _: Stage) -> None:
    """The first reply of a mock that was started with --seed 1, to the letter, for the curl that is shown above it."""
    (curl,) = [each.text for each in BLOCKS if each.place == ("README.md", block.heading, "sh") and "curl" in each.text]
    with served("--seed", "1") as running:
        port = httpx.URL(running.url).port
        done = subprocess.run(["sh", "-c", with_port(curl, str(port))], capture_output=True, check=True, text=True)

    assert json.loads(block.text) == json.loads(done.stdout)
    assert list(json.loads(block.text)) == list(json.loads(done.stdout))


def refusal(block: Block, stage: Stage) -> None:
    """The refusal of the request body that the text above names, to the letter."""
    (body,) = re.findall(r"`(\{.*\})`", block.intro)
    reply = stage.mock.http.post(
        "/v1/c/customer/Cust_1/payment/session", content=body, headers={"content-type": "application/json"}
    )

    assert json.loads(block.text) == reply.json()
    assert (400, "application/problem+json") == (reply.status_code, reply.headers["content-type"])
    assert "contract-violation" == reply.headers["mock-refused"]


def flags_in_a_file(block: Block, stage: Stage) -> None:
    """The server starts with the flags of the file."""
    (stage.folder / "mock.toml").write_text(block.text, "utf-8")
    (stage.folder / "mocks").mkdir()
    (stage.folder / "mocks" / "scenarios").symlink_to(ROOT / "scenarios")
    config = str(stage.folder / "mock.toml")
    with served("--config", config, "--log-format", "json") as running:
        host = {"host": "mock.shop.svc.cluster.local"}
        assert 200 == httpx.get(f"{running.url}/__mock/health", headers=host).status_code


def layout(block: Block, _: Stage) -> None:
    """No code: the test of the layout in tests/test_project.py compares the tree with the folders."""
    assert [block] == [each for each in BLOCKS if each.language == "text"]


def retried_call(block: Block, stage: Stage) -> None:
    """The call gets 503 twice, then 200, from the scenario that it names."""
    seen = [run_shell(block, stage) for _ in range(3)]

    assert ["503", "503", "200"] == [text.split()[1] for text in seen]
    assert "mock-scenario: retry_after_503" in seen[0]


def start_and_stop(block: Block, stage: Stage) -> None:
    """The script that starts a mock for tests in any language; here, the tests are one call with a key."""
    comment = "# Run your tests here"
    curl = "curl -s -o /dev/null -w '%{http_code}\\n' -X POST -H 'wb-key: api_key_test' http://127.0.0.1:8080/"
    assert comment in block.text
    changed = Block(
        document=block.document,
        line=block.line,
        heading=block.heading,
        intro=block.intro,
        language=block.language,
        text=block.text.replace(comment, f"{curl}\n{comment}"),
    )

    assert {"ok", "404"} <= set(run_shell(changed, stage).splitlines())


def verified_call(block: Block, stage: Stage) -> None:
    """The calls of the control API do what the text says."""
    out = run_shell(block, stage)

    assert '"name":"card_declined"' in out
    assert '"found":["' in out
    assert "card_declined" == stage.mock.create().headers["mock-scenario"]


def scraped_metrics(block: Block, _: Stage) -> None:
    """Prometheus reads the metrics at this address with this header, and not without it."""
    (job,) = yaml.safe_load(block.text)["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    headers = {name: "".join(sources["secrets"]) for name, sources in job["http_headers"].items()}
    assert headers == {"Mock-Admin-Token": "the-token"}
    assert "`--admin-token the-token`" in " ".join(block.intro.split())
    with served("--admin-token", "the-token") as running:
        url = with_port(f"http://{target}{job['metrics_path']}", str(httpx.URL(running.url).port))
        reply = httpx.get(url, headers={**headers, "accept": "application/openmetrics-text;version=1.0.0"})
        assert 401 == httpx.get(url).status_code

    assert (200, "# EOF") == (reply.status_code, reply.text.splitlines()[-1])


def plugin_alone(block: Block, stage: Stage) -> None:
    """The server that the command starts answers a test."""
    test = "def test_it(mockserver):\n    assert len(mockserver.journal) == 0\n"
    (stage.folder / "test_it.py").write_text(test, "utf-8")

    assert "1 passed" in run_shell(block, stage)


def context_manager(block: Block, stage: Stage) -> None:
    """It prints where the mock listens and which credential it accepts."""
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ \{'wb-key': 'api_key_\w+'\}\n", run_python(block, stage))


# Blocks for which the language alone does not say how to test them. Where a place has several blocks, the text decides.
SPECIAL: dict[tuple[str, str, str], dict[str, Callable[[Block, Stage], Any]]] = {
    ("README.md", "First reply in 60 seconds", "json"): {"{": first_reply},
    ("README.md", "Scenarios", "sh"): {"curl -si": retried_call},
    ("README.md", "For CI pipelines and other languages", "sh"): {"mockserver --seed": start_and_stop},
    ("README.md", "Layout", "text"): {"": layout},
    ("docs/control-api.md", "Calls", "sh"): {"curl": verified_call},
    ("docs/control-api.md", "Metrics", "yaml"): {"scrape_configs": scraped_metrics},
    ("docs/pytest-plugin.md", "Without pytest", "python"): {
        "from mockserver import MockServer\n\nwith MockServer(scenario": context_manager
    },
    ("docs/pytest-plugin.md", "A server in a process of its own", "sh"): {"pip install --no-deps": plugin_alone},
    ("docs/refusals.md", "Example", "json"): {"{": refusal},
    ("docs/container.md", "Flags in a file", "toml"): {"port": flags_in_a_file},
}


def runner_of(block: Block) -> Callable[[Block, Stage], Any] | None:
    special = SPECIAL.get(block.place, {})
    return next((runner for start, runner in special.items() if block.text.startswith(start)), None) or RUNNERS.get(
        block.language
    )


def test_every_block_has_a_runner() -> None:
    """A block that no test runs is an error, and so is a special case whose block no longer exists."""
    places = {block.place for block in BLOCKS}

    assert [] == [str(block) for block in BLOCKS if runner_of(block) is None and not block.has_own_test]
    assert set() == SPECIAL.keys() - places


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.has_own_test], ids=str)
def test_the_block_runs_as_written(block: Block, stage: Stage) -> None:
    """Each block does what its language or its special case asks for."""
    runner = runner_of(block)

    assert runner is not None
    runner(block, stage)


@pytest.mark.parametrize("end", [r"\.venv/bin/mockserver", r"-m pytest"], ids=["serves", "tests"])
def test_ci_runs_the_two_setup_commands(end: str) -> None:
    """Each is one line of the README, and .ci/run takes exactly this line from it."""
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    found = [
        line
        for block in BLOCKS
        for line in block.text.splitlines()
        if re.fullmatch(rf"python3 -m venv \.venv && .*{end}", line)
    ]
    taken = [
        subprocess.run(shlex.split(line), cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()
        for line in re.findall(r"\$\((sed -n .*README\.md)\)", text)
    ]

    assert 1 == len(found)
    assert found[0] in taken
