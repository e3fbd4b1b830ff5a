"""Servers for the tests of the web face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mockserver.server import running
from tests.support.echo_engine import echo
from tests.support.live import Live, live


@pytest.fixture(scope="session", params=["uvloop", "asyncio"])
def shared_server(request: pytest.FixtureRequest) -> Iterator[Live]:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            if request.param == "asyncio":
                patch.setattr(running, "find_spec", lambda name: None)
            server = stack.enter_context(live())
        yield server


@pytest.fixture
def server(shared_server: Live) -> Live:
    """A server with default settings, on either event loop, with nothing asked of it yet."""
    shared_server.engine.requests.clear()
    shared_server.engine.refusals.clear()
    shared_server.engine.answer = echo
    return shared_server
