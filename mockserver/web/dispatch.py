"""Decides about every request: access, preflight, body limit, and which API answers. Both HTTP paths ask here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.engine.mock_headers import refusal_reply
from mockserver.errors import Refusal, StoreUnavailableError
from mockserver.limits.garbage import no_garbage_collection
from mockserver.limits.memo import Memo
from mockserver.messages import Fault, Reply, Request
from mockserver.settings import Settings
from mockserver.web.access_policy import AccessDecision, AccessPolicy
from mockserver.web.apis import Answer, Api, Apis, Step
from mockserver.web.large_requests import LargeRequests
from mockserver.web.origin_rules import exposing, preflight_headers
from mockserver.web.own_replies import internal_error, malformed_http, report_crash
from mockserver.web.request_body import NOT_READ, Body
from mockserver.web.request_head import RequestHead
from mockserver.web.stripe_paths import stripe_resource

# A request misses at most its API, the contract of the API, its compiled operation, openapi-core and samples. One more,
# because files can be reloaded meanwhile.
_MAX_STEPS: Final = 6

# The method, the path, and the fields of the access decision.
_WayKey = tuple[str, str, tuple[tuple[str, str], ...]]


class Decision(NamedTuple):
    """What happens to a request.

    `outcome` is the answer, or the ASGI app that answers; None asks for the body. `headers` belong on the reply, too.
    `before_body` says that the body of the request is not read. With `missing`, there is no decision yet: this slow
    step has to run first, in a thread.
    """

    outcome: Answer | None = None
    headers: tuple[tuple[str, str], ...] = ()
    before_body: bool = False
    missing: Step | None = None


class _Way:
    """Which API answers the requests with a method and a path, and with which `headers`.

    `api` is None if the head alone is answered. `is_ready` is true once nothing is missing for these requests. A way
    is valid as long as `period` is the current one of the dispatcher.
    """

    __slots__ = ("api", "headers", "is_ready", "period")

    def __init__(self, period: object, api: Api | None = None, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.period = period
        self.api = api
        self.headers = headers
        self.is_ready = False


class Dispatcher:
    """Decides for one server."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self.apis = Apis(engine, settings)
        self._scheme = settings.scheme
        self._large_requests = LargeRequests()
        self._access = AccessPolicy(settings, self._has_path)
        self._contract = engine.contract
        self._ways: Memo[_WayKey, _Way] = Memo(self._way, entries=256, longest=8192, size=_way_size)
        self._period = object()

    def decide(self, head: RequestHead, body: Body | None, *, is_ready: bool = False) -> Decision:
        """The decision about a request; without its body (None) the decision may be to read the body first.

        With `is_ready`, slow steps run at once, and other requests wait for them.
        """
        if self._contract is not self._engine.snapshot.contract:
            # Files were reloaded: other paths can belong to the contract now.
            self._contract = self._engine.contract
            self._forget_ways()
        way = head.way
        if not isinstance(way, _Way) or way.period is not self._period:
            way = head.way = self._way_of(head)
        api = way.api
        if api is None:
            access = self._access.decide(head)
            return Decision(self._answer_to_head(head, access), access.headers, before_body=True)
        if body is None:
            return Decision()
        request = head.request(body, self._scheme)
        if not (way.is_ready or is_ready or head.ready.get(body.data) is self._period):
            missing = _missing(way, api, request)
            if missing is not None:
                return Decision(missing=missing)
            if request.is_shared:
                head.ready[body.data] = self._period
        outcome = self._guarded(api.handle, request)
        return Decision(outcome, _exposing(way.headers, outcome) if way.headers else ())

    def _way_of(self, head: RequestHead) -> _Way:
        """How a request is answered. Different heads share a way, so that it is known whether something is missing."""
        access = self._access.decide(head)
        if access.refused is not None or head.excess or not head.has_known_coding or head.is_preflight:
            return _Way(self._period)
        return self._ways[head.method, head.path, access.headers]

    def _way(self, key: _WayKey) -> _Way:
        _, path, headers = key
        return _Way(self._period, self.apis.of(path), headers)

    def _forget_ways(self) -> None:
        self._period = object()
        self._ways.clear()

    async def decide_head(self, head: RequestHead) -> Decision:
        """The decision about a request without its body."""
        return await self._stored(head, None, lambda: self.decide(head, None))

    async def decide_when_ready(self, head: RequestHead, body: Body) -> Decision:
        """The decision about a request with its body. Other requests are answered while its slow steps run.

        Requests that need the same step wait for each other: it runs once.
        """
        for _ in range(_MAX_STEPS):
            decision = await self._stored(head, body, lambda: self.decide(head, body))
            if decision.missing is None:
                return decision
            try:
                await asyncio.to_thread(_prepare, decision.missing)
            except Exception:  # noqa: BLE001  # the API meets it as well, and it is reported then
                break
            # Compiling an operation can drop another one.
            self._forget_ways()
        return await self._stored(head, body, lambda: self.decide(head, body, is_ready=True))

    async def decide_large(self, head: RequestHead, body: Body) -> Decision:
        """The decision about a large request with its body. Other requests are answered while it is checked."""
        if self.apis.of(head.path) is not self.apis.engine:
            # The other APIs have lower limits.
            return await self.decide_when_ready(head, body)
        contract, request = self._engine.contract, head.request(body, self._scheme)
        try:
            await asyncio.to_thread(_compile, contract, request)
            outcome = await self._large_requests.read(contract, request)
        except Exception:  # noqa: BLE001  # a bug of the mock: `decide` meets it as well, and reports it
            return await self._stored(head, body, lambda: self.decide(head, body, is_ready=True))

        def decide() -> Decision:
            with contract.knowing(request, outcome):
                return self.decide(head, body, is_ready=True)

        return await self._stored(head, body, decide)

    async def _stored(self, head: RequestHead, body: Body | None, decide: Callable[[], Decision]) -> Decision:
        """The result of a decision, when its effects are stored."""
        engine = self._engine
        if not engine.state.is_shared:
            return decide()
        request = head.request(body or NOT_READ, self._scheme)
        # Pages, scripts and preflights need no state, and neither does the decision to read a body.
        needs_state = body is not None and self.apis.of(head.path) is not self.apis.control
        try:
            return await engine.state.decision(
                decide, request, engine.contract.credential_places, needs_state=needs_state
            )
        except StoreUnavailableError as error:
            if engine.state.store_calls is not None:
                engine.state.store_calls.refusals += 1
            access = self._access.decide(head)
            return Decision(self._unavailable(head, error), access.headers, before_body=body is None)

    @staticmethod
    def _unavailable(head: RequestHead, error: StoreUnavailableError) -> Reply:
        """The answer if state cannot be read or stored. There is no journal entry, because that is state, too."""
        if stripe_resource(head.path) is None:
            return refusal_reply(error.refusal)
        from mockserver.stripe.stripe_errors import refusal_error
        from mockserver.stripe.stripe_replies import error_reply

        return error_reply(refusal_error(error.refusal, head.request()))

    def _answer_to_head(self, head: RequestHead, access: AccessDecision) -> Answer:
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

    def _guarded(self, answer: Callable[[Request], Answer], request: Request) -> Answer:
        try:
            return answer(request)
        except Exception as error:  # noqa: BLE001 - a bug of the mock must not look like an answer of the API
            report_crash(request, error, self._engine.redactor)
            return internal_error()

    def _has_path(self, path: str) -> bool:
        """Whether the contract has a path. The contract changes when files are reloaded."""
        return self._engine.contract.has_path(path)


def _way_size(key: _WayKey) -> int:
    return len(key[1])


def _missing(way: _Way, api: Api, request: Request) -> Step | None:
    """The next slow step before a request can be answered; None if nothing is missing."""
    try:
        missing = api.missing(request)
        way.is_ready = missing is None and api.is_prepared
    except Exception:  # noqa: BLE001  # a bug of the mock: the API meets it as well, and it is reported then
        return None
    return missing


def _prepare(step: Step) -> None:
    with no_garbage_collection(freezing=True):
        step()


def _compile(contract: Contract, request: Request) -> None:
    """Compile the operation that a request calls."""
    with suppress(Refusal):
        contract.compile([contract.route(request).operation.id])


def _exposing(headers: tuple[tuple[str, str], ...], outcome: Answer) -> tuple[tuple[str, str], ...]:
    """The headers that belong on a reply, with the one that lets a page read the fields of this reply."""
    if callable(outcome):
        return headers
    return exposing(headers, (outcome.reply if isinstance(outcome, Fault) else outcome).headers)
