"""Servers for the tests of the HTTP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from mockserver.server import running
from tests.support.echo_engine import echo
from tests.support.live import Live, live


@contextmanager
def running_on(loop: str) -> Iterator[Live]:
    """A server on this event loop."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            if loop == "asyncio":
                patch.setattr(running, "find_spec", lambda name: None)
            server = stack.enter_context(live())
        yield server


def fresh(server: Live) -> Live:
    """The server without recorded requests, and with its default reply."""
    server.engine.requests.clear()
    server.engine.refusals.clear()
    server.engine.answer = echo
    return server


@pytest.fixture(scope="session")
def uvloop_server() -> Iterator[Live]:
    with running_on("uvloop") as server:
        yield server


@pytest.fixture(scope="session", params=["uvloop", "asyncio"])
def server_on_each_loop(request: pytest.FixtureRequest) -> Iterator[Live]:
    with running_on(request.param) as server:
        yield server


@pytest.fixture
def one_server(uvloop_server: Live) -> Live:
    """A server with default settings, for tests in which the event loop makes no difference."""
    return fresh(uvloop_server)


@pytest.fixture
def server(server_on_each_loop: Live) -> Live:
    """A server with default settings, on each event loop."""
    return fresh(server_on_each_loop)
