"""MockServer: starts a mock or connects to one, and controls the state of one namespace."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack
from uuid import uuid4

from mockserver.engine.coverage import Cell
from mockserver.engine.namespaces import Namespace, namespace_of, shown
from mockserver.errors import UsageError
from mockserver.messages import Headers, Request
from mockserver.settings import Settings
from mockserver.testing.backends import Backend, Options, backend_of
from mockserver.testing.control_client import ControlClient, read_expected_cells, read_in_force
from mockserver.testing.failure_reports import ContractBrokenError
from mockserver.testing.journal_entry import JournalEntry
from mockserver.testing.journal_watch import JournalWatch, LocalWatch, RemoteWatch
from mockserver.testing.reply_value import ReplyValue
from mockserver.testing.running_server import RunningServer

if TYPE_CHECKING:
    from mockserver.web import Receive, Scope, Send

DEFAULT_KEY: Final = "api_key_mockserver"


class ExpectedCalls(TypedDict, total=False):
    """What MockServer.verify expects of the calls to an operation.

    `path`, `query`, `header`, `cookie` and `body` are matchers as under `when` in a scenario file. Without `count`,
    `at_least` and `at_most`, one call is enough. `in_order` cannot be combined with the others. It is a list of
    expectations, whose calls must have come in this order; other calls between them are allowed.
    """

    path: Mapping[str, Any] | None
    query: Mapping[str, Any] | None
    header: Mapping[str, Any] | None
    cookie: Mapping[str, Any] | None
    body: Any
    scenario: str | None
    count: int | None
    at_least: int | None
    at_most: int | None
    in_order: Sequence[Mapping[str, Any]] | None


class MockServer:
    """A mock server for tests: in this process or, with `url`, a server that is already running.

    As a context manager it listens on a free port of 127.0.0.1 in its own thread, and stops at the end. With `settings`
    it listens on the port that they name. It is also an ASGI app: `httpx.ASGITransport(app=mock)` needs neither a port
    nor `start`.

    All methods act on one namespace. A request belongs to it if it carries `api_key`, or the fields of `headers`. By
    default the key is always the same, so that a run with a seed can be repeated; with `url` it is a new one.

    `admin_token` is the token of the server's control API. `backend` is the mock of another MockServer: both share it,
    and this one does not stop it.
    Raises UsageError if a setting, the contract or a scenario cannot be used, or if no server answers at the URL.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        url: str | None = None,
        api_key: str | None = None,
        admin_token: str | None = None,
        backend: Backend | None = None,
        **options: Unpack[Options],
    ) -> None:
        self._backend = backend or backend_of(settings, url, admin_token, options)
        self._owns_backend = backend is None
        self._control = ControlClient(self._backend, self._authorized)
        self._scenario = options.get("scenario") if url else None
        self._strict = options.get("strict") if url else None
        self._watch: JournalWatch | None = None
        self._numbers = count(1)
        if isinstance(self._backend, RunningServer):
            self._key = api_key or _new_key()
        else:
            self._key = api_key or next(iter(self._backend.settings.api_keys), DEFAULT_KEY)

    def start(self) -> Self:
        """Start listening; with `url`, check that the server is healthy."""
        self._backend.start()
        if self._scenario is not None:
            self.scenario(self._scenario)
        if self._strict is not None:
            self.strict(self._strict)
        return self

    def stop(self) -> None:
        """Finish open requests and stop listening. A server that this object did not start continues."""
        if self._owns_backend:
            self._backend.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI app. Raises UsageError for a server in another process."""
        if isinstance(self._backend, RunningServer):
            raise UsageError(f"the mock server at {self.url} runs in another process: use its URL")
        await self._backend.app(scope, receive, send)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end. Raises UsageError before `start`."""
        return self._backend.url

    @property
    def api_key(self) -> str:
        """The credential of the namespace."""
        return self._key

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry the credential as the contract requires it (for Wingback `wb-key`).

        If the contract has no credential in a header, the header `Mock-Namespace` names the namespace.
        """
        return dict(self._authorized(Request(method="GET", path="/")).headers.pairs)

    @property
    def shown(self) -> str:
        """The name of the namespace in the journal: a short hash of the key."""
        return self._namespace.shown

    @property
    def owner(self) -> str:
        """The server's internal key of the namespace."""
        return self._namespace.key

    @property
    def _namespace(self) -> Namespace:
        return namespace_of(self._authorized(Request(method="GET", path="/")), self._backend.credential_places)

    def scenario(self, name: str | None) -> None:
        """Activate a scenario in this namespace; None restores the default. Raises UsageError if it does not exist."""
        __tracebackhide__ = True
        self._control.call("PUT", "scenario", {"name": name}, read=ReplyValue.object)

    def strict(self, strict: bool | None = True) -> None:  # noqa: FBT001, FBT002  # it says what the argument is
        """Choose whether undocumented names are violations in this namespace; None restores the server's default.

        Undocumented names are members, query parameters and form fields of requests that the contract does not have.
        """
        __tracebackhide__ = True
        self._control.call("PUT", "strict", {"strict": strict}, read=ReplyValue.object)

    @property
    def journal(self) -> list[JournalEntry]:
        """All exchanges of this namespace, the oldest first."""
        return self._control.listing("journal", "entries", JournalEntry.read)

    @property
    def payment_sessions(self) -> list[dict[str, Any]]:
        """The payment sessions of this namespace as in the contract, the oldest first.

        Of a client secret, only the id of the setup intent is shown.
        """
        return self._control.listing(
            "payment-sessions", "payment_sessions", lambda each: each.member("payment_session").object()
        )

    def verify(self, operation: str | None = None, **expectation: Unpack[ExpectedCalls]) -> None:
        """Check that an operation was called, optionally with a certain request or answered by a certain scenario.

        Raises VerificationError, an AssertionError that shows the nearest calls with expected and actual values.
        Raises UsageError if the arguments are wrong, for example if the contract has no such operation.
        """
        __tracebackhide__ = True
        arguments = {"operation": operation, **expectation}
        # A body of None is JSON's null; for the others None is the default.
        body = {name: value for name, value in arguments.items() if value is not None or name == "body"}
        self._control.call("POST", "verify", {**body, "hint": True}, read=ReplyValue.object)

    def check(self) -> None:
        """Check that no request of this namespace was refused or broke the contract. Raises ContractBrokenError."""
        __tracebackhide__ = True
        unsound = [entry for entry in self.journal if not entry.is_sound]
        if unsound:
            raise ContractBrokenError(unsound, in_force=self.in_force)

    def reset(self, *, seed: int | None = None) -> None:
        """Restore the initial state of this namespace. With `seed`, generated values follow it from now on."""
        if self._watch is not None:
            self._watch.update()
        self._control.call("POST", "reset", {} if seed is None else {"seed": seed}, read=lambda _: None)

    def namespace(self, api_key: str | None = None) -> MockServer:
        """The same mock with the namespace of another key; by default of a new one."""
        key = api_key or (_new_key() if self._backend.is_shared else f"{self._key}_{next(self._numbers)}")
        return MockServer(backend=self._backend, api_key=key)

    @property
    def in_force(self) -> str:
        """The scenario that answers in this namespace if a request selects no other."""
        return self._control.call("GET", "scenarios", read=read_in_force)

    @property
    def coverage(self) -> dict[str, Any]:
        """Which outcomes of the contract and the scenarios this namespace has used, as in spec/admin.yaml."""
        return self._control.call("GET", "coverage", read=ReplyValue.object)

    @property
    def expected_cells(self) -> list[Cell]:
        """The outcomes that the contract and the scenarios of the server have."""
        return self._control.call("GET", "coverage", read=read_expected_cells)

    def watch(self, earlier_owners: Collection[str] = ()) -> JournalWatch:
        """Collect exchanges from now on, without those of the namespaces whose `owner` is in `earlier_owners`.

        On a server that others use, only exchanges of this namespace are collected.
        """
        if not isinstance(self._backend, RunningServer):
            self._watch = LocalWatch(self._backend.engine, earlier_owners)
        elif self._backend.is_shared:
            self._watch = RemoteWatch(lambda: self.journal)
        else:
            earlier = {shown(owner) for owner in earlier_owners}
            server = ControlClient(self._backend, lambda request: request)
            self._watch = RemoteWatch(
                lambda: [
                    entry
                    for entry in server.listing("journal", "entries", JournalEntry.read)
                    if entry.namespace not in earlier
                ]
            )
        return self._watch

    def _authorized(self, request: Request) -> Request:
        """The request with the credential, or with the name of the namespace if the contract has no credentials."""
        places = self._backend.credential_places
        place = next((each for each in places if each.place in {"header", "http"}), next(iter(places), None))
        if place is not None:
            return place.carry(request, self._key)
        # A name with the prefix of a key would be redacted, and then all namespaces would look the same.
        name = self._key.removeprefix("api_key_")
        return replace(request, headers=Headers([*request.headers.pairs, ("mock-namespace", name)]))


def _new_key() -> str:
    return f"api_key_{uuid4().hex}"
