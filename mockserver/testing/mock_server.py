"""MockServer: what a test holds of a mock; it sees and changes the state of one namespace."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Any, Final, Self, Unpack
from uuid import uuid4

from mockserver.engine.namespaces import Namespace, namespace_of
from mockserver.errors import UsageError
from mockserver.messages import ABSENT, AbsentType, Headers, Request
from mockserver.settings import Settings
from mockserver.testing.backends import Backend, LocalBackend, request_of
from mockserver.testing.failure_reports import ContractBrokenError, VerificationError
from mockserver.testing.journal_entry import JournalEntry
from mockserver.testing.journal_watch import Watch
from mockserver.testing.options import Options, backend_of
from mockserver.web import Receive, Scope, Send

__all__ = ["MockServer"]

KEY: Final = "api_key_mockserver"


class MockServer:
    """A mock server for tests: one of this process, or with `url` one that runs already.

    A context manager: it listens on a free port of 127.0.0.1 (with `settings`, on the port that they name), in a thread of
    its own, and stops cleanly. Whoever sends `api_key` (or `headers`) is in its namespace, and this is the namespace that
    all its methods are about. It is an ASGI app, too: `httpx.ASGITransport(app=mock)` needs no port at all, and no start.

    `api_key` is the key of the namespace; by default one that is always the same, so that with a seed a run repeats, and
    with `url` a new one. `admin_token` is that of a server that guards its control API. `on` is the host of another
    MockServer, whose namespaces this one shares.
    Raises UsageError when a setting, the contract or a scenario cannot be used, or nobody answers at the URL.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        url: str | None = None,
        api_key: str | None = None,
        admin_token: str | None = None,
        on: Backend | None = None,
        **options: Unpack[Options],
    ) -> None:
        self._scenario = options.get("scenario") if url else None
        # Whoever only looks at a server that another one started does not stop it.
        self._is_guest = on is not None
        self._watch: Watch | None = None
        self._host = on or backend_of(settings, url, admin_token, options)
        self._names = count(1)
        self._key = api_key or next(iter(self._host.own_keys), None) or (_new_key() if url else KEY)

    def start(self) -> Self:
        """Begin to listen; of a running server, make sure that it is there."""
        self._host.start()
        if self._scenario is not None:
            self.scenario(self._scenario)
        return self

    def stop(self) -> None:
        """Finish what was accepted and stop; a server that ran already, or that another MockServer started, goes on."""
        if not self._is_guest:
            self._host.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speaks ASGI 3. Raises UsageError for a server that runs elsewhere."""
        if not isinstance(self._host, LocalBackend):
            raise UsageError(f"the mock server at {self.url} runs elsewhere: call it by its URL")
        await self._host.app(scope, receive, send)

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end. Raises UsageError before it is started."""
        return self._host.url

    @property
    def api_key(self) -> str:
        """The credential whose namespace this is."""
        return self._key

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that carry the credential, as the contract wants it (of Wingback's, `wb-key`).

        Where a contract carries none in a header, `Mock-Namespace` names the namespace.
        """
        return dict(self._addressed(request_of("GET", "/")).headers.pairs)

    @property
    def shown(self) -> str:
        """How the namespace is shown in the journal: a short hash of the key."""
        return self._namespace.shown

    @property
    def owner(self) -> str:
        """The key by which the server tells this namespace from others."""
        return self._namespace.key

    @property
    def _namespace(self) -> Namespace:
        return namespace_of(self._addressed(request_of("GET", "/")), self._host.places)

    def scenario(self, name: str | None) -> None:
        """Activate a scenario in this namespace; None goes back to the default. Raises UsageError for an unknown one."""
        __tracebackhide__ = True
        self._told("PUT", "scenario", {"name": name})

    @property
    def journal(self) -> list[JournalEntry]:
        """Every exchange of this namespace, the oldest first."""
        return [JournalEntry.of(entry) for entry in self._told("GET", "journal")["entries"]]

    @property
    def payment_sessions(self) -> list[dict[str, Any]]:
        """The payment sessions of this namespace, the oldest first, as the contract has them.

        Of a client secret only the setup intent's id is shown.
        """
        return [each["payment_session"] for each in self._told("GET", "payment-sessions")["payment_sessions"]]

    def verify(
        self,
        operation: str | None = None,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        cookie: Mapping[str, Any] | None = None,
        body: Any | AbsentType = ABSENT,
        scenario: str | None = None,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        in_order: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Make sure that a call came: to this operation, with such a request, answered by this scenario.

        `path`, `query`, `header`, `cookie` and `body` are matchers as under `when` in a scenario file. Without `count`,
        `at_least` and `at_most` it must have come at least once. `in_order` stands alone: a list of such expectations,
        as dicts, that came in this order, others between them or not.

        Raises VerificationError (an AssertionError) that shows the nearest calls, expected beside actual; UsageError for a
        question that makes no sense, such as an operation that there is not.
        """
        asked = {
            "operation": operation,
            "path": path,
            "query": query,
            "header": header,
            "cookie": cookie,
            "scenario": scenario,
            "count": count,
            "at_least": at_least,
            "at_most": at_most,
            "in_order": in_order,
        }
        sent: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        if body is not ABSENT:
            sent["body"] = body
        __tracebackhide__ = True
        status, told = self._call("POST", "verify", sent)
        if status == 409:
            raise VerificationError(told)
        _accepted(status, told)

    def check(self) -> None:
        """Make sure that no request of this namespace was refused or broke the contract. Raises ContractBrokenError."""
        __tracebackhide__ = True
        unsound = [entry for entry in self.journal if not entry.is_sound]
        if unsound:
            raise ContractBrokenError(unsound, in_force=self.in_force)

    def reset(self, *, seed: int | None = None) -> None:
        """Begin again, as this namespace was at the start; what is made up follows the seed, if one is given."""
        if self._watch is not None:
            self._watch.look()
        self._told("POST", "reset", {} if seed is None else {"seed": seed})

    def namespace(self, api_key: str | None = None) -> MockServer:
        """The same server as another caller sees it: the one with this key, or a new one."""
        key = api_key or (f"{self._key}_{next(self._names)}" if isinstance(self._host, LocalBackend) else _new_key())
        return MockServer(on=self._host, api_key=key)

    @property
    def in_force(self) -> str:
        """The name of the scenario that answers in this namespace where a request chooses none."""
        activated = self._told("GET", "scenarios")["activated"]
        return str(activated["namespace"] or activated["server"] or "happy_path")

    @property
    def coverage(self) -> dict[str, Any]:
        """What this namespace has exercised of the contract and the scenarios, as spec/admin.yaml describes it."""
        told: dict[str, Any] = self._told("GET", "coverage")
        return told

    def watch(self, former: Container[str] = ()) -> Watch:
        """What comes from now on: in a mock of this process from anybody but the `former` namespaces, else in this one."""
        self._watch = self._host.watch(lambda: self.journal, former)
        return self._watch

    def _addressed(self, request: Request) -> Request:
        """The request with the credential; with the namespace's name where the contract knows no credential."""
        places = self._host.places
        place = next((each for each in places if each.place in {"header", "http"}), next(iter(places), None))
        if place is not None:
            return place.carry(request, self._key)
        # What looks like a key is not shown, and each namespace is to be shown by a name of its own.
        name = self._key.removeprefix("api_key_")
        return replace(request, headers=Headers([*request.headers.pairs, ("mock-namespace", name)]))

    def _call(self, method: str, name: str, body: Any = None) -> tuple[int, Any]:
        return self._host.call(self._addressed(request_of(method, f"/__mock/{name}", body)))

    def _told(self, method: str, name: str, body: Any = None) -> Any:
        __tracebackhide__ = True
        return _accepted(*self._call(method, name, body))


def _accepted(status: int, told: Any) -> Any:
    __tracebackhide__ = True
    if status >= 400:
        detail = told.get("detail") if isinstance(told, dict) else None
        raise UsageError(detail or f"the mock server answered {status}")
    return told


def _new_key() -> str:
    return f"api_key_{uuid4().hex}"
