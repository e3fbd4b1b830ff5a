"""Warnings and strictness in pytest: the section in the summary, the options, the marker and MockServer."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from mockserver.errors import UsageError
from mockserver.testing import ContractBrokenError, MockServer
from tests.support.command import run_pytest, served
from tests.support.mock import SESSION, TLS

TESTS = """
import httpx
import pytest

BODY = {"operation": "add_method", "address": True}


def send(mock, **members):
    return httpx.post(
        mock.url + "/v1/c/customer/Cust_1/payment/session", json=BODY | members, headers=mock.headers, trust_env=False
    ).status_code


@pytest.mark.parametrize("number", range(7))
def test_misspelled(mockserver, number):
    assert 200 == send(mockserver, planId="p")


def test_two_names(mockserver):
    assert 200 == send(mockserver, planId="p", note=1, Provider="stripe")
    mockserver.reset()


@pytest.mark.mockserver(allow_violations=True)
def test_refused(mockserver):
    assert 400 == send(mockserver, address=1, planId="p")


def test_documented(mockserver):
    assert 200 == send(mockserver, plan_id="p")
"""

SUMMARY = """\
c_create_payment_session: body /Provider (did you mean provider?)
    test_names.py::test_two_names
c_create_payment_session: body /planId (did you mean plan_id?)
    test_names.py::test_misspelled[0]
    test_names.py::test_misspelled[1]
    test_names.py::test_misspelled[2]
    test_names.py::test_misspelled[3]
    test_names.py::test_misspelled[4]
    and 4 more
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_names.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize("arguments", [[], ["-n2"]], ids=["one process", "with xdist"])
def test_the_summary_lists_warnings(project: Path, arguments: list[str]) -> None:
    """Each warning is listed once, with its tests. A warning fails no test."""
    done = run_pytest(project, *arguments)

    assert 0 == done.returncode, done.stdout
    assert re.search(
        f"^=+ mockserver warnings =+\n{re.escape(SUMMARY)}=+ mockserver coverage", done.stdout, re.MULTILINE
    )


def test_the_summary_of_a_running_server(project: Path) -> None:
    """Warnings of a running server are listed too."""
    with served("--seed", "1") as running:
        done = run_pytest(project, f"--mockserver-url={running.url}")

    assert 0 == done.returncode, done.stdout
    assert SUMMARY in done.stdout


def test_no_section_without_warnings(project: Path) -> None:
    """Without a warning there is no section."""
    done = run_pytest(project, "-k", "documented")

    assert 0 == done.returncode, done.stdout
    assert "mockserver warnings" not in done.stdout


STRICT_TESTS = """
import pytest
from test_names import send

def test_by_default(mockserver):
    assert send(mockserver, note=1) == 200

@pytest.mark.mockserver(strict=True)
def test_strict(mockserver):
    assert send(mockserver, note=1) == 400

@pytest.mark.mockserver(strict=True)
def test_another_namespace(mockserver):
    assert send(mockserver.namespace(), note=1) == 400

@pytest.mark.mockserver(strict=False)
def test_exception(mockserver):
    assert send(mockserver, note=1) == 200

@pytest.mark.mockserver(strict=True)
def test_documented(mockserver):
    assert send(mockserver, plan_id="p") == 200

@pytest.mark.mockserver(strict=True, allow_violations=True)
def test_allowed(mockserver):
    assert send(mockserver, note=1) == 400
"""


def failed(output: str) -> list[str]:
    return re.findall(r"^FAILED test_strict\.py::(\w+)", output, re.MULTILINE)


@pytest.mark.parametrize("is_remote", [False, True], ids=["in this process", "on a running server"])
def test_the_marker(project: Path, *, is_remote: bool) -> None:
    """A marker makes the requests of its test strict; the report names the undocumented member."""
    (project / "test_strict.py").write_text(STRICT_TESTS)
    with served("--seed", "1") as running:
        url = [f"--mockserver-url={running.url}"] if is_remote else []
        done = run_pytest(project, "test_strict.py", "-p", "no:randomly", *url)

    assert ["test_strict", "test_another_namespace"] == failed(done.stdout), done.stdout
    assert 'body /note (undocumented): the contract documents no member "note"' in done.stdout


@pytest.mark.parametrize("by_flag", [True, False], ids=["by flag", "by ini option"])
@pytest.mark.parametrize("is_remote", [False, True], ids=["in this process", "on a running server"])
def test_the_option(project: Path, *, by_flag: bool, is_remote: bool) -> None:
    """The option makes all tests strict, except those with another marker."""
    (project / "test_strict.py").write_text(STRICT_TESTS)
    if not by_flag:
        (project / "pytest.ini").write_text("[pytest]\nmockserver_strict = true\n")
    with served("--seed", "1") as running:
        url = [f"--mockserver-url={running.url}"] if is_remote else []
        flag = ["--mockserver-strict"] if by_flag else []
        done = run_pytest(project, "test_strict.py", "-p", "no:randomly", *flag, *url)

    assert ["test_by_default", "test_strict", "test_another_namespace"] == failed(done.stdout), done.stdout


def test_an_invalid_option(project: Path) -> None:
    """A value that is not a boolean ends the run with one sentence."""
    (project / "pytest.ini").write_text("[pytest]\nmockserver_strict = perhaps\n")
    done = run_pytest(project)

    assert 4 == done.returncode
    assert "mockserver_strict takes true or false" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_the_failure_report_has_warnings(project: Path) -> None:
    """The report of a test whose request was refused shows the misspelled member."""
    (project / "test_one.py").write_text(
        "from test_names import send\ndef test_it(mockserver):\n    send(mockserver, address=1, planId='p')\n"
    )
    done = run_pytest(project, "test_one.py")

    assert 1 == done.returncode
    assert 'warning: body /planId: the contract documents no member "planId"; did you mean "plan_id"?' in done.stdout


def send(mock: MockServer, **members: object) -> int:
    body = {"operation": "add_method", "address": True, **members}
    return httpx.post(mock.url + SESSION, json=body, headers=mock.headers, verify=TLS).status_code


def test_mock_server_in_this_process() -> None:
    """MockServer can be strict from the start; `strict` changes it for the namespace; the journal has warnings."""
    with MockServer(seed=1, strict=True) as mock:
        assert 400 == send(mock, note=1)
        mock.strict(strict=False)
        assert 200 == send(mock, planId="p")
        assert 400 == send(mock.namespace(), note=1)
        mock.strict(strict=None)
        assert 400 == send(mock, note=1)
        with pytest.raises(ContractBrokenError, match="undocumented"):
            mock.check()

        assert [0, 1, 0] == [len(entry.warnings) for entry in mock.journal]
        assert ["body /planId (did you mean plan_id?)"] == [str(each) for each in mock.journal[1].warnings]


def test_mock_server_on_a_running_server() -> None:
    """With a URL, only the namespace of MockServer is strict."""
    with served("--seed", "1") as running, MockServer(url=running.url, strict=True) as mock:
        assert (400, 200) == (send(mock, note=1), send(mock.namespace(), note=1))
        mock.strict(strict=None)
        assert 200 == send(mock, note=1)


def test_a_wrong_argument() -> None:
    """A value that is not a boolean is refused."""
    with MockServer(seed=1) as mock, pytest.raises(UsageError, match=r"breaks spec/admin\.yaml"):
        mock.strict("yes")  # type: ignore[arg-type]  # as a caller without a type checker may do
