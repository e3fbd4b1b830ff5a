"""The pytest plugin: fixtures that give each test a mock of its own, and a word about every request that went wrong.

Every suite of an environment loads this module, so it imports pytest and nothing else; what a fixture needs is
imported when the first test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from mockserver.testing.mock_server import MockServer
    from mockserver.testing.mock_session import MockSession, MockUsage

OPTIONS = {
    "spec": "OpenAPI document that the mock server serves; default: the bundled contract",
    "scenarios": "folder of scenario files; default: the bundled ones, with a spec of your own none",
    "seed": "what the mock server makes up follows this seed; default: 1, so that every run is the same",
    "url": "mock server that runs already, instead of one of this process; default: MOCKSERVER_URL",
    "api_key": "key that every test sends; default: a new one for each test",
    "admin_token": "token of a running server that guards its control API; default: MOCKSERVER_ADMIN_TOKEN",
    "fail_under": "fail the run if a smaller share of the outcomes was exercised, in percent",
    "coverage_json": "write the report of what was exercised to this file",
}
"""What the command line and the ini file may say: `--mockserver-spec`, `mockserver_spec`, and so on."""

VARIABLES = {"url": "MOCKSERVER_URL", "admin_token": "MOCKSERVER_ADMIN_TOKEN"}

MARKER = (
    "mockserver(scenario=None, allow_violations=False): the scenario that answers in this test, and whether requests may "
    "be refused or break the contract."
)

_SUITE: pytest.StashKey[MockSession] = pytest.StashKey()
_USAGE: pytest.StashKey[MockUsage] = pytest.StashKey()
_NODES: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flags and the ini options."""
    group = parser.getgroup("mockserver", "mock of Wingback's API")
    for name, about in OPTIONS.items():
        group.addoption(f"--mockserver-{name.replace('_', '-')}", metavar=name.upper(), help=about)
        parser.addini(f"mockserver_{name}", about)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker; look at what the end of the run will need, before it begins."""
    wanted = _option(config, "fail_under")
    try:
        is_share = 0 <= float(wanted or 0) <= 100
    except ValueError:
        is_share = False
    if not is_share:
        raise pytest.UsageError(f"--mockserver-fail-under takes a percentage, not {wanted!r}")
    config.addinivalue_line("markers", MARKER)
    config.stash[_NODES] = []


@pytest.fixture
def mockserver(request: pytest.FixtureRequest) -> MockServer:
    """A mock server with a fresh namespace; it listens at `url` and accepts `api_key`."""
    return _usage(request, listens=True).mock


@pytest.fixture
def mockserver_app(request: pytest.FixtureRequest) -> MockServer:
    """The same as an ASGI app: for `httpx.ASGITransport`, no port is opened."""
    usage = _usage(request, listens=False)
    if usage.suite.is_remote:
        pytest.skip("mockserver_app runs in this process, and --mockserver-url names a server that runs elsewhere")
    return usage.mock


@pytest.fixture
def mockserver_client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """An httpx client of the mock server, with its URL and the namespace's key."""
    with _usage(request, listens=True).client() as client:
        yield client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test at its end when one of its requests was refused or broke the contract; warn of a marker in vain."""
    try:
        result = yield
    finally:
        usage = item.stash.get(_USAGE, None)
        if usage is not None:
            usage.look()
    if usage is not None and usage.complaint is not None:
        usage.complained = True
        pytest.fail(usage.complaint, pytrace=False)
    if usage is None and any(mark.name == "mockserver" for mark in item.own_markers):
        # Not a failure: a fixture of the suite's own may read the marker.
        item.warn(
            pytest.PytestWarning(
                "the marker mockserver does nothing here: the test used none of the fixtures mockserver, "
                "mockserver_client and mockserver_app"
            )
        )
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Look at what came while the fixtures ended; a test that is run once more begins anew."""
    try:
        result = yield
    finally:
        usage = item.stash.get(_USAGE, None)
        if usage is not None:
            usage.end()
    if usage is not None and usage.complaint is not None and not usage.complained:
        # A failure of the test itself has been told already, with what went wrong here.
        is_told, usage.complained = usage.has_failed, True
        if not is_told:
            pytest.fail(usage.complaint, pytrace=False)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin anew, also with a test that is run once more."""
    if _USAGE in item.stash:
        del item.stash[_USAGE]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the mock server saw."""
    report = yield
    usage = item.stash.get(_USAGE, None)
    if report.failed and report.when in {"setup", "call"} and usage is not None:
        usage.has_failed = True
        report.sections.append(("mockserver", usage.told()))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist has exercised."""
    told = getattr(node, "workeroutput", {}).get("mockserver")
    if told is not None:
        node.config.stash[_NODES].append(told)


@pytest.hookimpl(tryfirst=True)  # before junitxml writes its file
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server; report what was exercised."""
    config = session.config
    suite = config.stash.get(_SUITE, None)
    told = suite.finish() if suite is not None else None
    if hasattr(config, "workeroutput"):
        config.workeroutput["mockserver"] = told
        return
    found = [*config.stash[_NODES], *([told] if told is not None else [])]
    if config.getoption("collectonly"):
        return
    if found or _option(config, "fail_under") is not None:
        from mockserver.testing.coverage_report import report

        report(session, found, fail_under=_option(config, "fail_under"), path=_option(config, "coverage_json"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was exercised, and what never was."""
    if config.stash[_NODES] or config.stash.get(_SUITE, None) is not None or _option(config, "fail_under") is not None:
        from mockserver.testing.coverage_report import summarise

        summarise(terminalreporter, config)


def _option(config: pytest.Config, name: str) -> str | None:
    """What the command line says, else the ini file, else the variable; `--mockserver-url=` says that there is none."""
    said: str | None = config.getoption(f"mockserver_{name}")
    if said is not None:
        return said or None
    return config.getini(f"mockserver_{name}") or os.environ.get(VARIABLES.get(name, "")) or None


def _usage(request: pytest.FixtureRequest, *, listens: bool) -> MockUsage:
    """The one use that a test makes of the mock, whichever of the fixtures it asks for."""
    from mockserver.errors import UsageError
    from mockserver.testing import mock_session

    item: pytest.Item = request.node
    config = request.config
    try:
        suite = config.stash.get(_SUITE, None)
        if suite is None:
            suite = config.stash[_SUITE] = mock_session.MockSession(
                {name: _option(config, name) for name in OPTIONS}, config
            )
        if _USAGE not in item.stash:
            item.stash[_USAGE] = suite.use(item)
        if listens:
            suite.start()
    except UsageError as error:
        raise pytest.fail.Exception(f"mockserver: {error}", pytrace=False) from None
    return item.stash[_USAGE]
