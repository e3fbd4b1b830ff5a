"""The pytest plugin in two projects: the tests of the first pass in every way, each test of the second fails."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import PYTEST_OPTIONS, ROOT, run_pytest, run_python, served

DOWNSTREAM = ROOT / "tests" / "downstream"
WRONG_PROJECT = ROOT / "tests" / "downstream_wrong"
TESTS = 22


# Runs pytest several times in one process, because most of the time of a short run is the start of Python.
SEVERAL_RUNS = """
import contextlib, io, json, sys
import pytest

def run(arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = pytest.main(arguments)
    return int(code), out.getvalue()

sys.dont_write_bytecode = True
print(json.dumps([run(arguments) for arguments in json.loads(sys.argv[1])]))
"""


def run_pytest_several_times(folder: Path, commands: list[list[str]]) -> list[tuple[int, str]]:
    """The exit code and the output of pytest for each list of arguments."""
    (folder / "several_runs.py").write_text(SEVERAL_RUNS)
    done = run_python(
        folder, "-m", "several_runs", json.dumps([[*PYTEST_OPTIONS, *arguments] for arguments in commands])
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return [(code, output) for code, output in json.loads(done.stdout)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DOWNSTREAM, tmp_path / "project"))


@pytest.fixture(scope="module")
def external() -> Iterator[str]:
    with served("--seed", "1") as running:
        yield running.url


def test_the_tests_pass_with_one_key(project: Path) -> None:
    """The tests pass if all of them use the same key."""
    done = run_pytest(project, "-p", "no:randomly", "--mockserver-api-key=api_key_fixed")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert f"{TESTS} passed" in done.stdout


@pytest.mark.parametrize("by_flag", [True, False], ids=["by flag, with xdist", "by variable, without xdist"])
def test_the_tests_pass_with_a_running_server(project: Path, external: str, *, by_flag: bool) -> None:
    """The tests pass with a running server. The tests of the ASGI app are skipped with a reason."""
    if by_flag:
        done = run_pytest(project, "-rs", "-n2", f"--mockserver-url={external}")
    else:
        done = run_pytest(project, "-rs", MOCKSERVER_URL=external)

    assert 0 == done.returncode, done.stdout
    assert f"{TESTS - 1} passed, 1 skipped" in done.stdout
    assert "c_create_payment_session 503: retry_after_503" in done.stdout
    assert "mockserver_app runs in this process" in done.stdout


@pytest.mark.parametrize("elsewhere", [False, True], ids=["of its own", "that runs"])
def test_the_tests_pass_with_unittest(project: Path, external: str, *, elsewhere: bool) -> None:
    """The tests pass with unittest, with a server of their own and with a running one."""
    environment = {"MOCKSERVER_URL": external} if elsewhere else {}
    done = run_python(project, "-m", "unittest", "tests.test_with_unittest", **environment)

    assert 0 == done.returncode, done.stderr
    assert "Ran 2 tests" in done.stderr


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of each test of the wrong project."""
    folder = Path(shutil.copytree(WRONG_PROJECT, tmp_path_factory.mktemp("wrong") / "project"))
    done = run_pytest(folder, "--junitxml=report.xml")
    assert 1 == done.returncode, done.stdout + done.stderr
    suite = ET.parse(folder / "report.xml").getroot()[0]
    assert [] == [case.get("name") for case in suite.iter("testcase") if len(case) == 0]
    sections = re.split(r"^_{3,} (?:ERROR at setup of )?([\w.]+) _{3,}$", done.stdout, flags=re.MULTILINE)
    return dict(zip(sections[1::2], sections[2::2], strict=True))


REPORTS = {
    "test_a_wrong_type": [
        "POST /v1/c/customer/Cust_1/payment/session was refused: contract-violation",
        'body /address (type): "yes" is a string; the contract wants a boolean',
        'sent: {"operation":',
        "nearest stub: 'payment session created' of scenario card_declined",
        "scenario in force: card_declined",
        "@pytest.mark.mockserver(allow_violations=True)",
    ],
    "test_a_wrong_path": [
        "was refused: unknown-path",
        "Did you mean /v1/c/customer/{customer_id}/payment/session",
        "scenario in force: happy_path",
    ],
    "test_no_key": ["was refused: not-authenticated", "send the header wb-key or the cookie app-session"],
    "test_a_call_that_never_came": [
        "Expected at least 1 call; 0 of 1 call match.",
        'path customer_id: expected "Cust_2", found "Cust_1"',
        "1. POST /v1/c/customer/Cust_1/payment/session",
        "POST /v1/c/customer/Cust_1/payment/session -> 200 (happy_path, payment session created)",
    ],
    "test_a_call_too_many": ["Expected exactly 1 call; 2 of 2 calls match.", "matches"],
    "test_a_plain_failure": [
        "assert 200 == 500",
        "scenario in force: server_error",
        "POST /v1/c/customer/Cust_1/payment/session -> 500 (server_error",
    ],
    "test_a_scenario_that_there_is_not": ["There is no scenario 'card_declin'; the nearest: card_declined."],
    "test_a_marker_that_says_nothing": ["the marker has no argument 'scenarios'; it has scenario, allow_violations"],
    "InUnittest.test_a_wrong_type": ["body /address (type): 1 is a number; the contract wants a boolean"],
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_reports_of_the_wrong_project(wrong: dict[str, str], name: str) -> None:
    """Each test fails. Its report shows the request, the violations and the nearest stub."""
    assert [] == [line for line in REPORTS[name] if line not in wrong[name]], wrong[name]


def test_the_table_of_reports_is_complete(wrong: dict[str, str]) -> None:
    """The table has every test of the wrong project."""
    assert sorted(REPORTS) == sorted(wrong)


def test_promise_10_no_key_shows_in_a_report(wrong: dict[str, str]) -> None:
    """The reports of the plugin contain no key."""
    # Behind the last one stands pytest's own summary, which quotes the test's source.
    reported = [text.partition("- mockserver -")[2].partition("\n===")[0] for text in wrong.values()]

    assert any(reported)
    assert [] == re.findall(r"api_key_\w+", "".join(reported))


@pytest.mark.parametrize(
    ("arguments", "minimum", "code"),
    [
        pytest.param([], "20", 0, id="without xdist, enough"),
        pytest.param(["-n2"], "99.5", 1, id="with xdist, too little"),
    ],
)
def test_the_tests_pass_and_coverage_is_reported(project: Path, arguments: list[str], minimum: str, code: int) -> None:
    """The coverage of all workers is in the summary, the JSON file and the JUnit report; too little fails the run."""
    done = run_pytest(
        project,
        *arguments,
        "--mockserver-coverage-json=out/coverage.json",
        "--junitxml=report.xml",
        f"--mockserver-fail-under={minimum}",
    )
    reported = json.loads((project / "out" / "coverage.json").read_text("utf-8"))
    exercised = sorted(f"{each['outcome']} {each['scenario']}" for each in reported["cells"] if each["count"])
    properties = [
        (each.get("name"), each.get("value")) for each in ET.parse(project / "report.xml").getroot().iter("property")
    ]

    assert code == done.returncode, done.stdout + done.stderr
    assert (code == 1) == ("less than --mockserver-fail-under 99.5" in done.stdout)
    assert f"{TESTS} passed" in done.stdout
    assert "c_create_payment_session 503: retry_after_503" in done.stdout
    assert re.search(r"^never: authentication_fails", done.stdout, re.MULTILINE)
    assert [
        "200 happy_path",
        "200 retry_after_503",
        "404 unknown_customer",
        "500 server_error",
        "503 retry_after_503",
        "connection_reset connection_reset",
        "empty_reply empty_reply",
        "truncated_body truncated_body",
    ] == exercised
    assert (8, len(exercised)) == (reported["exercised"], sum(name == "mockserver.exercised" for name, _ in properties))
    assert "card_declined" in reported["scenarios_never"]
    assert ("mockserver.never", "card_declined") in properties
    assert ("mockserver.coverage.percent", f"{reported['percent']:g}") in properties


def test_a_run_repeats(project: Path) -> None:
    """Generated values are the same in every run and on every worker."""
    (project / "tests" / "test_tokens.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('number', range(6))\n"
        "def test_it(mockserver_client, number):\n"
        "    body = {'operation': 'add_method', 'address': True}\n"
        "    reply = mockserver_client.post('/v1/c/customer/Cust_1/payment/session', json=body)\n"
        "    with open(f'{number}.txt', 'a') as file:\n"
        "        print(reply.json()['token'], file=file)\n"
    )
    for arguments in ([], ["-n2"], ["--mockserver-seed=5"]):
        assert 0 == run_pytest(project, "tests/test_tokens.py", *arguments).returncode
    tokens = [(project / f"{number}.txt").read_text().split() for number in range(6)]

    assert [True] * 6 == [one == two != other for one, two, other in tokens]


UNUSED = """
import sys

def test_nothing():
    assert not {"mockserver.engine.engine", "httpx", "openapi_core", "starlette", "pydantic"} & sys.modules.keys()
"""


def test_a_project_that_does_not_use_the_plugin(tmp_path: Path) -> None:
    """The plugin imports, starts and prints nothing if no test uses it."""
    (tmp_path / "test_unused.py").write_text(UNUSED)
    done = run_pytest(tmp_path)

    assert 0 == done.returncode, done.stdout
    assert "mockserver" not in done.stdout


INVALID_OPTIONS = [
    (["--mockserver-url=http://127.0.0.1:1"], "no mock server answers at http://127.0.0.1:1"),
    (["--mockserver-url=127.0.0.1"], "is not the URL of a mock server"),
    (["--mockserver-url=http://127.0.0.1:1", "--mockserver-seed=1"], "already has its settings: leave out seed"),
    (["--mockserver-seed=one"], "--mockserver-seed 'one' is not a whole number"),
    (["--mockserver-spec=none.yaml"], "none.yaml"),
    (["--mockserver-spec=https://x/y"], "--mockserver-spec takes a file, not a URL: download https://x/y first"),
    (
        ["--mockserver-scenarios=https://x/y"],
        "--mockserver-scenarios takes a folder, not a URL: download https://x/y",
    ),
    (
        ["-o", "mockserver_spec=https://x/y"],
        "--mockserver-spec takes a file, not a URL: download https://x/y first",
    ),
    (["--mockserver-scenarios=none"], "none: the folder of scenarios cannot be read"),
    (["--mockserver-fail-under=much"], "--mockserver-fail-under takes a percentage, not 'much'"),
    (["--mockserver-fail-under=nan"], "--mockserver-fail-under takes a percentage, not 'nan'"),
    (["--mockserver-fail-under=101"], "--mockserver-fail-under takes a percentage, not '101'"),
    (["--mockserver-url=http://127.0.0.1:abc"], "is not the URL of a mock server"),
    (["--mockserver-url=http://[::1"], "is not the URL of a mock server"),
    (["--mockserver-coverage-json=/proc/none/x.json"], "--mockserver-coverage-json /proc/none/x.json: "),
]


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str]]:
    """The exit code and the output of pytest for each invalid option."""
    folder = tmp_path_factory.mktemp("options")
    (folder / "test_one.py").write_text("def test_one(mockserver):\n    pass\n")
    return run_pytest_several_times(folder, [arguments for arguments, _ in INVALID_OPTIONS])


