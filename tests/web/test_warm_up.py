"""Promise 16, the event loop is never blocked: what the first requests need is imported in the background."""

from __future__ import annotations

import gc
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mockserver.server import BackgroundServer
from mockserver.storage.made_once import made_once
from mockserver.web import create_app
from mockserver.web.app import Application
from mockserver.web.warm_up import WarmUp

ROOT = Path(__file__).parent.parent.parent
PATH = "/v1/c/customer/Cust_1/payment/session"
BODY = {"operation": "add_method", "address": True}
TIMEOUT = 60.0

# The last module that each step imports.
WARMED = ("mockserver.stripe", "mockserver.web.mock_app")


class ReportingServer:
    """A server process that reports on stderr what it imports."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, *modules: str) -> list[str]:
        """Wait until all these modules are imported; return every module that was imported until then."""
        missing, found = set(modules), []
        while missing:
            found.append(self._lines.get(timeout=TIMEOUT))
            missing.discard(found[-1])
        return found

    def rest(self) -> list[str]:
        """Stop the server, and return the modules that were imported since then."""
        self.process.terminate()
        self.process.wait(TIMEOUT)
        found = []
        while (line := self._lines.get(timeout=TIMEOUT)) != "":
            found.append(line)
        return found

    def _read(self) -> None:
        for line in self.process.stderr or ():
            self._lines.put(line.rpartition("|")[2].strip())
        self._lines.put("")


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process, as the command line starts it, once it listens; and its URL."""
    command = [sys.executable, *options, "-m", "mockserver", "--port", "0", "--seed", "1", "--log-format", "none"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            # The greeting, which contains the URL.
            lines = iter(process.stdout.readline, "") if process.stdout else iter(())
            yield process, next(word for line in lines for word in line.split() if word.startswith("http://"))
        finally:
            process.kill()


def answered(client: httpx.Client) -> list[int]:
    """The statuses of a call of each API, and of a page and a script."""
    key = {"Authorization": "Bearer pk_test_1"}
    card = {"card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2030"}
    return [
        client.post(PATH, headers={"wb-key": "k"}, json=BODY).status_code,
        client.get("/nope").status_code,
        client.post("/v1/tokens", headers=key, data=card).status_code,
        client.get("/__mock/health").status_code,
        client.get("/__mock/").status_code,
        client.get("/v3/").status_code,
    ]


def refused(client: httpx.Client) -> list[int]:
    """The statuses of a refusal of each API."""
    return [
        client.post(PATH, headers={"wb-key": "k"}, json={}).status_code,
        client.post(
            "/v1/tokens", headers={"Authorization": "Bearer pk_test_1"}, data={"card[number]": "1"}
        ).status_code,
        client.get("/__mock/journal", params={"limit": "x"}).status_code,
    ]


STATUSES = [200, 404, 200, 200, 200, 200]
REFUSED = [400, 400, 400]


def test_promise_16_no_call_waits_for_an_import() -> None:
    """The server imports its other APIs soon after its start. Calls that are accepted import nothing later."""
    with serving("-X", "importtime") as (process, url):
        served = ReportingServer(process, url)
        imported = served.wait_for(*WARMED)
        with httpx.Client(base_url=url) as client:
            assert STATUSES == answered(client)
        later = served.rest()

    assert "openapi_core" not in imported
    assert [] == later
    assert 0 == process.returncode


def test_openapi_core_is_imported_once() -> None:
    """The first refusal imports openapi-core, which takes long and much memory. Later refusals import nothing."""
    with serving("-X", "importtime") as (process, url):
        served = ReportingServer(process, url)
        served.wait_for(*WARMED)
        with httpx.Client(base_url=url) as client:
            assert REFUSED == refused(client)
            imported = served.wait_for("mockserver.contract.validation.validator")
            assert REFUSED == refused(client)
        later = served.rest()

    assert "openapi_core" in imported
    assert [] == later
    assert 0 == process.returncode


def test_prometheus_client_is_imported_for_metrics() -> None:
    """Accepted calls and refusals do not import prometheus-client. The first scrape does."""
    with serving("-X", "importtime") as (process, url):
        served = ReportingServer(process, url)
        imported = served.wait_for(*WARMED)
        with httpx.Client(base_url=url) as client:
            assert [*STATUSES, *REFUSED] == [*answered(client), *refused(client)]
            imported += served.wait_for("mockserver.contract.validation.validator")
            assert 200 == client.get("/__mock/metrics").status_code
        scraped = served.rest()

    assert "prometheus_client" not in imported
    assert "prometheus_client" in scraped


def test_requests_during_the_warm_up_are_answered() -> None:
    """A request that needs a module during the warm-up waits for it, and gets the same reply as later requests."""
    with serving() as (process, url), httpx.Client(base_url=url, timeout=TIMEOUT) as client:
        for _ in range(30):
            assert STATUSES == answered(client)
            assert REFUSED == refused(client)
        process.terminate()
        _, errors = process.communicate(timeout=TIMEOUT)

    assert (0, "") == (process.returncode, errors)


@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6])
def test_a_shutdown_during_the_warm_up(seconds: float) -> None:
    """The server can be stopped at any time of the warm-up: the exit code is 0, and nothing is reported."""
    with serving() as (process, _):
        time.sleep(seconds)
        process.terminate()
        _, errors = process.communicate(timeout=TIMEOUT)

    assert (0, "") == (process.returncode, errors)


