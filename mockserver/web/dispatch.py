"""Decides about every request: access, preflight, body limit, and which API answers. Both HTTP paths ask here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from starlette.types import ASGIApp

from mockserver.engine.engine import Engine
from mockserver.errors import Refusal
from mockserver.limits.memo import Memo
from mockserver.messages import Fault, Reply, Request
from mockserver.saved_methods import PATH as SAVED_METHODS_PATH
from mockserver.saved_methods import SavedMethodsApi
from mockserver.settings import Settings
from mockserver.storage.made_once import made_once
from mockserver.web.access_policy import AccessDecision, AccessPolicy
from mockserver.web.cross_site import STRIPE_SCRIPT
from mockserver.web.large_requests import LargeRequests
from mockserver.web.origin_rules import exposing, preflight_headers
from mockserver.web.own_replies import internal_error, malformed_http, report_crash
from mockserver.web.request_body import Body
from mockserver.web.request_head import RequestHead
from mockserver.web.stripe_paths import SERVED, resource_path, stripe_resource

if TYPE_CHECKING:
    from mockserver.stripe import StripeApi

MOCK_PREFIX: Final = "/__mock/"
"""Where the paths of the control API and of the pages begin."""


class Api(Protocol):
    """Answers requests to paths of its own. It never raises because of a request."""

    def handle(self, request: Request) -> Reply | Fault:
        """The answer to a request that the access policy lets pass."""


class Decision(NamedTuple):
    """What happens to a request.

    `outcome` is the answer, or the ASGI app that answers; None asks for the body. `headers` belong on the reply, too.
    `before_body` says that the body of the request is not read.
    """

    outcome: Reply | Fault | ASGIApp | None = None
    headers: tuple[tuple[str, str], ...] = ()
    before_body: bool = False


class _Way(NamedTuple):
    """How a request is answered: by an API, or by the app of the control API and the pages (None); with `headers`."""

    handle: Callable[[Request], Reply | Fault] | None
    headers: tuple[tuple[str, str], ...]


class Dispatcher:
    """Decides for one server. The contract comes first: other APIs give way where it has their path itself."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._scheme = settings.scheme
        self._large_requests = LargeRequests()
        self._access = AccessPolicy(settings, self._has_path)
        self._saved_methods = SavedMethodsApi(engine, settings) if settings.has_saved_methods else None
        self._contract = engine.contract
        self._ways = Memo(self._way, entries=64, longest=8192, size=lambda head: head.size)

    def decide(self, head: RequestHead, body: Body | None) -> Decision:
        """The decision about a request; without its body (None) the decision may be to read the body first."""
        if self._contract is not self._engine.contract:
            # Files were reloaded: other paths can belong to the contract now.
            self._contract = self._engine.contract
            self._ways.clear()
        way = self._ways[head]
        if way is None:
            access = self._access.decide(head)
            return Decision(self._answer_to_head(head, access), access.headers, before_body=True)
        if body is None:
            return Decision()
        if way.handle is None:
            return Decision(self._mock_app, way.headers)
        outcome = self._guarded(way.handle, head.request(body, self._scheme))
        return Decision(outcome, _exposing(way.headers, outcome) if way.headers else ())

    def _way(self, head: RequestHead) -> _Way | None:
        """How a request is answered; None if its head alone is answered."""
        access = self._access.decide(head)
        if access.refused is not None or head.excess or not head.has_known_coding or head.is_preflight:
            return None
        api = self._api_of(head.path)
        return _Way(None if api is None else api.handle, access.headers)

    async def decide_large(self, head: RequestHead, body: Body) -> Decision:
        """The decision about a large request with its body. Other requests are answered while it is checked."""
        if self._api_of(head.path) is not self._engine:
            # The other APIs have lower limits.
            return self.decide(head, body)
        contract, request = self._engine.contract, head.request(body, self._scheme)
        try:
            outcome = await self._large_requests.read(contract, request)
        except Exception:  # noqa: BLE001  # a bug of the mock: `decide` meets it as well, and reports it
            return self.decide(head, body)
        with contract.knowing(request, outcome):
            return self.decide(head, body)

    def _answer_to_head(self, head: RequestHead, access: AccessDecision) -> Reply | Fault:
        """The answer to a request whose head alone is answered."""
        if head.excess is not None:
            status, detail = head.excess
            return malformed_http(detail, status=status)
        if not head.has_known_coding:
            return malformed_http("The only transfer coding known here is chunked.", status=501)
        if access.refused is not None:
            refusal = Refusal(*access.refused)
            return self._guarded(lambda request: self._engine.refuse(request, refusal), head.request())
        return Reply(status=204, headers=preflight_headers(head.headers))

    def preparations(self) -> Iterator[Callable[[], object]]:
        """What the first requests of some kinds would wait for. The longest step takes a quarter of a second."""
        yield self._engine.contract.prepare
        yield lambda: self._stripe.contract
        yield lambda: self._mock_app
        yield lambda: self._engine.snapshot.samples
        if (saved_methods := self._saved_methods) is not None:
            yield lambda: saved_methods.contract

    def _guarded(self, answer: Callable[[Request], Reply | Fault], request: Request) -> Reply | Fault:
        try:
            return answer(request)
        except Exception as error:  # noqa: BLE001 - a bug of the mock must not look like an answer of the API
            report_crash(request, error, self._engine.redactor)
            return internal_error()

    def _has_path(self, path: str) -> bool:
        """Whether the contract has a path. The contract changes when files are reloaded."""
        return self._engine.contract.has_path(path)

    def _api_of(self, path: str) -> Api | None:
        """The API that answers a path; None for the paths of the control API, pages and scripts."""
        is_script = path.endswith((".js", "/v3", "/v3/")) and STRIPE_SCRIPT.fullmatch(path)
        if path.startswith(MOCK_PREFIX) or (is_script and not self._has_path(path)):
            return None
        contract = self._engine.contract
        resource = stripe_resource(path)
        if resource is not None:
            # The mock has no operations of the other resources; it only says so in the form of Stripe's errors.
            is_served = resource in SERVED
            gives_way = contract.has_path(path) if is_served else contract.has_paths_below(resource_path(resource))
            return self._engine if gives_way else self._stripe
        if self._saved_methods is not None and SAVED_METHODS_PATH.fullmatch(path) and not contract.has_path(path):
            return self._saved_methods
        return self._engine

    # Imported and made when it is first needed: the start of the server must not wait for it.

    @made_once
    def _stripe(self) -> StripeApi:
        from mockserver.stripe import StripeApi

        return StripeApi(self._engine, max_body=self._settings.max_body)

    @made_once
    def _mock_app(self) -> ASGIApp:
        from mockserver.web.mock_app import mock_app

        return mock_app(self._engine, self._settings)


def _exposing(headers: tuple[tuple[str, str], ...], outcome: Reply | Fault) -> tuple[tuple[str, str], ...]:
    """The headers that belong on a reply, with the one that lets a page read the fields of this reply."""
    return exposing(headers, (outcome.reply if isinstance(outcome, Fault) else outcome).headers)
