"""`--mockserver-command`: the pytest plugin with a server that a command starts in a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import PYTEST_OPTIONS, ROOT, environment, run_pytest

PATIENCE = 30.0
SERVER = shlex.join([sys.executable, "-m", "mockserver"])
# Like `uvx`, it starts the server as its child, and waits for it.
WRAPPER = """#!/bin/sh
"{python}" -m mockserver "$@" &
wait
"""

TEST_THAT_NOTES = """
import json, os, signal, time, urllib.request
from pathlib import Path

def create(mock, headers=(), **members):
    body = json.dumps({"operation": "add_method", "address": True, **members}).encode()
    url = f"{mock.url}/v1/c/customer/Cust_1/payment/session"
    headers = {**mock.headers, "content-type": "application/json", **dict(headers)}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as reply:
        return json.load(reply)

def test_one(mockserver):
    Path("url.txt").write_text(mockserver.url)
    Path("token.txt").write_text(create(mockserver)["token"])
"""


@pytest.fixture
def wrapper(tmp_path: Path) -> str:
    script = tmp_path / "wrapper"
    script.write_text(WRAPPER.format(python=sys.executable))
    script.chmod(0o755)
    return shlex.quote(str(script))


def project(folder: Path, test: str = "") -> Path:
    (folder / "test_it.py").write_text(TEST_THAT_NOTES + test)
    return folder


def is_listening(url: str) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def stops_listening(url: str) -> bool:
    """Whether nothing listens at the URL after a while."""
    deadline = time.monotonic() + PATIENCE
    while is_listening(url):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["one process", "xdist"])
def test_the_downstream_project(tmp_path: Path, workers: list[str]) -> None:
    """The tests of a project pass as with a server in their process, except that of the ASGI app."""
    folder = Path(shutil.copytree(ROOT / "tests" / "downstream", tmp_path / "project"))
    done = run_pytest(folder, "-rs", f"--mockserver-command={SERVER}", *workers)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert re.search(r"\d+ passed, 1 skipped", done.stdout)
    assert "--mockserver-command starts a server in another one" in done.stdout
    assert "c_create_payment_session 503: retry_after_503" in done.stdout


@pytest.mark.parametrize("source", ["flag", "ini", "variable"])
def test_the_sources_of_the_option(tmp_path: Path, source: str) -> None:
    """The command can be a flag, an ini option or a variable."""
    project(tmp_path, "\ndef test_two(mockserver_app):\n    pass\n")
    if source == "ini":
        (tmp_path / "pytest.ini").write_text(f"[pytest]\nmockserver_command = {SERVER}\n")
    arguments = [f"--mockserver-command={SERVER}"] if source == "flag" else []
    variables = {"MOCKSERVER_COMMAND": SERVER} if source == "variable" else {}
    done = run_pytest(tmp_path, *arguments, **variables)

    assert 0 == done.returncode, done.stdout
    assert "1 passed, 1 skipped" in done.stdout


ENDINGS = {
    "success": ("", 0),
    "a test that fails": ("\ndef test_two(mockserver):\n    assert False\n", 1),
    "an exit of the tests": ("\nimport pytest\ndef test_two():\n    pytest.exit('enough', returncode=7)\n", 7),
    "Ctrl-C": ("\ndef test_two():\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(60)\n", 2),
    "an exit of the process": ("\ndef test_two():\n    os._exit(9)\n", 9),
    "the end of the process by force": ("\ndef test_two():\n    os.kill(os.getpid(), signal.SIGKILL)\n", -9),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_process_is_left(tmp_path: Path, wrapper: str, ending: str) -> None:
    """However the run ends, the server ends too, also if it is the child of a wrapper."""
    test, code = ENDINGS[ending]
    done = run_pytest(project(tmp_path, test), f"--mockserver-command={wrapper}")

    assert code == done.returncode, done.stdout + done.stderr
    assert stops_listening((tmp_path / "url.txt").read_text())


def test_ctrl_c_with_workers(tmp_path: Path, wrapper: str) -> None:
    """After Ctrl-C in a terminal, which reaches pytest and its workers, no server is left."""
    waiting = "\nimport pytest\n@pytest.mark.parametrize('n', range(2))\ndef test_two(mockserver, n):\n"
    waiting += "    Path(f'url{n}.txt').write_text(mockserver.url)\n    time.sleep(60)\n"
    project(tmp_path, waiting)
    command = [sys.executable, "-m", "pytest", *PYTEST_OPTIONS, "-n2", "-k", "two", f"--mockserver-command={wrapper}"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment({}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        files = [tmp_path / f"url{number}.txt" for number in range(2)]
        deadline = time.monotonic() + PATIENCE
        while not all(file.exists() and file.read_text() for file in files) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE)

    assert [True, True] == [stops_listening(file.read_text()) for file in files]


FAILING = {
    "no such command": ("no-such-command --port 1", ["no-such-command: No such file or directory", "exit code 127"]),
    "a wrong option": (f"{SERVER} --no-such-option", ["No such option", "exit code 2"]),
    "no server": (f"{shlex.quote(sys.executable)} -c pass", ["exit code 0"]),
    "control characters": ("sh -c \"printf 'a\\033[31mb\\n' >&2; exit 3\"", ["  a\\x1b[31mb", "exit code 3"]),
    "an open quote": ("sh -c 'x", ["cannot be read: No closing quotation"]),
    "no command": ("' '", ["exit code 127"]),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_command_that_starts_no_server(tmp_path: Path, case: str) -> None:
    """A command that starts no server is run once, and reported with its exit code and its last output."""
    command, expected = FAILING[case]
    done = run_pytest(project(tmp_path, "\ndef test_two(mockserver):\n    pass\n"), f"--mockserver-command={command}")

    assert 1 == done.returncode, done.stdout
    assert [] == [text for text in expected if text not in done.stdout], done.stdout
    assert 1 == len(re.findall(r"^mockserver: the mockserver_command ", done.stdout, re.MULTILINE)), done.stdout
    assert "there is no server; the first test that failed for this reason says why" in done.stdout
    assert "INTERNALERROR" not in done.stdout
    assert "\x1b" not in done.stdout


def test_a_server_that_ends_too_early(tmp_path: Path, wrapper: str) -> None:
    """If the server ends during the run, the next test says with which exit code."""
    Path(shlex.split(wrapper)[0]).write_text(
        f'#!/bin/sh\n"{sys.executable}" -m mockserver &\necho $! > server.pid\nwait $!\n'
    )
    test = """