def test_the_steps() -> None:
    """A step that fails does not end the warm-up; after a stop, the remaining steps are left out."""
    done: list[str] = []

    def step(name: str) -> Callable[[], None]:
        return lambda: done.append(name)

    def fail() -> None:
        raise ImportError("no module")

    def steps() -> Iterator[Callable[[], object]]:
        yield from (step("first"), fail, step("second"), warm_up.stop, step("third"))

    warm_up = WarmUp(steps())
    warm_up.start()
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join(TIMEOUT)

    assert ["first", "second"] == done


@pytest.mark.parametrize("is_enabled", [True, False])
def test_promise_16_no_collection_during_the_warm_up(is_enabled: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    """Python does not look for garbage among the many new objects, neither meanwhile nor later."""
    during: list[tuple[bool, int]] = []
    warm_up = WarmUp([lambda: during.append((gc.isenabled(), gc.get_freeze_count()))])
    try:
        gc.unfreeze()
        if not is_enabled:
            gc.disable()
        warm_up.start()
        for thread in threading.enumerate():
            if thread.name == "warm-up":
                thread.join(TIMEOUT)
        assert [(False, 0)] == during
        assert (is_enabled, is_enabled) == (gc.isenabled(), gc.get_freeze_count() > 0)
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.parametrize("warm_up", [True, False])
def test_only_long_running_servers_warm_up(warm_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # a parameter of pytest
    """An app warms up only if it is asked to: a server in a test would take time from the tests."""
    started = threading.Event()
    monkeypatch.setattr(WarmUp, "start", lambda _: started.set())
    monkeypatch.setattr("mockserver.web.app._WARM_UP_DELAY", 0.0)
    app = create_app(warm_up=warm_up)
    assert isinstance(app, Application)
    with BackgroundServer(app) as server:
        httpx.get(f"{server.url}/nope")

    assert warm_up == started.is_set()


def test_a_value_that_is_made_once() -> None:
    """Two threads that need a value at the same time get the same value, which is made once."""
    made: list[int] = []
    together = threading.Barrier(4)

    class Owner:
        @made_once
        def value(self) -> object:
            """The value."""
            made.append(1)
            time.sleep(0.05)
            return object()

    owner, found = Owner(), []

    def get() -> None:
        together.wait(TIMEOUT)
        found.append(owner.value)

    threads = [threading.Thread(target=get) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)

    assert ([1], 1, 4) == (made, len(set(map(id, found))), len(found))
    assert "The value." == Owner.value.__doc__