@pytest.mark.parametrize("number", range(len(INVALID_OPTIONS)), ids=[" ".join(each) for each, _ in INVALID_OPTIONS])
def test_invalid_options(refusals: list[tuple[int, str]], number: int) -> None:
    """An invalid option ends the run with one clear sentence and no traceback."""
    code, output = refusals[number]

    assert 0 != code
    assert INVALID_OPTIONS[number][1] in output
    assert "Traceback" not in output


ONE = """
import httpx

def test_one(mockserver):
    body = {"operation": "add_method", "address": True}
    httpx.post(mockserver.url + "/v1/c/customer/Cust_1/payment/session", json=body, headers=mockserver.headers)
"""


def test_a_server_that_accepts_only_its_keys(tmp_path: Path) -> None:
    """Without a key of the server the report says how to pass one; with a key the tests pass."""
    (tmp_path / "test_one.py").write_text(ONE)
    with served("--api-key", "api_key_theirs") as running:
        url = f"--mockserver-url={running.url}"
        without, with_one = run_pytest(tmp_path, url), run_pytest(tmp_path, url, "--mockserver-api-key=api_key_theirs")

    assert 1 == without.returncode
    assert "pass one of its keys as --mockserver-api-key" in without.stdout
    assert 0 == with_one.returncode, with_one.stdout


