"""The pytest plugin: fixtures that give each test its own namespace of a mock, and reports about its requests.

pytest loads this module in every environment that has it, so it imports only pytest. The fixtures import the rest at
their first use.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from mockserver.testing.mock_server import MockServer
    from mockserver.testing.mock_session import MockSession, MockUsage

OPTIONS = {
    "spec": "OpenAPI document that the mock server serves; default: the bundled contract",
    "scenarios": "folder of scenario files; default: the bundled ones, or none if a spec is given",
    "strict": "treat undocumented members, query parameters and form fields as violations",
    "seed": "seed of the generated values; default: 1, so that every run is the same",
    "url": "URL of a running mock server to use instead of one in this process; default: MOCKSERVER_URL",
    "command": "command that starts a server in a process of its own, such as `uvx wingback-mockserver`; default: "
    "MOCKSERVER_COMMAND",
    "api_key": "key that every test sends; default: a new one for each test",
    "admin_token": "token for the control API of a server in another process; default: MOCKSERVER_ADMIN_TOKEN",
    "fail_under": "fail the run if its coverage is less than this percentage",
    "coverage_json": "write the coverage report to this file",
}
"""The options, as `--mockserver-spec` on the command line and `mockserver_spec` in the ini file."""

SWITCHES = {"strict"}
"""The options without a value. Their ini options are true or false."""

VARIABLES = {"url": "MOCKSERVER_URL", "command": "MOCKSERVER_COMMAND", "admin_token": "MOCKSERVER_ADMIN_TOKEN"}

MARKER = (
    "mockserver(scenario=None, allow_violations=False, strict=False): the scenario that answers in this test, whether "
    "requests may be refused or break the contract, and whether undocumented names are violations."
)

_SESSION: pytest.StashKey[MockSession] = pytest.StashKey()
_HAS_FAILED: pytest.StashKey[bool] = pytest.StashKey()
_USAGE: pytest.StashKey[MockUsage] = pytest.StashKey()
_RESULTS: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line and ini options."""
    group = parser.getgroup("mockserver", "mock of Wingback's API")
    for name, description in OPTIONS.items():
        flag = f"--mockserver-{name.replace('_', '-')}"
        if name in SWITCHES:
            group.addoption(flag, action="store_const", const="true", help=description)
            parser.addini(f"mockserver_{name}", description, type="bool")
        else:
            group.addoption(flag, metavar=name.upper(), help=description)
            parser.addini(f"mockserver_{name}", description)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and check the options before the tests run."""
    try:
        _option(config, "strict")
    except (ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"mockserver_strict takes true or false: {error}") from None
    fail_under = _option(config, "fail_under")
    try:
        is_percentage = 0 <= float(fail_under or 0) <= 100
    except ValueError:
        is_percentage = False
    if not is_percentage:
        raise pytest.UsageError(f"--mockserver-fail-under takes a percentage, not {fail_under!r}")
    config.addinivalue_line("markers", MARKER)
    config.stash[_RESULTS] = []


@pytest.fixture
def mockserver(request: pytest.FixtureRequest) -> MockServer:
    """A mock server with a new namespace. It listens at `url` and accepts `api_key`."""
    return _usage(request, listens=True).mock


@pytest.fixture
def mockserver_app(request: pytest.FixtureRequest) -> MockServer:
    """The same mock as an ASGI app for `httpx.ASGITransport`; it opens no port."""
    usage = _usage(request, listens=False)
    if usage.session.is_remote:
        option = "--mockserver-url names" if _option(request.config, "url") else "--mockserver-command starts"
        pytest.skip(f"mockserver_app runs in this process, and {option} a server in another one")
    return usage.mock


@pytest.fixture
def mockserver_client(request: pytest.FixtureRequest) -> httpx.Client:
    """An httpx client with the URL of the mock server and the key of the namespace."""
    try:
        import httpx
    except ModuleNotFoundError:
        hint = "run pip install httpx, or pip install '.[pytest]' in a checkout"
        raise pytest.fail.Exception(f"the fixture mockserver_client needs httpx: {hint}", pytrace=False) from None
    usage = _usage(request, listens=True)
    # Shared connections are faster than new ones for each test. They can be used even after a test closes its client.
    transport = usage.session.transport = usage.session.transport or httpx.HTTPTransport(trust_env=False)
    return httpx.Client(base_url=usage.mock.url, headers=usage.mock.headers, transport=transport, trust_env=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget the former use if a test is repeated."""
    if _USAGE in item.stash:
        del item.stash[_USAGE]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test whose requests were refused or broke the contract; warn about a marker without a fixture."""
    try:
        result = yield
    finally:
        usage = item.stash.get(_USAGE, None)
        if usage is not None:
            usage.update()
    if usage is not None and usage.problem is not None:
        usage.reported = True
        pytest.fail(usage.problem, pytrace=False)
    if usage is None and any(mark.name == "mockserver" for mark in item.own_markers):
        # A warning and no failure, because a fixture of the project may use the marker.
        fixtures = "mockserver, mockserver_client and mockserver_app"
        item.warn(pytest.PytestWarning(f"the marker mockserver has no effect without one of the fixtures {fixtures}"))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Check the requests that the fixtures sent while they ended, unless the test has already failed."""
    try:
        result = yield
    finally:
        usage = item.stash.get(_USAGE, None)
        if usage is not None:
            usage.end()
    if usage is not None and usage.problem is not None and not (usage.reported or usage.has_failed):
        pytest.fail(usage.problem, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the mock server received to the report of a failure."""
    report = yield
    usage = item.stash.get(_USAGE, None)
    if report.failed and report.when in {"setup", "call"} and usage is not None:
        usage.has_failed = True
        report.sections.append(("mockserver", usage.summary()))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect the coverage and the warnings of a pytest-xdist worker."""
    result = getattr(node, "workeroutput", {}).get("mockserver")
    if result is not None:
        node.config.stash[_RESULTS].append(result)


@pytest.hookimpl(tryfirst=True)  # before junitxml writes its file
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server; report the coverage."""
    config = session.config
    mock_session = config.stash.get(_SESSION, None)
    result = mock_session.finish() if mock_session is not None else None
    if hasattr(config, "workeroutput"):
        config.workeroutput["mockserver"] = result
        return
    if result is not None:
        config.stash[_RESULTS].append(result)
    fail_under = _option(config, "fail_under")
    if not config.getoption("collectonly") and (config.stash[_RESULTS] or fail_under is not None):
        from mockserver.testing.coverage_report import report

        report(session, config.stash[_RESULTS], fail_under=fail_under, path=_option(config, "coverage_json"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the warnings and the coverage."""
    if config.stash[_RESULTS]:
        from mockserver.testing.warning_report import summarize_warnings

        summarize_warnings(terminalreporter, config.stash[_RESULTS])
    if config.stash[_RESULTS] or _option(config, "fail_under") is not None:
        from mockserver.testing.coverage_report import summarize

        summarize(terminalreporter, config)


def _option(config: pytest.Config, name: str) -> str | None:
    """The value on the command line, else in the ini file, else in the variable. `--mockserver-url=` gives None."""
    value: str | None = config.getoption(f"mockserver_{name}")
    if value is not None:
        return value or None
    ini = config.getini(f"mockserver_{name}")
    return ("true" if ini is True else ini) or os.environ.get(VARIABLES.get(name, "")) or None


def _usage(request: pytest.FixtureRequest, *, listens: bool) -> MockUsage:
    """The use that a test makes of the mock; all fixtures of the test share it."""
    from mockserver.errors import UsageError

    item: pytest.Item = request.node
    config = request.config
    try:
        session = _session(config)
        if _USAGE not in item.stash:
            item.stash[_USAGE] = session.use(item)
        if listens:
            session.start()
    except UsageError as error:
        raise pytest.fail.Exception(f"mockserver: {error}", pytrace=False) from None
    return item.stash[_USAGE]


def _session(config: pytest.Config) -> MockSession:
    """The mock of this run, created at the first use. Raises UsageError."""
    from mockserver.errors import UsageError
    from mockserver.testing.mock_session import MockSession

    if _SESSION not in config.stash:
        if config.stash.get(_HAS_FAILED, False):
            # A command that does not start a server is not run again for each test.
            raise UsageError("there is no server; the first test that failed for this reason says why")
        config.stash[_HAS_FAILED] = True
        config.stash[_SESSION] = MockSession({name: _option(config, name) for name in OPTIONS}, config)
    return config.stash[_SESSION]