def test_two():
    os.kill(int(Path("server.pid").read_text()), signal.SIGKILL)
    time.sleep(1)

def test_three(mockserver):
    pass
"""
    done = run_pytest(project(tmp_path, test), f"--mockserver-command={wrapper}")

    assert 1 == done.returncode, done.stdout
    assert "ended with exit code 137" in done.stdout


def test_settings(tmp_path: Path) -> None:
    """The seed, the contract and the scenarios are those of the options; the user's variables change nothing."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        done = run_pytest(
            project(tmp_path / name), f"--mockserver-command={SERVER}", MOCKSERVER_SEED="99", MOCKSERVER_API_KEY="x"
        )
        assert 0 == done.returncode, done.stdout
    third = project(tmp_path, "\ndef test_two(mockserver):\n    mockserver.scenario('broken')\n")
    (tmp_path / "mine").mkdir()
    shutil.copy(ROOT / "spec" / "wingback.yaml", tmp_path / "contract.yaml")
    shutil.copy(ROOT / "scenarios" / "happy_path.yaml", tmp_path / "mine")
    shutil.copy(ROOT / "scenarios" / "server_error.yaml", tmp_path / "mine" / "broken.yaml")
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nmockserver_spec = contract.yaml\nmockserver_scenarios = mine\nmockserver_command = {SERVER}\n"
    )
    (tmp_path / "sub").mkdir()
    done = run_pytest(tmp_path / "sub", "--rootdir=..", "../test_it.py", "--mockserver-seed=9")

    tokens = [(folder / "token.txt").read_text() for folder in (tmp_path / "one", tmp_path / "two", third / "sub")]
    assert 0 == done.returncode, done.stdout
    assert tokens[0] == tokens[1] != tokens[2]


STRICT_TESTS = """
import pytest, urllib.error

def test_undocumented(mockserver):
    create(mockserver, colour="red")

@pytest.mark.mockserver(strict=False)
def test_undocumented_but_allowed(mockserver):
    create(mockserver, colour="red")

@pytest.mark.mockserver(allow_violations=True)
def test_without_a_key(mockserver):
    try:
        create(mockserver, headers={"wb-key": ""})
    except urllib.error.HTTPError as error:
        assert error.code == 401

def test_a_request_without_a_key_is_a_request_of_this_test(mockserver):
    try:
        create(mockserver, headers={"wb-key": ""})
    except urllib.error.HTTPError:
        pass
"""


def test_strict_and_other_namespaces(tmp_path: Path) -> None:
    """As with a server in the process: `strict` counts for all requests, and those without a key belong to the test."""
    done = run_pytest(project(tmp_path, STRICT_TESTS), "-rA", "--mockserver-strict", f"--mockserver-command={SERVER}")
    failed = re.findall(r"^FAILED test_it\.py::test_(\w+)", done.stdout, re.MULTILINE)

    assert ["undocumented", "a_request_without_a_key_is_a_request_of_this_test"] == failed, done.stdout


def test_a_url_takes_precedence(tmp_path: Path) -> None:
    """With the URL of a running server, the command is not run."""
    done = run_pytest(project(tmp_path), "--mockserver-command=no-such-command", "--mockserver-url=http://127.0.0.1:1")

    assert 1 == done.returncode
    assert "no mock server answers at http://127.0.0.1:1" in done.stdout