def test_a_marker_without_a_fixture(tmp_path: Path) -> None:
    """A marker on a test without a fixture gives a warning with the name of the test."""
    (tmp_path / "test_one.py").write_text(
        "import pytest\n\n@pytest.mark.mockserver(scenario='card_declined')\ndef test_one():\n    pass\n"
        "\n@pytest.mark.mockserver(scenario='card_declined')\ndef test_two(mockserver):\n    pass\n"
    )
    done = run_pytest(tmp_path, "-W", "default::pytest.PytestWarning")

    assert 0 == done.returncode, done.stdout
    assert 1 == done.stdout.count("PytestWarning: the marker mockserver has no effect")
    assert "test_one.py" in done.stdout


def test_a_disabled_url(tmp_path: Path) -> None:
    """An empty option on the command line disables the URL of the ini file and the variable."""
    (tmp_path / "test_one.py").write_text(ONE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmockserver_url = http://127.0.0.1:1\n")
    nowhere = {"MOCKSERVER_URL": "http://127.0.0.1:1"}

    assert 1 == run_pytest(tmp_path, **nowhere).returncode
    assert 0 == run_pytest(tmp_path, "--mockserver-url=", **nowhere).returncode


NOTHING_EXERCISED = {
    "only collected": (["--collect-only"], 0),
    "none selected": (["-k", "nothing"], 5),
    "none used it": (["--deselect", "test_one.py::test_one"], 1),
}


def test_no_coverage(tmp_path: Path) -> None:
    """A run without tests has no coverage to check; a run whose tests do not use the mock has too little."""
    (tmp_path / "test_one.py").write_text(ONE + "\n\ndef test_two():\n    pass\n")
    runs = run_pytest_several_times(
        tmp_path, [["--mockserver-fail-under=50", *arguments] for arguments, _ in NOTHING_EXERCISED.values()]
    )

    assert [code for _, code in NOTHING_EXERCISED.values()] == [code for code, _ in runs], runs
    assert [] == [output for _, output in runs if " outcomes, " in output]


def test_a_server_that_stops(tmp_path: Path) -> None:
    """If the server stops, the tests fail with one sentence, and the run continues."""
    (tmp_path / "test_two.py").write_text(
        "import os, signal, time\n"
        "def test_one(mockserver):\n"
        "    os.kill(int(os.environ['MOCK_PID']), signal.SIGKILL)\n"
        "    time.sleep(0.2)\n"
        "def test_two(mockserver):\n"
        "    pass\n"
    )
    with served() as running:
        done = run_pytest(tmp_path, f"--mockserver-url={running.url}", MOCK_PID=str(running.process.pid))

    assert 1 == done.returncode
    assert "2 failed" in done.stdout
    assert 2 == len(re.findall("^mockserver: no mock server answers at", done.stdout, re.MULTILINE))


UNUSUAL_TESTS = """
import threading
import time
import httpx
import pytest

PATH = "/v1/c/customer/Cust_1/payment/session"
GOOD = {"operation": "add_method", "address": True}


@pytest.fixture
def late(mockserver):
    yield
    httpx.post(mockserver.url + PATH, json={}, headers=mockserver.headers)


def test_a_reset_hides_nothing(mockserver, mockserver_client):
    mockserver_client.post(PATH, json={})
    mockserver.reset()


def test_a_fixture_that_ends_badly(late):
    pass


def test_one_that_leaves_a_thread(mockserver):
    def send(url=mockserver.url, headers=mockserver.headers):
        time.sleep(0.3)
        httpx.post(url + PATH, json={}, headers=headers)
    threading.Thread(target=send).start()


def test_the_innocent_next_one(mockserver):
    time.sleep(1)


def test_another_namespace_in_a_with(mockserver):
    with mockserver.namespace() as other:
        assert 200 == httpx.post(other.url + PATH, json=GOOD, headers=other.headers).status_code


def test_the_one_after_it(mockserver_client):
    assert 200 == mockserver_client.post(PATH, json=GOOD).status_code


RUNS = []


def test_again(mockserver, mockserver_client):
    RUNS.append(len(mockserver.journal))
    mockserver_client.post(PATH, json=GOOD if len(RUNS) > 1 else {})
    assert [0] * len(RUNS) == RUNS
"""
# Runs a test twice, as plugins for flaky tests do.
RERUN = """
from _pytest.runner import runtestprotocol


def pytest_runtest_protocol(item, nextitem):
    if item.name != "test_again":
        return None
    runtestprotocol(item, nextitem=nextitem, log=False)
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        item.ihook.pytest_runtest_logreport(report=report)
    return True
"""


@pytest.mark.parametrize("elsewhere", [False, True], ids=["its own server", "one that runs"])
def test_the_test_that_caused_a_problem_fails(tmp_path: Path, external: str, *, elsewhere: bool) -> None:
    """The test that caused a problem fails, also with resets, teardowns, threads, namespaces and reruns."""
    (tmp_path / "test_unusual.py").write_text(UNUSUAL_TESTS)
    (tmp_path / "conftest.py").write_text(RERUN)
    done = run_pytest(tmp_path, "-rA", *([f"--mockserver-url={external}"] if elsewhere else []))
    reported = sorted(re.findall(r"^(PASSED|FAILED|ERROR) test_unusual\.py::test_(\w+)", done.stdout, re.MULTILINE))

    assert [
        ("ERROR", "a_fixture_that_ends_badly"),
        ("FAILED", "a_reset_hides_nothing"),
        ("PASSED", "a_fixture_that_ends_badly"),
        ("PASSED", "again"),
        ("PASSED", "another_namespace_in_a_with"),
        ("PASSED", "one_that_leaves_a_thread"),
        ("PASSED", "the_innocent_next_one"),
        ("PASSED", "the_one_after_it"),
    ] == reported, done.stdout


def test_one_key_for_workers_that_share_a_server(project: Path, external: str) -> None:
    """Workers that would share a namespace on one server are refused."""
    done = run_pytest(project, "-n2", f"--mockserver-url={external}", "--mockserver-api-key=api_key_one")

    assert 1 == done.returncode
    assert "workers of pytest-xdist would disturb each other" in done.stdout


def test_options_of_the_ini_file(tmp_path: Path) -> None:
    """Paths in the ini file are relative to it. Its contract and scenarios are served."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "sub").mkdir()
    shutil.copy(ROOT / "spec" / "wingback.yaml", tmp_path / "contract.yaml")
    shutil.copy(ROOT / "scenarios" / "server_error.yaml", tmp_path / "mine" / "broken.yaml")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmockserver_spec = contract.yaml\nmockserver_scenarios = mine\nmockserver_seed = 9\n"
    )
    (tmp_path / "sub" / "test_one.py").write_text(
        "def test_one(mockserver, mockserver_client):\n"
        "    mockserver.scenario('broken')\n"
        "    body = {'operation': 'add_method', 'address': True}\n"
        "    assert 500 == mockserver_client.post('/v1/c/customer/Cust_1/payment/session', json=body).status_code\n"
    )
    done = run_pytest(tmp_path / "sub")

    assert 0 == done.returncode, done.stdout
