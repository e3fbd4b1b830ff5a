"""A live mock with the bundled contract, and its callers, each with its own key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from ssl import create_default_context
from typing import Any

import httpx

from mockserver.engine.engine import Engine
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import create_app, open_engine
from tests.support.stores import empty_store

__all__ = ["CREATE", "SESSION", "Mock", "mock_of"]

CREATE = "c_create_payment_session"
# Created once, because it takes longer than most tests.
TLS = create_default_context()
SESSION = "/v1/c/customer/Cust_1/payment/session"


class Mock:
    """One caller of a live mock; its key decides its namespace."""

    def __init__(self, url: str, engine: Engine, stack: ExitStack, key: str | None = "api_key_demo") -> None:
        self.url = url
        self.engine = engine
        self.stop: Callable[[], None] = stack.close
        self._stack = stack
        headers = {"wb-key": key} if key else {}
        self.http = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30, verify=TLS))

    def browser(self, headers: dict[str, str]) -> httpx.Client:
        """A client of the Stripe API, which has other credentials."""
        return self._stack.enter_context(httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=TLS))

    def caller(self, key: str | None) -> Mock:
        """Another caller of the same mock."""
        return Mock(self.url, self.engine, self._stack, key)

    def create(self, path: str = SESSION, **body: Any) -> httpx.Response:
        """Create a payment session; members that are None are left out."""
        sent = {"operation": "add_method", "address": True} | body
        return self.http.post(path, json={name: value for name, value in sent.items() if value is not None})

    def restore(self) -> None:
        """Return the whole server to its initial state."""
        if self.engine.state.is_shared:
            assert 204 == httpx.post(f"{self.url}/__mock/reset", verify=TLS).status_code
        else:
            self.engine.reset(None)

    def get(self, call: str, **query: Any) -> Any:
        reply = self.http.get(f"/__mock/{call}", params=query)
        assert 200 == reply.status_code, reply.text
        return reply.json()

    def activate(self, name: str | None) -> httpx.Response:
        return self.http.put("/__mock/scenario", json={"name": name})

    def verify(self, **expectation: Any) -> httpx.Response:
        return self.http.post("/__mock/verify", json=expectation)


@contextmanager
def mock_of(settings: Settings | None = None) -> Iterator[Mock]:
    """Serve a mock on real sockets: with state in memory, or in the store that the variable of `stores` demands."""
    settings = settings or Settings(seed=1)
    store = None if settings.reload else empty_store()
    if store is not None:
        settings = replace(settings, store=store)
    engine = open_engine(settings)
    with BackgroundServer(create_app(settings, engine=engine)) as server, ExitStack() as stack:
        mock = Mock(server.url, engine, stack)
        mock.stop = server.stop
        yield mock
